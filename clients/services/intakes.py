"""The intake: what a client answers in its four steps."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.db.models.functions import Now

from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from clients.models import Client, Intake, StylePreference, TimeWindow, Wish

STEPS = 4


@dataclass(frozen=True)
class Answers:
    """The answers of one step of the intake: columns of the intake, and rows beside it by their natural key.

    A kind of row that is None is none of this step's business and stays as it is.
    """

    columns: Mapping[str, Any] = field(default_factory=dict)
    windows: Collection[TimeWindow] | None = None
    styles: Collection[StylePreference] | None = None
    wishes: Collection[Wish] | None = None


@transaction.atomic
def intake_save(*, client: Client, step: int, answers: Answers, finished: bool, by: Actor) -> Intake:
    """Store the answers of a step, as they are so far; the same again changes nothing.

    `finished` marks the last step as done; an intake once finished stays so.
    """
    Client.objects.select_for_update().get(pk=client.pk)  # two tabs of one client write one after the other
    intake, _ = Intake.objects.get_or_create(client=client)
    columns = dict(answers.columns) | {"step": max(intake.step, min(step + finished, STEPS))}
    if finished and step == STEPS and intake.finished_at is None:
        columns["finished_at"] = Now()
    changed = any(getattr(intake, name) != value for name, value in columns.items())
    if changed:
        Intake.objects.filter(pk=intake.pk).update(**columns)
    changed |= _rows_replace(TimeWindow, client, answers.windows, ("weekday", "starts", "ends"))
    changed |= _rows_replace(StylePreference, client, answers.styles, ("dimension", "position", "importance"))
    changed |= _rows_replace(Wish, client, answers.wishes, ("attribute", "accepted"))
    if changed:
        event_record(by=by, verb="intake_save", of=intake, clinic_id=client.clinic_id)
    intake.refresh_from_db()
    return intake


def _rows_replace(
    model: type[Model], client: Client, rows: Collection[Any] | None, names: tuple[str, ...]
) -> bool:
    """Let these be the client's rows of a kind; returns whether that is new. Nothing is written where they
    are so already: a write would leave a re-scoring pending."""
    if rows is None:
        return False
    stored = model._default_manager.filter(client=client)
    wanted = {_natural_key(row, names): row for row in rows}
    kept = {_natural_key(row, names): row.pk for row in stored}
    gone = [pk for key, pk in kept.items() if key not in wanted]
    if gone:
        stored.filter(pk__in=gone).delete()
    new = [row for key, row in wanted.items() if key not in kept]
    if new:
        model._default_manager.bulk_create(new)
    return bool(gone or new)


def _natural_key(row: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    values = [getattr(row, name) for name in names]
    return tuple(tuple(value) if isinstance(value, list) else value for value in values)
