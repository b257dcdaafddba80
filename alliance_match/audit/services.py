"""Recording what was written, in the transaction of the write."""

from collections.abc import Iterable

from django.db.models import Model

from alliance_match.audit.actors import Actor, SystemActor
from alliance_match.audit.models import AuditEvent


def event_record(*, by: Actor, verb: str, of: Model, clinic_id: int | None) -> None:
    """Record a write to one row, which has its key still; `clinic_id` is None for what is no clinic's."""
    AuditEvent.objects.create(**_actor_and_object(by, verb, of), object_id=of.pk, clinic_id=clinic_id)


def events_record(*, by: Actor, verb: str, of: type[Model], rows: Iterable[tuple[int, int | None]]) -> None:
    """Record the same write to several rows, each by its key and its clinic's: one statement for all."""
    said = _actor_and_object(by, verb, of)
    AuditEvent.objects.bulk_create(
        AuditEvent(**said, object_id=pk, clinic_id=clinic_id) for pk, clinic_id in rows
    )


def bulk_event_record(*, by: Actor, verb: str, of: type[Model], count: int, clinic_id: int | None) -> None:
    """Record one write to many rows as one event; of no rows, none."""
    if count:
        AuditEvent.objects.create(**_actor_and_object(by, verb, of), count=count, clinic_id=clinic_id)


def _actor_and_object(by: Actor, verb: str, of: Model | type[Model]) -> dict[str, object]:
    who = {"system_actor": by} if isinstance(by, SystemActor) else {"actor_id": by.pk}
    return {**who, "verb": verb, "object_type": of._meta.label_lower}
