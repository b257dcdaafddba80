"""The rows that the estimator of a clinic is fitted to: all made anew, or some added and removed."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.matching import dataset
from alliance_match.matching.models import ModelSnapshot, TrainingRow
from alliance_match.matching.services.estimator_cache import estimator_load
from alliance_match.matching.services.snapshots import needs_fit
from alliance_match.prediction import (
    FittedAlliance,
    TrainingTable,
    downdate,
    dropout_weights,
    forecast_rows,
    update,
)
from surveys.flags import is_unexpected
from surveys.models import AllianceRating
from surveys.models.rating import AllianceRatingQuerySet
from surveys.services import unexpected_flags_add

BATCH = 5_000


def training_rows_renew(*, clinic: Clinic) -> list[TrainingRow]:
    """Make the clinic's training rows what may be fitted to today, oldest first.

    A row that is still true keeps the features of its time, unless the estimator now sees others than then.
    """
    wanted = dataset.ratings_to_train_on(AllianceRating.objects.in_clinic(clinic))
    true = {rated.rating_id: rated for rated in wanted}
    stored = [] if needs_fit(clinic) else list(TrainingRow.objects.in_clinic(clinic))
    rows = {row.rating_id: row for row in stored if _is_unchanged(row, true.get(row.rating_id))}
    TrainingRow.objects.in_clinic(clinic).exclude(pk__in=[row.pk for row in rows.values()]).delete()
    new = dataset.training_rows(clinic, [rated for rated in wanted if rated.rating_id not in rows])
    TrainingRow.objects.bulk_create(new, batch_size=BATCH)
    rows |= {row.rating_id: row for row in new}
    return [rows[rated.rating_id] for rated in wanted]


def training_rows_set_weights(*, clinic: Clinic, rows: Sequence[TrainingRow]) -> None:
    """Set the weights of training rows so that they also speak for pairs that left before they were rated."""
    changed = []
    for row, weight in zip(rows, dropout_weights(dataset.started_pairs(clinic, rows)).tolist(), strict=True):
        if row.weight != weight:
            row.weight = weight
            changed.append(row)
    TrainingRow.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["pk"], update_fields=["weight"], batch_size=BATCH
    )


def training_rows_update(
    *, clinic: Clinic, snapshot: ModelSnapshot, client_ids: Sequence[int], by: Actor
) -> tuple[FittedAlliance, int]:
    """Add to the fit and remove from it whatever changed about these clients' ratings, exactly.

    Returns the estimator and how many ratings changed. The training rows are changed with it.
    """
    fitted = estimator_load(snapshot)
    ratings = AllianceRating.objects.in_clinic(clinic).filter(session__episode__client__in=client_ids)
    stored = list(_rows_trained_on(clinic, client_ids, ratings))
    wanted = {rated.rating_id: rated for rated in dataset.ratings_to_train_on(ratings)}
    gone = [row for row in stored if not _is_unchanged(row, wanted.get(row.rating_id))]
    kept = {row.rating_id for row in stored} - {row.rating_id for row in gone}
    new = dataset.training_rows(clinic, [one for pk, one in wanted.items() if pk not in kept])
    codes = fitted.instruments
    if gone:
        fitted = downdate(fitted, dataset.training_table(fitted.features, codes, gone))
        TrainingRow.objects.filter(pk__in=[row.pk for row in gone]).delete()
    if new:
        table = dataset.training_table(fitted.features, codes, new)
        unexpected = _unexpected_ratings(fitted, table, new)
        unexpected_flags_add(clinic=clinic, rating_ids=unexpected, by=by)
        fitted = update(fitted, table)
        TrainingRow.objects.bulk_create(new)
    return fitted, len({row.rating_id for row in (*gone, *new)})


def _unexpected_ratings(
    fitted: FittedAlliance, table: TrainingTable, rows: Sequence[TrainingRow]
) -> list[int]:
    """The ratings below the 10th percentile of what was predicted of each before it was added."""
    predicted = forecast_rows(fitted, table)
    pairs = zip(rows, predicted.mean.tolist(), predicted.rating_sd.tolist(), strict=True)
    return [row.rating_id for row, mean, sd in pairs if is_unexpected(row.score, mean, sd)]


def _rows_trained_on(
    clinic: Clinic, client_ids: Sequence[int], ratings: AllianceRatingQuerySet
) -> QuerySet[TrainingRow]:
    """The rows of these clients, and of these ratings when they were still another client's."""
    theirs = Q(rating__in=list(ratings.values_list("pk", flat=True)))
    return TrainingRow.objects.in_clinic(clinic).filter(Q(client__in=client_ids) | theirs)


def _is_unchanged(row: TrainingRow, rated: dataset.RatedPair | None) -> bool:
    return rated is not None and rated == dataset.rated_pair_of_row(row)
