"""A test that commits finds nothing of the one before."""

import pytest
from django.contrib.auth.models import Permission

from alliance_match.accounts.models import User
from alliance_match.audit.actors import SystemActor
from alliance_match.audit.models import AuditEvent
from alliance_match.audit.services import event_record
from alliance_match.matching.models import PendingRescore
from clients.models import Client
from surveys.models import Instrument
from tests import people


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_nothing_is_left_of_the_one_before(turn):
    for model in (Client, AuditEvent, PendingRescore, User):
        assert not model.objects.exists()
    assert Permission.objects.exists()
    assert Instrument.objects.exists()

    cleo = people.cleo(people.linden())
    event_record(by=SystemActor.COMMAND, verb="made", of=cleo, clinic_id=cleo.clinic_id)
    assert PendingRescore.objects.exists()
