"""What pages promise of how soon something counts, held against what happens."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import TrainingRow
from alliance_match.matching.services import publishing
from tests import cast

SOON = re.compile(r"within\s+seconds|few\s+seconds|once\s+a\s+day")


@pytest.fixture
def other(linden, fitted_clinic, sweep):
    """Somebody else who is looking, with a list."""
    client = cast.make_client(linden, "Olga", style=[(1, 2), (0, 1), (0, 1), (0, 1)])
    sweep()
    assert cast.matches_of(client)
    return client


def means_of(client):
    return [match.mean for match in cast.matches_of(client)]


def own_rating_counts(cleo, other, third_session, sweep):
    """One's own list moves within the task, and nobody else's."""
    sweep()
    before = means_of(cleo), means_of(other)
    cast.make_check_in(third_session, 1)
    sweep()
    assert means_of(cleo) != before[0]
    assert means_of(other) == before[1]


def intake_counts(cleo, other, third_session, sweep):
    """An answer of the intake moves one's own list within the task, and nobody else's."""
    sweep()
    before = means_of(cleo), means_of(other)
    cleo.style_preferences.update(position=-3)
    sweep()
    assert means_of(cleo) != before[0]
    assert means_of(other) == before[1]


def consent_taken_back_counts(cleo, other, third_session, sweep):
    """Ratings leave what is trained on within the task, and nobody else's list moves."""
    cast.make_check_in(third_session, 1)
    sweep()
    before = means_of(other)
    assert TrainingRow.objects.filter(client=cleo).exists()
    cleo.consents.filter(purpose="matching").delete()
    sweep()
    assert not TrainingRow.objects.filter(client=cleo).exists()
    assert means_of(other) == before


def first_list_is_made(cleo, other, third_session, sweep):
    """Who has no list yet has one within the task."""
    cleo.match_list.delete()
    cleo.style_preferences.update(position=-3)
    sweep()
    assert cast.matches_of(cleo)


def others_count_once_a_day(cleo, other, third_session, sweep):
    """Publications are not due again on the same day, whoever rates."""
    own_rating_counts(cleo, other, third_session, sweep)
    before = means_of(other)
    publishing.publish_if_due(clinic=cleo.clinic, by=SystemActor.WORKER)
    sweep()
    assert means_of(other) == before


PROMISES = {
    "clients/consents.html": [consent_taken_back_counts],
    "clients/intake.html": [intake_counts],
    "matching/_no_suggestions.html": [first_list_is_made],
    "matching/_pending.html": [own_rating_counts],
    "matching/how_matching_works.html": [own_rating_counts, others_count_once_a_day],
    "pages/_story.html": [own_rating_counts],
    "surveys/_thanks.html": [own_rating_counts],
}


def test_every_page_that_promises_it_is_held_to_it():
    templates = Path(settings.BASE_DIR, "templates")
    assert set(PROMISES) == {
        str(path.relative_to(templates))
        for path in templates.rglob("*.html")
        if SOON.search(path.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize("kept", dict.fromkeys(kept for kinds in PROMISES.values() for kept in kinds))
def test_it_is_kept(kept, cleo, other, third_session, sweep):
    kept(cleo, other, third_session, sweep)
