"""A link is opened by nobody who was not given it, and says nothing of whom it is for."""

from datetime import timedelta

import pytest
import time_machine
from django.core.signing import BadSignature, SignatureExpired
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance_match.audit.actors import SystemActor
from surveys.links import invitation_of_kiosk, invitation_of_link, kiosk_token, link_token
from surveys.services import invitation_get_or_create

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def invitation(third_session):
    return invitation_get_or_create(session=third_session, by=SystemActor.WORKER)


def is_refused(read, token):
    """Whether a token is not ours."""
    with pytest.raises(BadSignature):
        read(token)
    return True


def test_a_link_leads_to_its_invitation(invitation):
    assert invitation_of_link(link_token(invitation)) == invitation
    assert invitation_of_kiosk(kiosk_token(invitation)) == invitation


def test_a_tablet_is_handed_over_for_two_hours(invitation):
    token = kiosk_token(invitation)

    later = time_machine.travel(timezone.now() + timedelta(hours=2, minutes=1))
    with later, pytest.raises(SignatureExpired):
        invitation_of_kiosk(token)


def test_a_mails_link_is_none_for_a_tablet_and_a_tablets_none_for_a_mail(invitation):
    assert is_refused(invitation_of_link, kiosk_token(invitation))
    assert is_refused(invitation_of_kiosk, link_token(invitation))


def test_a_link_in_other_letters_is_none(invitation):
    token = link_token(invitation)

    assert all(
        is_refused(invitation_of_link, other) for other in (token.lower(), token.upper(), token.swapcase())
    )


@FEW
@given(data=st.data())
def test_a_link_with_one_letter_changed_is_none(invitation, data):
    token = link_token(invitation)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(exclude_characters=token[at], codec="utf-8"))

    assert is_refused(invitation_of_link, token[:at] + other + token[at + 1 :])


@FEW
@given(token=st.text())
def test_what_we_never_made_is_none(invitation, token):
    assert is_refused(invitation_of_link, token)
    assert is_refused(invitation_of_kiosk, token)


def test_another_secret_makes_other_links(invitation, settings):
    token = link_token(invitation)
    settings.SECRET_KEY = "another"

    assert is_refused(invitation_of_link, token)


def test_a_session_that_left_the_log_has_no_invitation(invitation):
    link, tablet = link_token(invitation), kiosk_token(invitation)
    invitation.session.delete()

    assert (invitation_of_link(link), invitation_of_kiosk(tablet)) == (None, None)
