"""Who did what, to which row, when; and no value of anybody."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from alliance_match.audit.actors import SystemActor


class AuditEvent(models.Model):
    """One write of a service; never changed, never deleted, and the database refuses to (see the migrations).

    `verb`: the name of the service; `object_type`: a model, as `clients.introduction`. One event that stands
    for many rows has `count` in place of `object_id`. No key here is a constraint: what it names may be gone,
    for an erasure must not wait for this table, nor change it.
    """

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    system_actor = models.CharField(max_length=10, choices=SystemActor.choices, blank=True)
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField(null=True)
    count = models.PositiveIntegerField(null=True)
    clinic = models.ForeignKey(
        "accounts.Clinic",
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    recorded_at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(actor__isnull=False, system_actor="")
                | Q(actor__isnull=True, system_actor__in=SystemActor.values),
                name="audit_event_one_actor",
            ),
            models.CheckConstraint(
                condition=Q(object_id__isnull=False, count__isnull=True)
                | Q(object_id__isnull=True, count__gte=1),
                name="audit_event_one_object_or_many",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} of {self.object_type} {self.object_id or ''}".rstrip()
