import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import Match, PendingRescore
from alliance_match.matching.services import clinic_fit, pending_rescores_process, suggest
from alliance_match.matching.services.scoring import matches_write, rounded_for_storage
from clients.models import Client
from clients.services import mark_set
from tests import cast
from therapists.models import Therapist


def test_the_one_who_works_as_the_client_likes_comes_first(fitted_clinic, cleo, mara):
    assert Match.objects.for_client(cleo)[0].therapist == mara


def test_parts_sum_to_the_difference(fitted_clinic, cleo):
    for match in Match.objects.for_client(cleo):
        assert sum(match.parts.values()) == pytest.approx(match.difference, abs=0.06 * len(match.parts))


def test_stored_matches_are_what_a_fresh_computation_says(fitted_clinic, cleo):
    fresh = suggest(clinic=fitted_clinic, code=cleo.code).matches
    stored = list(Match.objects.for_client(cleo))
    assert [(m.therapist_id, m.mean, m.sd, m.parts) for m in fresh] == [
        (m.therapist_id, m.mean, m.sd, m.parts) for m in stored
    ]


def test_only_those_who_are_looking_have_matches(fitted_clinic, cleo):
    assert {match.client for match in Match.objects.all()} == {cleo}


def test_equal_matches_are_not_written_again(fitted_clinic, cleo):
    fresh = suggest(clinic=fitted_clinic, code=cleo.code).matches
    before = list(Match.objects.values_list("pk", "scored_at"))
    changed = matches_write(
        clinic=fitted_clinic, clients=[cleo], fresh=list(fresh), number=99, new_snapshot=True
    )
    assert (changed.matches, changed.moved) == (0, 0)
    assert list(Match.objects.values_list("pk", "scored_at")) == before


def test_a_match_that_is_no_more_is_deleted(fitted_clinic, cleo, mara):
    fresh = [m for m in suggest(clinic=fitted_clinic, code=cleo.code).matches if m.therapist != mara]
    matches_write(clinic=fitted_clinic, clients=[cleo], fresh=fresh, number=99, new_snapshot=True)
    assert not Match.objects.filter(therapist=mara).exists()


def test_a_clinic_without_ratings_has_a_preference_fit(linden, mara, jonas, cleo):
    snapshot = clinic_fit(clinic=linden, by=SystemActor.WORKER)
    assert (snapshot.verdict, snapshot.rated) == ("preference fit", 0)
    assert Match.objects.for_client(cleo)[0].therapist == mara


def test_an_empty_clinic_is_no_error(linden):
    assert clinic_fit(clinic=linden, by=SystemActor.WORKER).rated == 0
    assert not Match.objects.exists()


def test_a_clinic_with_one_therapist_says_no_difference(linden, mara, cleo):
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    assert Match.objects.get().difference == 0


def test_a_clinic_with_ratings_of_one_therapist_is_no_error(linden, mara, cleo, instrument):
    for k in range(40):
        client = cast.make_client(linden, f"One{k}", status="ended")
        cast.make_rating(cast.make_episode(client, mara).sessions.get(number=3), 50 + k)
    assert clinic_fit(clinic=linden, by=SystemActor.WORKER).rated == 40


def test_a_client_who_skipped_everything_gets_suggestions_all_the_same(fitted_clinic, wim):
    found = suggest(clinic=fitted_clinic, code=wim.code).matches
    assert len(found) == Therapist.objects.in_clinic(fitted_clinic).listed().count()


def test_the_number_of_queries_does_not_grow_with_the_clients(linden, mara, jonas, raters):
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    counts = []
    for searching in raters[:1], raters[1:]:
        Client.objects.in_clinic(linden).update(status="ended")
        Client.objects.filter(pk__in=[one.pk for one in searching]).update(status="searching")
        with CaptureQueriesContext(connection) as context:
            clinic_fit(clinic=linden, by=SystemActor.WORKER)
        counts.append(len(context))
    assert Match.objects.count() > len(raters)
    assert counts[0] == counts[1]


def test_rounding_knows_no_negative_zero():
    assert str(rounded_for_storage(-0.01)) == "0.0"


def places_changed(clinic, client):
    """The client's fresh matches, each in another place than the stored one."""
    fresh = list(suggest(clinic=clinic, code=client.code).matches)
    for match in fresh:
        match.rank += 1
    return fresh


def previous_ranks(client):
    return list(Match.objects.for_client(client).values_list("previous_rank", flat=True))


def test_what_was_added_is_shown_by_the_place_before(fitted_clinic, cleo):
    fresh = places_changed(fitted_clinic, cleo)
    changed = matches_write(clinic=fitted_clinic, clients=[cleo], fresh=fresh, number=2, new_snapshot=True)
    assert previous_ranks(cleo) == [match.rank - 1 for match in fresh]
    assert changed.moved == len(fresh)


@pytest.mark.parametrize("stored_number", [2, 1], ids=["same snapshot", "older snapshot"])
def test_a_place_changed_by_own_answers_is_no_news_of_ratings(fitted_clinic, cleo, stored_number):
    Match.objects.update(snapshot_number=stored_number, previous_rank=7)
    fresh = places_changed(fitted_clinic, cleo)
    changed = matches_write(clinic=fitted_clinic, clients=[cleo], fresh=fresh, number=2, new_snapshot=False)
    assert set(previous_ranks(cleo)) == {None}
    assert changed.moved == len(fresh)


@pytest.mark.parametrize(("stored_number", "kept"), [(2, 7), (1, None)])
def test_a_place_kept_through_own_answers_keeps_the_place_before(fitted_clinic, cleo, stored_number, kept):
    Match.objects.update(snapshot_number=stored_number, previous_rank=7)
    fresh = list(suggest(clinic=fitted_clinic, code=cleo.code).matches)
    for match in fresh:
        match.mean += 1
    matches_write(clinic=fitted_clinic, clients=[cleo], fresh=fresh, number=2, new_snapshot=False)
    assert set(previous_ranks(cleo)) == {kept}


def test_a_new_client_who_changes_their_answers_has_no_place_before(fitted_clinic, cleo):
    cleo.style_preferences.update(position=-3)
    PendingRescore.objects.create(clinic=fitted_clinic, client_id=cleo.pk)
    before = list(Match.objects.for_client(cleo).values_list("difference", flat=True))
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert list(Match.objects.for_client(cleo).values_list("difference", flat=True)) != before
    assert set(previous_ranks(cleo)) == {None}


def test_whom_one_puts_aside_moves_nobody_up(linden, cleo, mara, jonas, pavel):
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    first = Match.objects.for_client(cleo).first()
    Match.objects.update(previous_rank=F("rank"))
    mark_set(client=cleo, therapist=first.therapist, kind="not_for_me", by=SystemActor.COMMAND)

    pending_rescores_process(clinic=linden, by=SystemActor.WORKER)

    assert first.therapist_id not in Match.objects.for_client(cleo).values_list("therapist", flat=True)
    assert set(previous_ranks(cleo)) == {None}
