"""Which instruments a clinic asks."""

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from surveys.definition import InstrumentPurpose
from surveys.models import AllianceChoice, Declaration, Instrument, SwitchedOff
from surveys.models.instrument import clinic_today


class NotSwitchedError(Exception):
    """An instrument cannot be used so; `why` says it in words for whoever tried."""

    class Why(TextChoices):
        UNDECLARED = "undeclared", _("Nobody declared that you may use it, or the licence has run out.")
        NEEDS_SOMEBODY = (
            "needs_somebody",
            _("It asks about thoughts of self-harm, and nobody is named here yet who answers at once."),
        )
        ASKED = "asked", _("It is asked after sessions. Choose another one for that first.")
        OFF = "off", _("It is switched off.")
        OTHER_PURPOSE = "other_purpose", _("It does not measure the alliance.")

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = self.Why(why)


@transaction.atomic
def instrument_switch_on(*, instrument: Instrument, clinic: Clinic, by: Actor) -> None:
    """Let the clinic ask an instrument from today on. Raises NotSwitchedError."""
    if Instrument.objects.waiting_for_somebody(clinic).filter(pk=instrument.pk).exists():
        raise NotSwitchedError("needs_somebody")
    SwitchedOff.objects.in_clinic(clinic).filter(instrument=instrument).delete()
    event_record(by=by, verb="instrument_switch_on", of=instrument, clinic_id=clinic.pk)
    if instrument.clinic_id is None:
        return
    declared = Declaration.objects.in_force(clinic).select_for_update().filter(instrument=instrument)
    if not declared.update(switched_on=clinic_today(clinic)):
        raise NotSwitchedError("undeclared")


@transaction.atomic
def instrument_switch_off(*, instrument: Instrument, clinic: Clinic, by: Actor) -> None:
    """Ask an instrument no more; what was answered stays. Raises NotSwitchedError."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    if Instrument.objects.alliance_of(clinic) == instrument:
        raise NotSwitchedError("asked")
    if instrument.clinic_id is None:
        SwitchedOff.objects.get_or_create(clinic=clinic, instrument=instrument)
    else:
        Declaration.objects.in_clinic(clinic).filter(instrument=instrument).update(switched_on=None)
    event_record(by=by, verb="instrument_switch_off", of=instrument, clinic_id=clinic.pk)


@transaction.atomic
def alliance_instrument_choose(*, instrument: Instrument, clinic: Clinic, by: Actor) -> None:
    """Ask this instrument after sessions, from now on in its newest version. Raises NotSwitchedError."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    if instrument.purpose != InstrumentPurpose.ALLIANCE:
        raise NotSwitchedError("other_purpose")
    if not Instrument.objects.in_use(clinic).filter(pk=instrument.pk).exists():
        raise NotSwitchedError("off")
    AllianceChoice.objects.update_or_create(clinic=clinic, defaults={"code": instrument.code})
    event_record(by=by, verb="alliance_instrument_choose", of=instrument, clinic_id=clinic.pk)
