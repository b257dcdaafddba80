"""Taking back the consent to care: what it allowed ends, and what only served to find somebody is deleted."""

from collections.abc import Callable, Iterable

from django.db import transaction

from alliance_match.accounts.models import Role
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from clients.models import (
    Client,
    Episode,
    Intake,
    Introduction,
    LastVisit,
    Mark,
    StylePreference,
    TimeWindow,
    Wait,
    Wish,
)
from clients.services.consents import consents_choose
from clients.services.episodes import episode_end
from clients.services.introduction_rules import NotPossibleError
from clients.services.introductions import introduction_call_off, introduction_withdraw

# What a client said to be found somebody; episodes, sessions and check-ins are the record of care.
TO_FIND_SOMEBODY = (Intake, StylePreference, TimeWindow, Wish, Mark, LastVisit, Wait)


@transaction.atomic
def care_withdraw(*, client: Client, notifies_therapist: bool, by: Actor) -> None:
    """End requests, agreed meetings, waits and care, withdraw all consents, delete what found somebody.

    `notifies_therapist`: whether those who were seen read, kindly and without a reason, that care has ended.
    """
    locked = Client.objects.select_for_update(no_key=True).get(pk=client.pk)
    asked = Introduction.objects.filter(client=locked).select_related("therapist", "client")
    _end_each(asked.open(), lambda one: introduction_withdraw(introduction=one, by=by))
    _end_each(asked.upcoming(), lambda one: introduction_call_off(introduction=one, by_client=True, by=by))
    for episode in Episode.objects.open().filter(client=locked):
        episode_end(episode=episode, ended_by=Role.CLIENT, notifies_therapist=notifies_therapist, by=by)
    consents_choose(client=locked, purposes=(), by=by)
    for model in TO_FIND_SOMEBODY:
        model._default_manager.filter(client=locked).delete()
    Client.objects.filter(pk=locked.pk).update(status=Client.Status.ENDED)
    event_record(by=by, verb="care_withdraw", of=locked, clinic_id=locked.clinic_id)


def _end_each(found: Iterable[Introduction], end: Callable[[Introduction], None]) -> None:
    for one in found:
        try:
            end(one)
        except NotPossibleError:
            continue  # it was answered, or its hour came, at this very moment
