"""What clients are suggested: one list a client, as it is stored and as it is read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.prepared_rows import Given, PreparedRows
from alliance_match.accounts.querysets import ClinicQuerySet
from alliance_match.matching.models.published_state import PublishedState
from clients.models import Client
from therapists.models import Therapist

# Points of 0–100 are stored as whole tenths.
TENTHS = 10
# The arrays of a list: what makes two lists the same.
FIGURES = (
    *("therapist_ids", "groups", "means", "sds", "differences", "difference_sds"),
    *("part_names", "parts", "rated"),
)
# What stands for any count from one to nine.
A_FEW = 5


def about(count: int) -> int:
    """A count as others may know it: none, a few, or tens."""
    if count < 10:
        return A_FEW if count else 0
    return 10 * round(count / 10)


@dataclass(frozen=True)
class Match:
    """A client with one of the best eligible therapists; in points of 0–100, to 0.1.

    mean, sd: of the pair's true alliance. difference, difference_sd: from this client's average over the
    clinic's listed therapists. parts: named parts that sum to the difference. group: therapists with
    the same number cannot be distinguished for this client; 0 beyond the first five. rated: about how
    many ratings of this therapist are behind it. previous_rank: None where another is no news of ratings.
    """

    therapist: Therapist
    rank: int
    previous_rank: int | None
    group: int
    mean: float
    sd: float
    difference: float
    difference_sd: float
    parts: Mapping[str, float]
    rated: int


class MatchListQuerySet(ClinicQuerySet["MatchList"]):
    """Phrases about match lists."""

    def with_number_in_force(self) -> Self:
        """Each with the number of the state that is published now."""
        newest = PublishedState.objects.filter(clinic=OuterRef("clinic")).order_by("-number").values("number")
        return self.annotate(number_in_force=Subquery(newest[:1]))


@PreparedRows
def list_of() -> models.QuerySet["MatchList"]:
    """The list of a `client`, with the number of what is published."""
    return MatchList.objects.with_number_in_force().filter(client=Given("client"))


class MatchList(models.Model):
    """The best 50 eligible therapists of a client who is looking: arrays with an item each, best first.

    Figures are those of `Match`, in tenths of points; `parts` has a row for each of `part_names`.
    `previous_therapist_ids`: the order before the last publication or rating, empty where that is no news.
    """

    client = models.OneToOneField(Client, models.CASCADE, primary_key=True, related_name="match_list")
    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="match_lists")
    therapist_ids = ArrayField(models.BigIntegerField())
    previous_therapist_ids = ArrayField(models.BigIntegerField(), default=list)
    groups = ArrayField(models.SmallIntegerField())
    means = ArrayField(models.IntegerField())
    sds = ArrayField(models.IntegerField())
    differences = ArrayField(models.IntegerField())
    difference_sds = ArrayField(models.IntegerField())
    part_names = ArrayField(models.CharField(max_length=80))
    parts = ArrayField(ArrayField(models.IntegerField()))
    rated = ArrayField(models.IntegerField())
    published_number = models.PositiveIntegerField()
    scored_at = models.DateTimeField(db_default=Now())
    number_in_force: int | None  # where it was read `for_client()`

    objects = MatchListQuerySet.as_manager()

    def __str__(self) -> str:
        return f"match list of {self.client_id}"

    @classmethod
    def for_client(cls, client: Client) -> "MatchList":
        """A client's list with the number of what is published; an empty one where none is stored."""
        return list_of.first(client=client.pk) or cls.empty(client)

    @classmethod
    def empty(cls, client: Client) -> "MatchList":
        """An unsaved list with nobody on it."""
        return cls(client=client, clinic_id=client.clinic_id, **{name: [] for name in FIGURES})

    def matches(self, therapists: Mapping[int, Therapist]) -> Iterator[Match]:
        """The matches with these therapists, by key; best first."""
        news = self.previous_therapist_ids and self.number_in_force == self.published_number
        previous = {key: rank for rank, key in enumerate(self.previous_therapist_ids, 1)} if news else {}
        for k, key in enumerate(self.therapist_ids):
            if key in therapists:
                yield Match(
                    therapist=therapists[key],
                    rank=k + 1,
                    previous_rank=previous.get(key),
                    group=self.groups[k],
                    mean=self.means[k] / TENTHS,
                    sd=self.sds[k] / TENTHS,
                    difference=self.differences[k] / TENTHS,
                    difference_sd=self.difference_sds[k] / TENTHS,
                    parts={
                        name: part[k] / TENTHS for name, part in zip(self.part_names, self.parts, strict=True)
                    },
                    rated=self.rated[k],
                )
