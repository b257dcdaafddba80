"""Every night what is stored is compared with the same made anew: what differs is told and repaired."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from alliance_match.audit.actors import SystemActor
from alliance_match.audit.models import AuditEvent
from alliance_match.matching import tasks
from alliance_match.matching.models import (
    MatchList,
    ModelSnapshot,
    PendingRescore,
    PublishedState,
    StoredDifference,
    TrainingChange,
    TrainingRow,
)
from alliance_match.matching.services import (
    clinic_fit,
    clinic_verify,
    estimators,
    pending_rescores_process,
    publish,
    snapshots,
    verification,
)
from clients.models import Client, Consent, Purpose
from surveys.models import AllianceRating
from surveys.services import rating_withdraw
from tests import cast
from tests.unit.matching import fitted
from tests.unit.matching.states import newest_state
from therapists.models import SILENT_AFTER, Therapist

BY = SystemActor.WORKER


@pytest.fixture(scope="module")
def fitted_world(django_db_setup, django_db_blocker):
    """Linden with several who are looking, and a rating of Cleo's that came after the fit."""
    with django_db_blocker.unblock():
        return fitted.world(lively_make)


def lively_make():
    made = fitted.fitted_linden()
    Client.objects.filter(pk__in=[one.pk for one in made.raters[:4]]).update(status="searching")
    cast.make_check_in(cast.make_episode(made.cleo, made.pavel).sessions.get(number=3), 8)
    pending_rescores_process(clinic=made.linden, by=BY)
    made.state = estimators._kept[made.linden.pk]
    return made


@pytest.fixture
def lively(fitted_clinic):
    """Linden of this module."""
    return fitted_clinic


def told():
    """What was found so far, by kind."""
    return dict(StoredDifference.objects.values_list("kind", "count"))


ROW = "(SELECT min(id) FROM matching_trainingrow)"
LIST = "(SELECT min(client_id) FROM matching_matchlist)"
# What the estimator never changes itself, so that the database refuses to.
SNAPSHOT = """
    SET CONSTRAINTS ALL IMMEDIATE;
    ALTER TABLE matching_modelsnapshot DISABLE TRIGGER USER;
    UPDATE matching_modelsnapshot SET state = jsonb_set(state, '{}', '2.5');
    ALTER TABLE matching_modelsnapshot ENABLE TRIGGER USER
"""
CORRUPTIONS = {
    "feature × 100": (
        f"UPDATE matching_trainingrow SET features[1] = features[1] * 100 + 100 WHERE id = {ROW}",
        "training rows",
    ),
    "score": (f"UPDATE matching_trainingrow SET score = 100 - score + .5 WHERE id = {ROW}", "training rows"),
    "weight": (f"UPDATE matching_trainingrow SET weight = weight * 3 WHERE id = {ROW}", "state"),
    "row gone": (f"DELETE FROM matching_trainingrow WHERE id = {ROW}", "training rows"),
    "other therapist": (
        "UPDATE matching_trainingrow SET therapist_id = (SELECT max(id) FROM therapists_therapist"
        f" WHERE id <> therapist_id) WHERE id = {ROW}",
        "training rows",
    ),
    "state": (SNAPSHOT.format("{widening}"), "state"),
    "variances": (SNAPSHOT.format("{variances,therapist}"), "state"),
    "change": ("UPDATE matching_trainingchange SET score = score / 2 + 3", "state"),
    "published": (
        "UPDATE matching_publishedstate SET state = jsonb_set(state, '{fitted,widening}', '2.5')",
        "published state",
    ),
    "list mean": (
        f"UPDATE matching_matchlist SET means[1] = means[1] + 70 WHERE client_id = {LIST}",
        "match lists",
    ),
    "list order": (
        "UPDATE matching_matchlist SET therapist_ids = therapist_ids[2:2] || therapist_ids[1:1]"
        f" || therapist_ids[3:] WHERE client_id = {LIST}",
        "match lists",
    ),
    "list gone": (f"DELETE FROM matching_matchlist WHERE client_id = {LIST}", "match lists"),
    "list sd": (f"UPDATE matching_matchlist SET sds[1] = sds[1] / 2 WHERE client_id = {LIST}", "match lists"),
    "list of nobody": ("UPDATE matching_matchlist SET therapist_ids = therapist_ids[1:1]", "match lists"),
}


def corrupt(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_is_told_and_repaired(lively, name):
    statement, kind = CORRUPTIONS[name]
    corrupt(statement)
    tasks.refit(lively.pk)
    assert kind in told()
    assert not PendingRescore.objects.exists()

    StoredDifference.objects.all().delete()
    tasks.refit(lively.pk)

    assert told() == {}
    rows = {row.rating_id: row for row in TrainingRow.objects.all()}
    ratings = AllianceRating.objects.filter(session__number=3)
    assert {pk: row.score for pk, row in rows.items()} == dict(ratings.values_list("pk", "total"))
    assert max(abs(value) for row in rows.values() for value in row.features[:4]) <= 3
    assert newest_state(lively).ratings == len(rows)
    assert newest_state(lively).widening == 1.0


def test_what_is_told_has_no_value_of_anybody(lively, as_admin):
    corrupt(CORRUPTIONS["score"][0])
    tasks.refit(lively.pk)
    assert told() == {"training rows": 1}
    row = StoredDifference.objects.get()
    assert AuditEvent.objects.filter(verb="clinic_verify", object_id=row.pk).exists()
    assert "training rows: 1" in as_admin.get(reverse("rescoring")).content.decode()


def rate(client, therapist, total):
    Consent.objects.get_or_create(client=client, purpose=Purpose.MATCHING)
    return cast.make_rating(cast.make_episode(client, therapist, number=2).sessions.get(number=3), total)


def check_in_and_withdraw(clinic, raters, jonas):
    rating = rate(raters[0], jonas, 35)
    rate(raters[1], jonas, 90)
    pending_rescores_process(clinic=clinic, by=BY)
    rating_withdraw(rating=rating, by=SystemActor.COMMAND)
    raters[2].consents.update(withdrawn_at=timezone.now())


def correct_and_change_profiles(clinic, raters, jonas):
    AllianceRating.objects.filter(session__episode__client=raters[3]).update(total=12.5)
    raters[4].style_preferences.update(position=3)
    raters[0].style_preferences.filter(dimension="structure").update(position=-3)
    jonas.styles.update(position=-1)


def publish_between(clinic, raters, jonas):
    rate(raters[0], jonas, 20)
    pending_rescores_process(clinic=clinic, by=BY)
    publish(clinic=clinic, by=BY)
    rate(raters[1], jonas, 20)


def checkpoint_often(clinic, raters, jonas):
    for client in raters[:5]:
        rate(client, jonas, 66)
        pending_rescores_process(clinic=clinic, by=BY)


def fit_twice_a_day(clinic, raters, jonas):
    rate(raters[0], jonas, 20)
    clinic_fit(clinic=clinic, by=BY)
    rate(raters[1], jonas, 80)
    clinic_fit(clinic=clinic, by=BY)


def stop_and_begin_to_look(clinic, raters, jonas):
    Client.objects.filter(pk=raters[0].pk).update(status="in_care")
    Client.objects.filter(pk=raters[9].pk).update(status="searching")


def leave_something_pending(clinic, raters, jonas):
    rate(raters[0], jonas, 20)
    cast.make_client(clinic, "New", style=[(1, 2)])


HISTORIES = [
    check_in_and_withdraw,
    correct_and_change_profiles,
    publish_between,
    checkpoint_often,
    fit_twice_a_day,
    stop_and_begin_to_look,
]


@pytest.mark.parametrize(
    "history", [*HISTORIES, leave_something_pending], ids=lambda history: history.__name__
)
@pytest.mark.parametrize("left_out", ["nobody", "dropouts"])
def test_of_a_healthy_clinic_nothing_is_told(lively, raters, jonas, history, left_out, request, monkeypatch):
    monkeypatch.setattr(snapshots, "CHANGES_KEPT", 3)
    if left_out == "dropouts":
        request.getfixturevalue("dropouts")
    history(lively, raters, jonas)
    assert not clinic_verify(clinic=lively, by=BY)
    pending_rescores_process(clinic=lively, by=BY)
    assert not clinic_verify(clinic=lively, by=BY)
    tasks.refit(lively.pk)
    assert not clinic_verify(clinic=lively, by=BY)
    PublishedState.objects.update(created_at=timezone.now() - timedelta(days=1))
    tasks.refit(lively.pk)
    tasks.refit(lively.pk)
    assert told() == {}


def fall_silent(therapist, at):
    """As it happens by itself, in silence."""
    Therapist.objects.filter(pk=therapist.pk).update(confirmed_at=at)
    PendingRescore.objects.all().delete()


def test_time_alone_is_no_difference_and_its_lists_are_renewed(lively, mara):
    silent = timezone.now() - SILENT_AFTER - timedelta(hours=1)
    fall_silent(mara, silent)
    MatchList.objects.update(scored_at=silent - timedelta(hours=1) + SILENT_AFTER)
    assert mara.pk in MatchList.objects.first().therapist_ids
    tasks.refit(lively.pk)
    assert told() == {}
    assert mara.pk not in MatchList.objects.first().therapist_ids


def test_time_hides_no_other_figure(lively, mara):
    silent = timezone.now() - SILENT_AFTER - timedelta(hours=1)
    fall_silent(mara, silent)
    MatchList.objects.update(scored_at=silent - timedelta(hours=1) + SILENT_AFTER)
    corrupt("UPDATE matching_matchlist SET means = (SELECT array_agg(one + 70) FROM unnest(means) AS one)")
    tasks.refit(lively.pk)
    assert told() == {"match lists": MatchList.objects.count()}


def test_slices_find_the_same_as_one(lively, monkeypatch):
    monkeypatch.setattr(verification, "ROWS_AT_ONCE", 7)
    monkeypatch.setattr(verification, "LISTS_AT_ONCE", 2)
    assert not clinic_verify(clinic=lively, by=BY)
    corrupt("UPDATE matching_matchlist SET means[1] = means[1] + 70")
    corrupt(CORRUPTIONS["weight"][0])
    found = clinic_verify(clinic=lively, by=BY)
    assert found["match lists"] == MatchList.objects.count()
    assert found["state"] == 1


def test_rows_from_before_there_were_digests_are_trusted_and_get_one(lively):
    TrainingRow.objects.update(digest=None)
    assert not clinic_verify(clinic=lively, by=BY)
    ModelSnapshot.objects.all().delete()
    clinic_fit(clinic=lively, by=BY)
    assert not TrainingRow.objects.filter(digest=None).exists()
    assert TrainingChange.objects.exists() or np.isfinite(newest_state(lively).coefficients).all()
