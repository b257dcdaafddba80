"""What a form was shown as is sealed: the session, the version, and when, by our own clock."""

import pytest
import time_machine

from surveys.form_seal import seal, unseal


def test_it_tells_session_version_and_time(third_session, instrument):
    with time_machine.travel("2026-03-17 12:00", tick=False):
        text = seal(third_session, instrument)
    with time_machine.travel("2026-03-17 12:00:09", tick=False):
        shown = unseal(text, third_session)
        assert (shown.instrument, shown.seconds) == (instrument.pk, 9)


def test_it_is_of_no_other_session(third_session, episode, instrument):
    assert unseal(seal(third_session, instrument), episode.sessions.get(number=1)) is None


@pytest.mark.parametrize("text", ["", "x", "\x00", "a:b:c", "ü" * 2000])
def test_what_we_never_made_says_nothing(third_session, text):
    assert unseal(text, third_session) is None
