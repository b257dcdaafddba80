"""A therapist is alerted to what a client shares, and learns nothing of what they do not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from alliance_match.audit.actors import SystemActor
from clients.services import consents_choose
from surveys.bond_alerts import bond_alerts
from surveys.models import BondAlertOutcome, Flag, Note, Response
from surveys.services import bond_alert_close, note_discard, note_send, rating_withdraw
from tests import cast

Matter = BondAlertOutcome.Matter
SHARED = {"shared_with_therapist": True}


@pytest.fixture
def care(cleo, mara):
    """Cleo's care with Mara."""
    return cast.make_episode(cleo, mara)


@pytest.fixture
def sessions(care):
    """Its three sessions."""
    return list(care.sessions.all())


def matters(therapist):
    return [one.matter for one in bond_alerts(therapist)]


def test_a_wish_to_talk_comes_first_then_words_then_a_low_result(sessions, care, mara, wim, pavel):
    cast.make_check_in(sessions[0], 9, wants_to_talk=True)
    note_send(episode=care, text="Hello", by=SystemActor.COMMAND)
    cast.make_check_in(sessions[1], 3, **SHARED)

    assert matters(mara) == [Matter.TALK, Matter.WORDS, Matter.LOW]
    assert matters(pavel) == []


def test_a_wish_to_talk_shows_the_figure_only_where_that_was_shared(sessions, mara):
    cast.make_check_in(sessions[0], 2, wants_to_talk=True)
    cast.make_check_in(sessions[1], 3, wants_to_talk=True, **SHARED)

    assert [one.total for one in bond_alerts(mara)] == [30.0, None]


def test_a_low_result_that_was_not_shared_is_no_alert(sessions, mara):
    cast.make_check_in(sessions[2], 1, bond="not_yet", comment="hard", comment_reader="nobody")

    assert bond_alerts(mara) == []


@pytest.mark.parametrize("kind", ["item", "not_yet", "unexpected", "talk"])
def test_a_flag_made_of_what_is_not_shared_is_no_alert(sessions, mara, kind):
    rating = cast.make_check_in(sessions[2], 8, **SHARED).alliance_rating
    Flag.objects.create(rating=rating, kind=kind, strength=1)

    assert bond_alerts(mara) == []


def test_a_single_low_answer_in_a_good_result_is_no_alert(sessions, mara):
    response = cast.make_check_in(sessions[2], 8, **SHARED)
    Response.objects.filter(pk=response.pk).update(answers={"item_1": 0})
    Flag.objects.create(rating=response.alliance_rating, kind="item", strength=1)

    assert bond_alerts(mara) == []


@pytest.fixture
def spread(linden, jonas):
    """Others' ratings, so that there is a spread to measure a fall by."""
    for k, total in enumerate((60.0, 100.0)):
        episode = cast.make_episode(cast.make_client(linden, f"Rater{k}"), jonas)
        cast.make_rating(episode.sessions.get(number=1), total)


@pytest.mark.parametrize(("first", "second", "told"), [(True, True, 1), (True, False, 0), (False, True, 0)])
def test_a_fall_is_told_only_where_all_before_it_was_shared(sessions, mara, spread, first, second, told):
    cast.make_check_in(sessions[0], 10, shared_with_therapist=first)
    cast.make_check_in(sessions[1], 10, shared_with_therapist=second)
    fell = cast.make_check_in(sessions[2], 7, **SHARED).alliance_rating
    assert list(fell.flags.values_list("kind", flat=True)) == ["drop"]

    assert len(bond_alerts(mara)) == told


def test_it_is_gone_as_soon_as_sharing_is_taken_back(sessions, care, mara, cleo):
    cast.make_check_in(sessions[0], 9, wants_to_talk=True)
    note_send(episode=care, text="Hello", by=SystemActor.COMMAND)
    cast.make_check_in(sessions[1], 3, **SHARED)
    for alert in bond_alerts(mara):
        bond_alert_close(alert=alert, kind="talked", by=SystemActor.COMMAND)
    assert len(bond_alerts(mara)) == 3

    consents_choose(client=cleo, purposes=["care", "matching", "statistics"], by=SystemActor.COMMAND)

    assert bond_alerts(mara) == []


def test_each_goes_with_what_it_is_of(sessions, care, mara):
    talk = cast.make_check_in(sessions[0], 9, wants_to_talk=True)
    note = note_send(episode=care, text="Hello", by=SystemActor.COMMAND)
    low = cast.make_check_in(sessions[1], 3, **SHARED)
    assert note is not None

    Response.objects.filter(pk=low.pk).update(shared_with_therapist=False)
    assert matters(mara) == [Matter.TALK, Matter.WORDS]
    note_discard(note=note, by=SystemActor.COMMAND)
    assert matters(mara) == [Matter.TALK]
    rating_withdraw(rating=talk.alliance_rating, by=SystemActor.COMMAND)
    assert bond_alerts(mara) == []


def test_closed_it_shows_its_outcome_for_a_month(sessions, care, mara):
    cast.make_check_in(sessions[0], 9, wants_to_talk=True)
    note_send(episode=care, text="Hello", by=SystemActor.COMMAND)
    for alert in bond_alerts(mara):
        bond_alert_close(alert=alert, kind="planned", by=SystemActor.COMMAND)

    assert [one.outcome.kind for one in bond_alerts(mara)] == ["planned", "planned"]

    BondAlertOutcome.objects.update(closed_at=timezone.now() - timedelta(days=31))
    assert bond_alerts(mara) == []


def test_what_was_planned_becomes_what_was_talked_about(sessions, mara):
    cast.make_check_in(sessions[0], 9, wants_to_talk=True)
    bond_alert_close(alert=bond_alerts(mara)[0], kind="planned", by=SystemActor.COMMAND)
    bond_alert_close(alert=bond_alerts(mara)[0], kind="talked", by=SystemActor.COMMAND)

    assert BondAlertOutcome.objects.get().kind == "talked"


def test_a_wish_to_talk_that_comes_after_a_closed_low_result_is_open(sessions, mara):
    response = cast.make_check_in(sessions[1], 3, **SHARED)
    bond_alert_close(alert=bond_alerts(mara)[0], kind="talked", by=SystemActor.COMMAND)

    Response.objects.filter(pk=response.pk).update(wants_to_talk=True)

    (alert,) = bond_alerts(mara)
    assert (alert.matter, alert.outcome) == (Matter.TALK, None)


def test_the_database_refuses_an_outcome_of_nothing(care, sessions):
    response = cast.make_check_in(sessions[0])
    note = Note.objects.create(episode=care, text="Hello")
    wrong = BondAlertOutcome.objects.create

    cast.refuses("outcome_of_what_was_told", wrong, episode=care, matter="talk", kind="talked")
    cast.refuses("outcome_of_what_was_told", wrong, episode=care, matter="low", kind="talked", note=note)
    cast.refuses("outcome_kind_known", wrong, episode=care, matter="low", kind="fine", response=response)


def test_withdrawing_what_was_not_shared_raises_no_alert(sessions, mara):
    first = cast.make_check_in(sessions[0], 10)
    cast.make_check_in(sessions[1], 9, **SHARED)
    cast.make_check_in(sessions[2], 7, **SHARED)
    assert bond_alerts(mara) == []

    rating_withdraw(rating=first.alliance_rating, by=SystemActor.COMMAND)

    assert bond_alerts(mara) == []
