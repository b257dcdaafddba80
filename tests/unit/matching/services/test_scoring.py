import numpy as np
import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import MatchList
from alliance_match.matching.models.match_list import FIGURES
from alliance_match.matching.services import clinic_fit, pending_rescores_process, suggest
from alliance_match.matching.services.publishing import publication_in_force
from alliance_match.matching.services.scoring import in_tenths, match_lists_write, unsaved_match_lists
from clients.models import Client
from clients.services import mark_set
from tests import cast
from therapists.models import Therapist


def test_the_one_who_works_as_the_client_likes_comes_first(fitted_clinic, cleo, mara):
    assert cast.matches_of(cleo)[0].therapist == mara


def test_parts_sum_to_the_difference(fitted_clinic, cleo):
    for match in cast.matches_of(cleo):
        assert sum(match.parts.values()) == pytest.approx(match.difference, abs=0.06 * len(match.parts))


def test_stored_matches_are_what_a_fresh_computation_says(fitted_clinic, cleo):
    fresh = suggest(clinic=fitted_clinic, code=cleo.code, by=SystemActor.COMMAND).matches
    assert len(fresh) == 3
    assert list(fresh) == cast.matches_of(cleo)


def test_only_those_who_are_looking_have_matches(fitted_clinic, cleo):
    assert {found.client for found in MatchList.objects.all()} == {cleo}


@pytest.fixture
def fresh(fitted_clinic, cleo):
    """Cleo's list as it would be stored anew; the stored one is of publication 1."""
    publication = publication_in_force(fitted_clinic, SystemActor.WORKER)
    (found,) = unsaved_match_lists(fitted_clinic, publication, [cleo])
    return found


def turned(fresh):
    """The same list, the first two in each other's place."""
    first, second, *rest = fresh.therapist_ids
    fresh.therapist_ids = [second, first, *rest]
    return fresh


def stored():
    """Each list, when and of which publication it was written."""
    return list(MatchList.objects.values_list("client", "scored_at", "published_number"))


def test_an_equal_list_is_not_written_again(fresh):
    before = stored()
    assert match_lists_write(fresh=[fresh], number=99, news=[fresh.client_id]) == (0, 0)
    assert stored() == before


@pytest.mark.parametrize("figures", FIGURES)
def test_a_list_with_any_other_figure_is_written(fresh, figures):
    before = getattr(fresh, figures)
    other = [[7] * len(row) for row in before] if figures == "parts" else [type(before[0])(7)] * len(before)
    setattr(fresh, figures, other)
    written = match_lists_write(fresh=[fresh], number=99, news=[fresh.client_id])
    assert written == (1, int(figures == "therapist_ids"))
    assert getattr(MatchList.objects.get(), figures) == other


def test_a_match_that_is_no_more_is_gone(fresh, cleo, mara):
    place = fresh.therapist_ids.index(mara.pk)
    for name in set(FIGURES) - {"parts", "part_names"}:
        del getattr(fresh, name)[place]
    for part in fresh.parts:
        del part[place]
    match_lists_write(fresh=[fresh], number=99, news=[cleo.pk])
    assert mara not in {match.therapist for match in cast.matches_of(cleo)}


def test_one_for_whom_nobody_is_eligible_has_an_empty_list(fitted_clinic, cleo):
    cleo.intake.highest_fee = 1
    cleo.intake.save()
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert MatchList.objects.get().therapist_ids == []
    assert cast.matches_of(cleo) == []


def test_a_clinic_without_ratings_has_a_preference_fit(linden, mara, jonas, cleo):
    snapshot = clinic_fit(clinic=linden, by=SystemActor.WORKER)
    assert (snapshot.verdict, snapshot.rated) == ("preference fit", 0)
    assert cast.matches_of(cleo)[0].therapist == mara


def test_an_empty_clinic_is_no_error(linden):
    assert clinic_fit(clinic=linden, by=SystemActor.WORKER).rated == 0
    assert not MatchList.objects.exists()


def test_a_clinic_with_one_therapist_says_no_difference(linden, mara, cleo):
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    assert MatchList.objects.get().differences == [0]


def test_a_clinic_with_ratings_of_one_therapist_is_no_error(linden, mara, cleo, instrument):
    for k in range(40):
        client = cast.make_client(linden, f"One{k}", status="ended")
        cast.make_rating(cast.make_episode(client, mara).sessions.get(number=3), 50 + k)
    assert clinic_fit(clinic=linden, by=SystemActor.WORKER).rated == 40


def test_a_client_who_skipped_everything_gets_suggestions_all_the_same(fitted_clinic, wim):
    found = suggest(clinic=fitted_clinic, code=wim.code, by=SystemActor.COMMAND).matches
    assert len(found) == Therapist.objects.in_clinic(fitted_clinic).listed().count()


def test_the_number_of_queries_does_not_grow_with_the_clients(linden, mara, jonas, raters):
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    counts = []
    for searching in raters[:1], raters[1:2], raters[2:]:
        Client.objects.in_clinic(linden).update(status="ended")
        Client.objects.filter(pk__in=[one.pk for one in searching]).update(status="searching")
        with CaptureQueriesContext(connection) as context:
            clinic_fit(clinic=linden, by=SystemActor.WORKER)
        counts.append(len(context))
    assert MatchList.objects.count() == len(raters[2:])
    # The first has published nothing before.
    assert counts[1] == counts[2]


def test_points_are_stored_as_the_nearest_tenths():
    assert in_tenths(np.array([-0.01, 0.26, -71.34])).tolist() == [0, 3, -713]


def previous_ranks(client):
    """As the client is shown them."""
    return [match.previous_rank for match in cast.matches_of(client)]


def test_what_was_added_is_shown_by_the_place_before(fresh, cleo):
    assert match_lists_write(fresh=[turned(fresh)], number=1, news=[cleo.pk]) == (1, 1)
    assert previous_ranks(cleo) == [2, 1, 3]


def test_the_place_before_an_older_publication_is_no_news(fresh, cleo):
    match_lists_write(fresh=[turned(fresh)], number=0, news=[cleo.pk])
    assert previous_ranks(cleo) == [None, None, None]


@pytest.mark.parametrize("stored_number", [1, 0], ids=["same publication", "older publication"])
def test_a_place_changed_by_own_answers_is_no_news_of_ratings(fresh, cleo, stored_number):
    MatchList.objects.update(published_number=stored_number, previous_therapist_ids=F("therapist_ids"))
    assert match_lists_write(fresh=[turned(fresh)], number=1, news=[]) == (1, 1)
    assert set(previous_ranks(cleo)) == {None}


@pytest.mark.parametrize(("stored_number", "kept"), [(1, [3, 2, 1]), (0, [None, None, None])])
def test_places_kept_through_own_answers_keep_the_places_before(fresh, cleo, stored_number, kept):
    before = fresh.therapist_ids[::-1]
    MatchList.objects.update(published_number=stored_number, previous_therapist_ids=before)
    fresh.means = [mean + 1 for mean in fresh.means]
    match_lists_write(fresh=[fresh], number=1, news=[])
    assert previous_ranks(cleo) == kept


def test_a_new_client_who_changes_their_answers_has_no_place_before(fitted_clinic, cleo):
    cleo.style_preferences.update(position=-3)
    before = [match.difference for match in cast.matches_of(cleo)]
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert [match.difference for match in cast.matches_of(cleo)] != before
    assert set(previous_ranks(cleo)) == {None}


def test_whom_one_puts_aside_moves_nobody_up(linden, cleo, mara, jonas, pavel):
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    first = cast.matches_of(cleo)[0].therapist
    MatchList.objects.update(previous_therapist_ids=F("therapist_ids"))
    mark_set(client=cleo, therapist=first, kind="not_for_me", by=SystemActor.COMMAND)

    pending_rescores_process(clinic=linden, by=SystemActor.WORKER)

    assert first not in {match.therapist for match in cast.matches_of(cleo)}
    assert set(previous_ranks(cleo)) == {None}
