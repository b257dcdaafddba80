"""When ratings of others reach the lists, and when they leave them."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.db.models.functions import Now
from django.utils import timezone

from alliance_match.audit.actors import SystemActor
from alliance_match.matching import tasks
from alliance_match.matching.models import (
    FailedRescore,
    MatchList,
    PublishedState,
    TrainingRow,
)
from alliance_match.matching.services import (
    clinic_fit,
    clinic_night,
    night,
    pending_rescores_process,
    publish,
    publishing,
    trait_allow,
)
from alliance_match.operations.delays import Delay, delays
from surveys.models import AllianceRating
from surveys.services import rating_withdraw
from tests import cast


def test_ratings_of_others_change_a_list_when_they_are_published(fitted_clinic, cleo, jonas, raters):
    before = {m.therapist.pk: m.mean for m in cast.matches_of(cleo)}
    for client in raters[:6]:
        episode = cast.make_episode(client, jonas, number=2)
        cast.make_rating(episode.sessions.get(number=3), 100)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert {m.therapist.pk: m.mean for m in cast.matches_of(cleo)} == before
    publish(clinic=fitted_clinic, by=SystemActor.WORKER)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    after = {m.therapist.pk: m.mean for m in cast.matches_of(cleo)}
    assert after[jonas.pk] > before[jonas.pk]


def test_one_withdrawn_or_corrected_counts_once_in_ones_own_list(fitted_clinic, cleo, third_session):
    def means_after(answer):
        cast.make_check_in(third_session, answer)
        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
        return [match.mean for match in cast.matches_of(cleo)]

    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    before = [match.mean for match in cast.matches_of(cleo)]
    nine = means_after(9)
    publish(clinic=fitted_clinic, by=SystemActor.WORKER)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert [match.mean for match in cast.matches_of(cleo)] == nine
    assert means_after(1) != nine
    assert means_after(9) == nine
    rating_withdraw(rating=AllianceRating.objects.get(session=third_session), by=SystemActor.COMMAND)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert [match.mean for match in cast.matches_of(cleo)] == before


def test_another_state_under_the_key_of_one_that_a_crash_took_back_is_scored_with(
    fitted_clinic, cleo, raters
):
    kept = publishing.publication_in_force(fitted_clinic, SystemActor.WORKER)
    published = PublishedState.objects.get()
    published.row_ids = published.row_ids[1:]
    published.digest = published.content_digest()
    published.save()
    found = publishing.publication_in_force(fitted_clinic, SystemActor.WORKER)
    assert len(found.row_ids) == len(kept.row_ids) - 1


def test_a_damaged_published_state_is_published_anew(fitted_clinic, cleo):
    before = [match.mean for match in cast.matches_of(cleo)]
    publishing._kept.clear()
    PublishedState.objects.update(state={})
    cleo.style_preferences.update(importance=1)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert PublishedState.objects.get().number == 2
    assert [match.mean for match in cast.matches_of(cleo)] != before
    assert not FailedRescore.objects.exists()


def test_one_that_fails_at_night_is_told_and_holds_up_nothing(fitted_clinic, third_session, monkeypatch):
    cast.make_check_in(third_session, 3)
    PublishedState.objects.update(state={})
    monkeypatch.setattr(publishing, "publication_make", lambda *_: 1 / 0)
    clinic_night(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert FailedRescore.objects.get().error == "publication: ZeroDivisionError"
    assert Delay.FAILED in delays(fitted_clinic.pk)
    assert TrainingRow.objects.filter(rating__session=third_session).exists()


def test_a_database_that_goes_away_at_night_is_no_failure_of_it(fitted_clinic, monkeypatch):
    def gone(**_):
        raise OperationalError

    monkeypatch.setattr(night, "publish_if_due", gone)
    with pytest.raises(OperationalError):
        clinic_night(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert not FailedRescore.objects.exists()


@pytest.fixture
def days_pass():
    """A function that lets the last publication be of so many days ago."""

    def days_pass(days):
        PublishedState.objects.update(created_at=timezone.now() - timedelta(days=days))

    return days_pass


def test_a_publication_is_due_after_a_day_where_raters_changed(fitted_clinic, third_session, days_pass):
    assert not publishing.publication_is_due(fitted_clinic)
    days_pass(1)
    assert not publishing.publication_is_due(fitted_clinic)
    cast.make_check_in(third_session, 4)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert publishing.publication_is_due(fitted_clinic)
    days_pass(0)
    assert not publishing.publication_is_due(fitted_clinic)


def test_a_withdrawal_leaves_what_is_published_with_the_next_publication(
    fitted_clinic, cleo, raters, days_pass
):
    lists = list(MatchList.objects.values())
    gone = TrainingRow.objects.get(client=raters[0]).pk
    raters[0].consents.update(withdrawn_at=Now())
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert list(MatchList.objects.values()) == lists
    assert gone in PublishedState.objects.get().row_ids

    days_pass(1)
    tasks.refit(fitted_clinic.pk)

    assert gone not in PublishedState.objects.get().row_ids
    assert list(MatchList.objects.values()) != lists


def test_another_feature_set_is_published_with_its_fit(fitted_clinic, asha):
    trait_allow(clinic=fitted_clinic, side="client", name="openness", by=asha)
    snapshot = clinic_fit(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert PublishedState.objects.get().uses == snapshot.uses
