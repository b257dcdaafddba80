"""The rows that the estimator of a clinic is fitted to: all made anew, or some added and removed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.matching import dataset
from alliance_match.matching.digests import json_digest
from alliance_match.matching.models import TrainingChange, TrainingRow
from alliance_match.matching.models.training_row import TrainingRowQuerySet, training_row_digest
from alliance_match.matching.services.attempts import clinic_lock
from alliance_match.matching.services.estimators import estimator_recent
from alliance_match.matching.services.snapshots import (
    snapshot_is_missing,
    snapshot_is_outdated,
    uses_of_today,
)
from alliance_match.matching.training_data import stored_rows
from alliance_match.prediction import forecast_rows
from surveys.flags import is_unexpected
from surveys.models import AllianceRating
from surveys.models.rating import AllianceRatingQuerySet
from surveys.services import unexpected_flags_add

BATCH = 5_000
# The rows of so many clients are made in less than two seconds.
CLIENTS_AT_ONCE = 200
COPIED = (
    *("clinic_id", "rating_id", "client_id", "therapist_id"),
    *("instrument", "session", "score", "features", "weight"),
)


def training_rows_make(*, clinic: Clinic) -> Mapping[str, Any]:
    """Make the rows of a clinic without any snapshot, some at a time, so that it is never locked for long.

    Returns what they are to be fitted to. They are complete, and all of that, where nothing came meanwhile.
    """
    with transaction.atomic():
        clinic_lock(clinic)
        TrainingRow.objects.in_clinic(clinic).delete()  # of a fit that failed
    uses = uses_of_today(clinic)
    for keys in dataset.client_slices(clinic, CLIENTS_AT_ONCE):
        with transaction.atomic():
            clinic_lock(clinic)
            if not snapshot_is_missing(clinic) or uses != uses_of_today(clinic):
                break
            theirs = AllianceRating.objects.in_clinic(clinic).filter(session__episode__client__in=keys)
            _rows_add(clinic, dataset.ratings_to_train_on(theirs), recorded=False)
    return uses


def training_rows_renew(*, clinic: Clinic, just_made: bool = False) -> None:
    """Make the clinic's training rows what may be fitted to today, in a transaction of a fit.

    A row that is still true keeps the features of its time, unless the estimator now sees others than then;
    one that is not as it was written is made anew in its place. `just_made`: they are of today's features,
    though no snapshot is.
    """
    ratings = dataset.ratings_to_train_on(AllianceRating.objects.in_clinic(clinic))
    wanted = {rated.rating_id: rated for rated in ratings}
    stored, outdated = TrainingRow.objects.in_clinic(clinic), snapshot_is_outdated(clinic)
    if outdated and not just_made:
        stored.delete()
    gone: list[int] = []
    altered: dict[int, int] = {}
    digests: dict[int, int] = {}
    for row in stored_rows(stored):
        rated = wanted.get(row.rating_id)
        if rated is not None and not row.is_as_written:
            altered[row.rating_id] = row.pk
        elif rated != dataset.rated_pair_of_row(row):
            gone.append(row.pk)
            continue
        elif row.digest is None:
            digests[row.pk] = training_row_digest(row)
        wanted.pop(row.rating_id)
    rows_remove(clinic, stored.filter(pk__in=gone), recorded=not outdated)
    by_rating = {rated.rating_id: rated for rated in ratings if rated.rating_id in altered}
    _rows_rewrite(clinic, [by_rating[rating_id] for rating_id in altered], list(altered.values()))
    _columns_set("digest", "bigint", list(digests), list(digests.values()))
    _rows_add(clinic, list(wanted.values()), recorded=not outdated)


def rows_remove(clinic: Clinic, rows: TrainingRowQuerySet, *, recorded: bool) -> None:
    """Remove training rows; `recorded` where a snapshot rests on them."""
    if recorded:
        changes_record(clinic=clinic, stored=rows.iterator(chunk_size=BATCH), removed=True)
    rows.delete()


def _rows_add(clinic: Clinic, ratings: Sequence[dataset.RatedPair], *, recorded: bool) -> None:
    for start in range(0, len(ratings), BATCH):
        new = TrainingRow.objects.bulk_create(dataset.training_rows(clinic, ratings[start : start + BATCH]))
        if recorded:
            changes_record(clinic=clinic, stored=new, removed=False)


def _rows_rewrite(clinic: Clinic, ratings: Sequence[dataset.RatedPair], keys: Sequence[int]) -> None:
    """Under their keys, for what is published names them by these."""
    rows = dataset.training_rows(clinic, ratings)
    for row, key in zip(rows, keys, strict=True):
        row.pk = key
    columns = [*dataset.RatedPair._fields, "features", "weight", "digest"]
    TrainingRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["pk"], update_fields=columns, batch_size=BATCH
    )


def training_rows_set_weights(*, row_ids: Sequence[int], weights: Sequence[float]) -> None:
    """Set the weights of those of these rows that are still there."""
    _columns_set("weight", "float8", row_ids, weights)


def _columns_set(column: str, kind: str, row_ids: Sequence[int], values: Sequence[float]) -> None:
    if not row_ids:
        return
    statement = f"""
        UPDATE matching_trainingrow AS row SET {column} = given.value
        FROM unnest(%s::bigint[], %s::{kind}[]) AS given (id, value) WHERE row.id = given.id
    """  # noqa: S608  # of nothing but the names of columns
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(row_ids), list(values)])


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
    changes_record(clinic=clinic, stored=gone, removed=True)
    TrainingRow.objects.filter(pk__in=[row.pk for row in gone]).delete()
    if new:
        unexpected_flags_add(clinic=clinic, rating_ids=_unexpected_ratings(clinic, new), by=by)
        changes_record(clinic=clinic, stored=TrainingRow.objects.bulk_create(new), removed=False)
    changed = {(row.client_id, row.rating_id) for row in (*gone, *new)}
    clients = [client_id for client_id, _ in changed]
    return {client_id: clients.count(client_id) for client_id in clients}


def changes_record(*, clinic: Clinic, stored: Iterable[TrainingRow], removed: bool) -> None:
    """Note that these rows, which have their keys, came or go."""
    changes = TrainingChange.objects.in_clinic(clinic).order_by("-pk")
    last_digest = changes.values_list("digest", flat=True).first()
    TrainingChange.objects.bulk_create(_changes(stored, removed, last_digest), batch_size=BATCH)


def _changes(
    stored: Iterable[TrainingRow], removed: bool, last_digest: int | None
) -> Iterator[TrainingChange]:
    for row in stored:
        copied = {name: getattr(row, name) for name in COPIED}
        last_digest = json_digest([last_digest, removed, row.pk, *copied.values()])
        yield TrainingChange(removed=removed, row_id=row.pk, digest=last_digest, **copied)


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
