"""Words are kept or sent, never lost; one more session is asked about once, and after a later one."""

import pytest

from alliance_match.accounts.models import Role
from clients.models import Consent
from clients.services import consents_choose, episode_end
from surveys.models import Note, Recheck
from surveys.services import recheck_cancel, recheck_want, words_delete, words_keep, words_send
from tests import cast


@pytest.fixture
def with_mara(cleo, mara):
    """Cleo's care with Mara, who can log in and read."""
    return cast.make_episode(cleo, mara)


def told(therapist):
    return [one.text for one in Note.objects.told_to(therapist)]


def test_kept_words_take_the_place_of_those_before_and_are_read_by_nobody(with_mara, mara):
    words_keep(episode=with_mara, text="One")
    words_keep(episode=with_mara, text="Two")

    assert [one.text for one in Note.objects.kept()] == ["Two"]
    assert told(mara) == []


def test_sent_words_are_read_and_are_kept_no_more(with_mara, mara):
    words_keep(episode=with_mara, text="One")

    assert words_send(episode=with_mara, text="One, mended")

    assert told(mara) == ["One, mended"]
    assert not Note.objects.kept().exists()


def test_the_same_sent_twice_is_sent_once_and_more_words_follow(with_mara, mara):
    first = words_send(episode=with_mara, text="One")

    assert words_send(episode=with_mara, text="One") == first
    words_send(episode=with_mara, text="Two")

    assert told(mara) == ["Two", "One"]


@pytest.mark.parametrize(
    "hinder",
    [
        lambda episode: consents_choose(client=episode.client, purposes=["care"]),
        lambda episode: episode_end(episode=episode, by=Role.THERAPIST),
        lambda episode: episode.therapist.__class__.objects.update(user=None),
    ],
    ids=["no consent", "ended", "nobody reads"],
)
def test_what_cannot_be_sent_is_kept(with_mara, hinder):
    hinder(with_mara)

    assert words_send(episode=with_mara, text="One") is None

    assert [one.text for one in Note.objects.kept()] == ["One"]


def test_words_are_hidden_while_sharing_is_taken_back(with_mara, mara, cleo):
    words_send(episode=with_mara, text="One")
    Consent.objects.filter(client=cleo, purpose="share").delete()
    assert told(mara) == []

    Consent.objects.create(client=cleo, purpose="share")
    assert told(mara) == ["One"]


def test_words_thrown_away_are_gone(with_mara, mara):
    words_delete(note=words_send(episode=with_mara, text="One"))

    assert not Note.objects.exists()


def test_one_more_session_is_wanted_once(episode):
    assert recheck_want(episode=episode)
    assert recheck_want(episode=episode)

    assert Recheck.objects.wanted(episode).get().after == 3


def test_only_a_later_session_is_the_one_more(episode, third_session):
    recheck_want(episode=episode)

    cast.make_check_in(third_session)
    assert Recheck.objects.wanted(episode).exists()

    cast.make_check_in(cast.make_session(episode, 4))
    assert not Recheck.objects.wanted(episode).exists()
    assert Recheck.objects.get().number == 4


def test_another_can_be_wanted_after_that(episode):
    recheck_want(episode=episode)
    cast.make_check_in(cast.make_session(episode, 4))

    assert recheck_want(episode=episode)
    assert Recheck.objects.wanted(episode).get().after == 4


def test_what_is_not_wanted_any_more_is_not_asked(episode):
    recheck_want(episode=episode)

    recheck_cancel(episode=episode)
    recheck_cancel(episode=episode)

    assert not Recheck.objects.exists()


def test_an_ended_care_has_no_next_session(episode):
    recheck_want(episode=episode)
    episode_end(episode=episode, by=Role.CLIENT)

    assert not Recheck.objects.wanted(episode).exists()
    assert not recheck_want(episode=episode)


def test_the_database_refuses_empty_words_and_an_earlier_session(episode):
    cast.refuses("note_says_something", Note.objects.create, episode=episode, text="")
    done = {"done_at": "2026-03-20T12:00Z", "number": 3, "after": 3}
    cast.refuses("recheck_done_by_a_later_session", Recheck.objects.create, episode=episode, **done)
