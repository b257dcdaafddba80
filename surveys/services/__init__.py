"""What is written about instruments, sessions, the answers given about them, and what follows from those."""

from surveys.services.bond_alerts import bond_alert_close, bond_alerts_notify
from surveys.services.cadence import asking_limits_set, cadence_choose
from surveys.services.check_ins import (
    CheckInClosedError,
    check_in_refusal,
    check_in_submit,
    rating_withdraw,
    response_to,
    sharing_set,
)
from surveys.services.flags import unexpected_flags_add
from surveys.services.instrument_use import (
    NotSwitchedError,
    alliance_instrument_choose,
    instrument_switch_off,
    instrument_switch_on,
)
from surveys.services.instruments import LicenceRights, instrument_bring, licence_declare
from surveys.services.invitations import (
    invitation_get_or_create,
    invitations_create,
    invitations_send,
)
from surveys.services.notes import note_can_be_sent, note_discard, note_keep, note_send
from surveys.services.rechecks import recheck_cancel, recheck_request
from surveys.services.shipped_instruments import instruments_install

__all__ = [
    "CheckInClosedError",
    "LicenceRights",
    "NotSwitchedError",
    "alliance_instrument_choose",
    "asking_limits_set",
    "bond_alert_close",
    "bond_alerts_notify",
    "cadence_choose",
    "check_in_refusal",
    "check_in_submit",
    "instrument_bring",
    "instrument_switch_off",
    "instrument_switch_on",
    "instruments_install",
    "invitation_get_or_create",
    "invitations_create",
    "invitations_send",
    "licence_declare",
    "note_can_be_sent",
    "note_discard",
    "note_keep",
    "note_send",
    "rating_withdraw",
    "recheck_cancel",
    "recheck_request",
    "response_to",
    "sharing_set",
    "unexpected_flags_add",
]
