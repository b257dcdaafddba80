"""Words are kept or sent, never lost."""

import pytest

from alliance_match.accounts.models import Role
from alliance_match.audit.actors import SystemActor
from clients.models import Consent
from clients.services import consents_choose, episode_end
from surveys.models import Note
from surveys.services import note_discard, note_keep, note_send
from tests import cast


@pytest.fixture
def with_mara(cleo, mara):
    """Cleo's care with Mara, who can log in and read."""
    return cast.make_episode(cleo, mara)


def told(therapist):
    return [one.text for one in Note.objects.shared_with(therapist)]


def test_kept_words_take_the_place_of_those_before_and_are_read_by_nobody(with_mara, mara):
    note_keep(episode=with_mara, text="One", by=SystemActor.COMMAND)
    note_keep(episode=with_mara, text="Two", by=SystemActor.COMMAND)

    assert [one.text for one in Note.objects.kept()] == ["Two"]
    assert told(mara) == []


def test_sent_words_are_read_and_are_kept_no_more(with_mara, mara):
    note_keep(episode=with_mara, text="One", by=SystemActor.COMMAND)

    assert note_send(episode=with_mara, text="One, mended", by=SystemActor.COMMAND)

    assert told(mara) == ["One, mended"]
    assert not Note.objects.kept().exists()


def test_the_same_sent_twice_is_sent_once_and_more_words_follow(with_mara, mara):
    first = note_send(episode=with_mara, text="One", by=SystemActor.COMMAND)

    assert note_send(episode=with_mara, text="One", by=SystemActor.COMMAND) == first
    note_send(episode=with_mara, text="Two", by=SystemActor.COMMAND)

    assert told(mara) == ["Two", "One"]


@pytest.mark.parametrize(
    "hinder",
    [
        lambda episode: consents_choose(client=episode.client, purposes=["care"], by=SystemActor.COMMAND),
        lambda episode: episode_end(episode=episode, ended_by=Role.THERAPIST, by=SystemActor.COMMAND),
        lambda episode: episode.therapist.__class__.objects.update(user=None),
    ],
    ids=["no consent", "ended", "nobody reads"],
)
def test_what_cannot_be_sent_is_kept(with_mara, hinder):
    hinder(with_mara)

    assert note_send(episode=with_mara, text="One", by=SystemActor.COMMAND) is None

    assert [one.text for one in Note.objects.kept()] == ["One"]


def test_words_are_hidden_while_sharing_is_taken_back(with_mara, mara, cleo):
    note_send(episode=with_mara, text="One", by=SystemActor.COMMAND)
    Consent.objects.filter(client=cleo, purpose="share").delete()
    assert told(mara) == []

    Consent.objects.create(client=cleo, purpose="share")
    assert told(mara) == ["One"]


def test_words_thrown_away_are_gone(with_mara, mara):
    note = note_send(episode=with_mara, text="One", by=SystemActor.COMMAND)
    assert note is not None

    note_discard(note=note, by=SystemActor.COMMAND)

    assert not Note.objects.exists()


def test_the_database_refuses_empty_words(episode):
    cast.refuses("note_says_something", Note.objects.create, episode=episode, text="")
