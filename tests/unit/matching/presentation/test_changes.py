"""At the next visit a client is shown what changed since the one before, and nothing when nothing did."""

from datetime import timedelta

import pytest
from django.urls import reverse

from alliance_match.matching.models import MatchList
from clients.models import LastVisit
from tests import cast
from therapists.models import Therapist


@pytest.fixture
def visit(fitted_clinic, as_client):
    """A function with which Cleo looks at her suggestions; it returns what she is shown of changes."""

    def visit():
        shown = as_client.get(reverse("suggestions")).context["changes"]
        assert as_client.post(reverse("looked")).status_code == 204
        return shown

    return visit


def let_days_pass(days=2):
    last_visit = LastVisit.objects.get()
    assert last_visit.latest_at is not None
    last_visit.latest_at -= timedelta(days=days)
    last_visit.save()


def test_the_first_visit_shows_no_change(visit):
    assert visit() == []


def test_nothing_is_shown_where_nothing_changed(visit):
    visit()
    let_days_pass()

    assert visit() == []


def test_a_new_one_and_a_lost_one_are_named(visit, cleo, mara):
    Therapist.objects.filter(pk=mara.pk).update(accepting=False)
    visit()
    let_days_pass()
    Therapist.objects.filter(pk=mara.pk).update(accepting=True)
    first = next(match.therapist for match in cast.matches_of(cleo) if match.therapist != mara)
    Therapist.objects.filter(pk=first.pk).update(accepting=False)

    shown = visit()

    assert any(one.startswith("Mara Albrecht is new here") for one in shown)
    assert f"{first.name} is not among the first suggestions any more." in shown


def test_another_estimate_is_shown_in_words(visit, cleo):
    visit()
    let_days_pass()
    found = MatchList.objects.get(client=cleo)
    found.differences[0], found.difference_sds[0] = -200, 10
    found.save()
    match = cast.matches_of(cleo)[0]

    (shown,) = visit()

    assert shown == f"{match.therapist.name} was estimated otherwise; now: Less likely than with most here."


def test_within_one_visit_it_stays_shown(visit, cleo):
    visit()
    let_days_pass()
    MatchList.objects.filter(client=cleo).update(differences=[200] * 3, difference_sds=[10] * 3)

    assert visit() == visit() != []


def test_the_page_says_since_when(visit, as_client, cleo):
    visit()
    let_days_pass()
    MatchList.objects.filter(client=cleo).update(differences=[200] * 3, difference_sds=[10] * 3)

    assert "Since your visit on" in as_client.get(reverse("suggestions")).content.decode()
