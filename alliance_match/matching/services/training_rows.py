"""The rows that the estimator of a clinic is fitted to: all made anew, or some added and removed."""

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.matching import dataset
from alliance_match.matching.models import TrainingChange, TrainingRow
from alliance_match.matching.services.estimators import estimator_recent
from alliance_match.matching.services.snapshots import needs_fit
from alliance_match.prediction import dropout_weights, forecast_rows
from surveys.flags import is_unexpected
from surveys.models import AllianceRating
from surveys.models.rating import AllianceRatingQuerySet
from surveys.services import unexpected_flags_add

BATCH = 5_000
COPIED = (
    *("clinic_id", "rating_id", "client_id", "therapist_id"),
    *("instrument", "session", "score", "features", "weight"),
)


def training_rows_renew(*, clinic: Clinic) -> list[TrainingRow]:
    """Make the clinic's training rows what may be fitted to today, oldest first.

    A row that is still true keeps the features of its time, unless the estimator now sees others than then.
    """
    wanted = dataset.ratings_to_train_on(AllianceRating.objects.in_clinic(clinic))
    true = {rated.rating_id: rated for rated in wanted}
    stored = [] if needs_fit(clinic) else list(TrainingRow.objects.in_clinic(clinic))
    rows = {row.rating_id: row for row in stored if _is_unchanged(row, true.get(row.rating_id))}
    changes_record(stored=[row for row in stored if row.rating_id not in rows], removed=True)
    TrainingRow.objects.in_clinic(clinic).exclude(pk__in=[row.pk for row in rows.values()]).delete()
    new = dataset.training_rows(clinic, [rated for rated in wanted if rated.rating_id not in rows])
    TrainingRow.objects.bulk_create(new, batch_size=BATCH)
    if stored:
        changes_record(stored=new, removed=False)
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


def training_rows_update(*, clinic: Clinic, client_ids: Sequence[int], by: Actor) -> dict[int, int]:
    """Add and remove whatever changed about these clients' ratings; the estimator follows when it is needed.

    Returns how many ratings changed, by client.
    """
    ratings = AllianceRating.objects.in_clinic(clinic).filter(session__episode__client__in=client_ids)
    stored = list(_rows_trained_on(clinic, client_ids, ratings))
    wanted = {rated.rating_id: rated for rated in dataset.ratings_to_train_on(ratings)}
    gone = [row for row in stored if not _is_unchanged(row, wanted.get(row.rating_id))]
    kept = {row.rating_id for row in stored} - {row.rating_id for row in gone}
    new = dataset.training_rows(clinic, [one for pk, one in wanted.items() if pk not in kept])
    changes_record(stored=gone, removed=True)
    TrainingRow.objects.filter(pk__in=[row.pk for row in gone]).delete()
    if new:
        unexpected_flags_add(clinic=clinic, rating_ids=_unexpected_ratings(clinic, new), by=by)
        changes_record(stored=TrainingRow.objects.bulk_create(new), removed=False)
    changed = {(row.client_id, row.rating_id) for row in (*gone, *new)}
    clients = [client_id for client_id, _ in changed]
    return {client_id: clients.count(client_id) for client_id in clients}


def changes_record(*, stored: Iterable[TrainingRow], removed: bool) -> None:
    """Note that these rows, which have their keys, came or go."""
    TrainingChange.objects.bulk_create(
        (
            TrainingChange(removed=removed, row_id=row.pk, **{name: getattr(row, name) for name in COPIED})
            for row in stored
        ),
        batch_size=BATCH,
    )


def _unexpected_ratings(clinic: Clinic, rows: Sequence[TrainingRow]) -> list[int]:
    """The ratings below the 10th percentile of what was predicted of each before it was added."""
    fitted = estimator_recent(clinic)
    predicted = forecast_rows(fitted, dataset.training_table(fitted.features, fitted.instruments, rows))
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
