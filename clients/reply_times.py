"""How soon therapists reply to whoever asks to meet them, in words."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, QuerySet
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.prepared_rows import GivenKeys, PreparedRows
from clients.models import Introduction
from clients.models.introduction import ANSWER_WITHIN
from therapists.models import Therapist

FEWEST = 5
BANDS = (
    (timedelta(days=1), _("usually replies within a day")),
    (timedelta(days=2), _("usually replies within two days")),
    (ANSWER_WITHIN, _("usually replies within three days")),
)


class Median(Aggregate):
    """The middle of all durations; of an even number, half-way between the two."""

    template = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def in_words(median: timedelta) -> Any:
    """A reply time in words; none where as many requests ran out as were answered."""
    within = (words for longest, words in BANDS if median <= longest)
    return next(within, "") if median < ANSWER_WITHIN else ""


def reply_times_in_words(therapists: Iterable[Therapist]) -> dict[int, Any]:
    """The words by therapist, of those who were asked often enough for it. One query."""
    medians = median_reply_times(therapists=[one.pk for one in therapists])
    return {therapist: words for therapist, median in medians if (words := in_words(median))}


@PreparedRows
def median_reply_times() -> QuerySet[Any, tuple[int, timedelta]]:
    """Of these `therapists`: who was asked often enough, and their median."""
    asked = Introduction.objects.filter(therapist=GivenKeys("therapists")).resolved()
    rows = asked.order_by().values("therapist").annotate(number=Count("pk"), median=Median("reply_time"))
    return rows.filter(number__gte=FEWEST).values_list("therapist", "median")
