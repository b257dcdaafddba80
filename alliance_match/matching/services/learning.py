"""What the estimator of a clinic learns: a full fit, or single ratings learnt and unlearnt."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q, QuerySet

from alliance_match.accounts.models import Clinic, User
from alliance_match.matching import dataset
from alliance_match.matching.features import feature_set
from alliance_match.matching.models import (
    AllowedTrait,
    ModelSnapshot,
    PendingRescore,
    RescoreLock,
    RescoreRun,
    TrainingRow,
)
from alliance_match.matching.services.estimators import estimator_of, remember
from alliance_match.matching.services.judging import Judgement, judged
from alliance_match.matching.services.scoring import matches_rescore
from alliance_match.matching.services.weighing import weights_release
from alliance_match.prediction import (
    FeatureSet,
    FitControl,
    FittedAlliance,
    TrainingTable,
    Variances,
    downdate,
    fit,
    forecast_rows,
    rating_weights,
    solve,
    to_dict,
    update,
)
from alliance_match.vocabulary import is_never_used
from surveys.flags import is_unexpected
from surveys.models import AllianceRating
from surveys.models.rating import AllianceRatingQuerySet
from surveys.services import unexpected_flag

ENOUGH_TO_FIT = 30
EXPECTED_VARIANCE = 400.0
BATCH = 5_000


@transaction.atomic
def clinic_fit(*, clinic: Clinic) -> ModelSnapshot:
    """Learn everything anew, with new variances, and re-score every client who is looking.

    Waits for a worker that is at work for this clinic. Raises EstimationError where the data are unusable.
    """
    began = time.monotonic()
    RescoreLock.objects.get_or_create(clinic=clinic)
    RescoreLock.objects.select_for_update().get(clinic=clinic)
    owed = list(PendingRescore.objects.in_clinic(clinic).values_list("pk", flat=True))
    rows = rows_renew(clinic=clinic)
    rows_weigh(clinic=clinic, rows=rows)
    table = dataset.training_table(feature_set(clinic), dataset.instruments(clinic), rows)
    judgement = judged(table)
    fitted = fit_or_start(table, FitControl(widening=judgement.widening))
    snapshot = snapshot_save(
        clinic=clinic,
        fitted=fitted,
        kind=ModelSnapshot.Kind.FIT,
        rated=len(rows),
        judgement=judgement,
        part_importance=weights_release(clinic=clinic, fitted=fitted, rows=rows),
    )
    changed = matches_rescore(clinic=clinic, fitted=fitted, number=snapshot.number, learnt=True)
    PendingRescore.objects.filter(pk__in=owed).delete()
    RescoreRun.objects.create(
        clinic=clinic,
        snapshot_number=snapshot.number,
        ratings=len(rows),
        matches=changed.matches,
        moved=changed.moved,
        seconds=time.monotonic() - began,
    )
    return snapshot


def rows_renew(*, clinic: Clinic) -> list[TrainingRow]:
    """Make the clinic's training rows what may be learnt today, oldest first.

    A row that is still true keeps the features of its time, unless the estimator now sees others than then.
    """
    wanted = dataset.learnable(AllianceRating.objects.in_clinic(clinic))
    true = {rated.rating_id: rated for rated in wanted}
    stored = [] if needs_fit(clinic) else list(TrainingRow.objects.in_clinic(clinic))
    rows = {row.rating_id: row for row in stored if _still_true(row, true.get(row.rating_id))}
    TrainingRow.objects.in_clinic(clinic).exclude(pk__in=[row.pk for row in rows.values()]).delete()
    new = dataset.training_rows(clinic, [rated for rated in wanted if rated.rating_id not in rows])
    TrainingRow.objects.bulk_create(new, batch_size=BATCH)
    rows |= {row.rating_id: row for row in new}
    return [rows[rated.rating_id] for rated in wanted]


def rows_weigh(*, clinic: Clinic, rows: Sequence[TrainingRow]) -> None:
    """Weigh training rows so that they also speak for pairs that left before they were rated."""
    changed = []
    for row, weight in zip(rows, rating_weights(dataset.started(clinic, rows)).tolist(), strict=True):
        if row.weight != weight:
            row.weight = weight
            changed.append(row)
    TrainingRow.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["pk"], update_fields=["weight"], batch_size=BATCH
    )


def fit_or_start(table: TrainingTable, control: FitControl) -> FittedAlliance:
    """Fit; with too few ratings, or none that differ, solve at the variances the literature expects."""
    several = len(table) >= ENOUGH_TO_FIT and len(np.unique(table.therapist_ids)) > 1
    if several and np.ptp(table.score) > 0:
        return fit(table, control)
    expected = Variances.default(table.features, len(table.instruments), EXPECTED_VARIANCE)
    return solve(table, expected, control)


def snapshot_save(
    *,
    clinic: Clinic,
    fitted: FittedAlliance,
    kind: ModelSnapshot.Kind,
    rated: int,
    judgement: Judgement,
    part_importance: Mapping[str, Any] = MappingProxyType({}),
) -> ModelSnapshot:
    """Store the next snapshot; of the updates between two fits only the newest is kept."""
    newest = ModelSnapshot.objects.in_clinic(clinic).without_state().newest()
    snapshot = ModelSnapshot.objects.create(
        clinic=clinic,
        number=newest.number + 1 if newest else 1,
        kind=kind,
        state=to_dict(fitted),
        uses=uses(fitted.layout.features, fitted.layout.instruments),
        rated=rated,
        verdict=judgement.verdict,
        evaluation=dict(judgement.figures),
        part_importance=dict(part_importance),
    )
    older = ModelSnapshot.objects.in_clinic(clinic).filter(number__lt=snapshot.number)
    older.filter(kind=ModelSnapshot.Kind.UPDATE).delete()
    remember(snapshot, fitted)
    return snapshot


def changes_learn(
    *, clinic: Clinic, snapshot: ModelSnapshot, client_ids: Sequence[int]
) -> tuple[FittedAlliance, int]:
    """Learn and unlearn whatever changed about these clients' ratings, exactly.

    Returns the estimator and how many ratings changed. The training rows are changed with it.
    """
    fitted = estimator_of(snapshot)
    ratings = AllianceRating.objects.in_clinic(clinic).filter(session__episode__client__in=client_ids)
    stored = list(_learnt(clinic, client_ids, ratings))
    wanted = {rated.rating_id: rated for rated in dataset.learnable(ratings)}
    gone = [row for row in stored if not _still_true(row, wanted.get(row.rating_id))]
    kept = {row.rating_id for row in stored} - {row.rating_id for row in gone}
    new = dataset.training_rows(clinic, [one for pk, one in wanted.items() if pk not in kept])
    codes = fitted.layout.instruments
    if gone:
        fitted = downdate(fitted, dataset.training_table(fitted.layout.features, codes, gone))
        TrainingRow.objects.filter(pk__in=[row.pk for row in gone]).delete()
    if new:
        table = dataset.training_table(fitted.layout.features, codes, new)
        unexpected_flag(rating_ids=_unexpected(fitted, table, new))
        fitted = update(fitted, table)
        TrainingRow.objects.bulk_create(new)
    return fitted, len({row.rating_id for row in (*gone, *new)})


def _unexpected(fitted: FittedAlliance, table: TrainingTable, rows: Sequence[TrainingRow]) -> list[int]:
    """The ratings below the 10th percentile of what was predicted of each before it was learnt."""
    predicted = forecast_rows(fitted, table)
    told = zip(rows, predicted.mean.tolist(), predicted.rating_sd.tolist(), strict=True)
    return [row.rating_id for row, mean, sd in told if is_unexpected(row.score, mean, sd)]


def _learnt(
    clinic: Clinic, client_ids: Sequence[int], ratings: AllianceRatingQuerySet
) -> QuerySet[TrainingRow]:
    """What was learnt of these clients, and of these ratings when they were still another client's."""
    theirs = Q(rating__in=list(ratings.values_list("pk", flat=True)))
    return TrainingRow.objects.in_clinic(clinic).filter(Q(client__in=client_ids) | theirs)


def _still_true(row: TrainingRow, rated: dataset.Rated | None) -> bool:
    return rated is not None and rated == dataset.as_learnt(row)


def needs_fit(clinic: Clinic) -> bool:
    """Whether there is no snapshot yet, or one for other features or instruments than today's."""
    newest = ModelSnapshot.objects.in_clinic(clinic).without_state().newest()
    return newest is None or newest.uses != uses(feature_set(clinic), dataset.instruments(clinic))


def uses(features: FeatureSet, instruments: Sequence[str]) -> dict[str, Any]:
    """What a snapshot was fitted to, by name."""
    names: dict[str, Any] = json.loads(json.dumps(asdict(features)))
    return names | {"instruments": list(instruments)}


def lock_if_free(clinic: Clinic) -> bool:
    """Take the clinic for this transaction; False where another worker has it."""
    return RescoreLock.objects.select_for_update(skip_locked=True).filter(clinic=clinic).first() is not None


@transaction.atomic
def trait_allow(*, clinic: Clinic, side: str, name: str, by: User) -> None:
    """Let the estimator see a trait. Raises ValueError for a side that does not exist, or an identity."""
    if side not in AllowedTrait.Side.values:
        raise ValueError(f"{side}: traits belong to clients or therapists")
    if is_never_used(name):
        raise ValueError(f"{name}: never enters a prediction")
    AllowedTrait.objects.get_or_create(clinic=clinic, side=side, name=name, defaults={"allowed_by": by})


@transaction.atomic
def trait_forbid(*, clinic: Clinic, side: str, name: str) -> None:
    """Take a trait away from the estimator; the next re-score is without it."""
    AllowedTrait.objects.in_clinic(clinic).filter(side=side, name=name).delete()
