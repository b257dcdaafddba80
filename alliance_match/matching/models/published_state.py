"""The estimator as others may see it."""

from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet
from alliance_match.accounts.related_rows import RelatedRows, relation_named
from alliance_match.matching.digests import json_digest
from alliance_match.matching.models.model_snapshot import ModelSnapshot
from clients.models import Client
from therapists.models import TherapistQuerySet


class PublishedStateQuerySet(ClinicQuerySet["PublishedState"]):
    """Phrases about published states."""

    def newest(self) -> "PublishedState | None":
        """What is published now."""
        return self.newest_first().first()

    def newest_first(self) -> Self:
        """What is published now, then what was before."""
        return self.order_by("-number")

    def with_pending(self, rows: ClinicQuerySet[Any]) -> Self:
        """Each with `pending`, whether there are any of these rows."""
        return self.annotate(pending=models.Exists(rows))

    def with_match_list(self, client: models.Value, people: TherapistQuerySet) -> Self:
        """Each with `match_list`, the columns of the list of a client, None where there is none; and with
        `open_ids`, the keys of those of these people who are on it."""
        relation = relation_named(Client, "match_list")
        listed = relation.related_model._default_manager.filter(client=client)
        keys = people.filter(pk__in=listed.values(key=models.Func("therapist_ids", function="UNNEST")))
        return self.annotate(
            match_list=RelatedRows(relation, of=client),
            open_ids=ArraySubquery(keys.order_by().values("pk")),
        )

    def without_state(self) -> Self:
        """For pages, which never load the estimator."""
        return self.defer("state", "row_ids")


class PublishedState(models.Model):
    """What all match lists but for one's own ratings come from; renewed at a publication, by no rating alone.

    `row_ids`: the training rows in it. `uses`, `verdict`: of the snapshot it was made of. `rated`: how many
    ratings are in it, and by therapist. `withdrawn_since`: since when its global coefficients hold ratings
    withdrawn or changed, None where they hold none. `digest`: of state, `row_ids` and these counts as they
    were written.
    """

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="published_states")
    number = models.PositiveIntegerField()
    state: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    row_ids = ArrayField(models.BigIntegerField())
    last_change = models.BigIntegerField()
    uses: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    verdict = models.CharField(max_length=30, choices=ModelSnapshot.Verdict.choices)
    rated = models.PositiveIntegerField()
    rated_by_therapist: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField()
    withdrawn_since = models.DateTimeField(null=True)
    digest = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    pending: bool  # where it was read `with_pending()`
    match_list: list[dict[str, Any]] | None  # where it was read `with_match_list()`
    open_ids: list[int]  # there too

    objects = PublishedStateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "number"], name="published_number_once"),
        ]

    def __str__(self) -> str:
        return f"published state {self.number} of {self.clinic_id}"

    def content_digest(self) -> int:
        """The digest of what is published."""
        return json_digest([self.state, self.row_ids, self.rated_by_therapist])

    def is_as_written(self) -> bool:
        """Whether what is published is what was stored."""
        return self.digest is None or self.digest == self.content_digest()
