"""Alerts as their therapist reads and closes them."""

import pytest
from django.urls import reverse

from alliance_match.accounts.models import Role
from alliance_match.audit.actors import SystemActor
from clients.services import episode_end
from surveys.models import BondAlertOutcome
from surveys.services import note_send
from tests import cast


@pytest.fixture
def care(cleo, mara):
    """Cleo's care with Mara."""
    return cast.make_episode(cleo, mara)


@pytest.fixture
def talk(care):
    """Cleo would like to talk."""
    return cast.make_check_in(care.sessions.get(number=1), 4, wants_to_talk=True)


def close(browser, response, kind="talked", matter="talk"):
    return browser.post(reverse("alert_close", args=[matter, response.pk]), {"kind": kind})


def test_each_comes_with_a_next_step_and_the_page_says_what_it_cannot_tell(as_therapist, care, talk):
    note_send(episode=care, text="More quiet, please", by=SystemActor.COMMAND)

    page = as_therapist.get(reverse("alerts")).content.decode()

    assert page.index("would like to talk") < page.index("More quiet, please")
    assert page.count("A next step") == 2
    assert "No alert does not mean that all is well" in page
    assert "of 100" not in page


def test_without_anything_shared_the_page_is_as_if_nothing_was_answered(as_therapist, care):
    before = as_therapist.get(reverse("alerts")).context["waiting"]
    cast.make_check_in(care.sessions.get(number=3), 1, bond="not_yet")

    page = as_therapist.get(reverse("alerts"))

    assert (before, page.context["waiting"]) == ([], [])
    assert "Nothing waits for you here" in page.content.decode()


@pytest.mark.parametrize("kind", BondAlertOutcome.Kind.values)
def test_it_is_closed_with_an_outcome(as_therapist, talk, kind):
    assert close(as_therapist, talk, kind).url == reverse("alerts")

    page = as_therapist.get(reverse("alerts"))
    assert page.context["waiting"] == []
    assert str(BondAlertOutcome.Kind(kind).label) in page.content.decode()


def test_an_outcome_that_is_none_closes_nothing(as_therapist, talk):
    assert close(as_therapist, talk, "bored").status_code == 400
    assert not BondAlertOutcome.objects.exists()


def test_nobody_elses_alert_and_none_that_does_not_stand_is_closed(as_therapist, care, talk, birch, britta):
    unshared = cast.make_check_in(care.sessions.get(number=2), 1)
    elsewhere = cast.make_episode(cast.make_client(birch, "Ole"), britta)
    others = cast.make_check_in(elsewhere.sessions.get(number=1), 1, wants_to_talk=True)

    for response, matter in ((unshared, "low"), (others, "talk"), (talk, "low"), (talk, "words")):
        assert close(as_therapist, response, matter=matter).status_code == 404
    assert not BondAlertOutcome.objects.exists()


@pytest.mark.parametrize("notifies", [True, False])
def test_who_goes_on_elsewhere_is_told_of_only_where_they_say_so(as_therapist, care, notifies):
    episode_end(
        episode=care,
        ended_by=Role.CLIENT,
        ending="switched",
        notifies_therapist=notifies,
        by=SystemActor.COMMAND,
    )

    page = as_therapist.get(reverse("alerts")).content.decode()

    assert ("Cleo has decided to continue with someone else." in page) == notifies
