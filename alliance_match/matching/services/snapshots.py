"""The estimator of a clinic as it is stored, and whether the stored one still fits today's features."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from alliance_match.accounts.models import Clinic
from alliance_match.matching import dataset
from alliance_match.matching.digests import json_digest
from alliance_match.matching.features import feature_set
from alliance_match.matching.models import ModelSnapshot, PublishedState, RescoreLock, TrainingChange
from alliance_match.matching.services.estimators import EstimatorState, estimator_keep, estimator_newest
from alliance_match.matching.services.evaluation import ClinicEvaluation
from alliance_match.prediction import FeatureSet, FittedAlliance, to_dict

FITS_KEPT = 7
CHANGES_KEPT = 1_000


def snapshot_save(
    *,
    clinic: Clinic,
    fitted: FittedAlliance,
    kind: ModelSnapshot.Kind,
    rated: int,
    evaluation: ClinicEvaluation,
    part_importance: Mapping[str, Any] = MappingProxyType({}),
) -> ModelSnapshot:
    """Store the next snapshot, which has all training changes in it; delete what nobody needs any more."""
    newest = ModelSnapshot.objects.in_clinic(clinic).without_state().newest()
    state = to_dict(fitted)
    snapshot = ModelSnapshot.objects.create(
        clinic=clinic,
        number=newest.number + 1 if newest else 1,
        kind=kind,
        state=state,
        digest=json_digest(state),
        uses=snapshot_uses(fitted.features, fitted.instruments),
        rated=rated,
        last_change=TrainingChange.objects.in_clinic(clinic).last_number(),
        verdict=evaluation.verdict,
        evaluation=dict(evaluation.figures),
        part_importance=dict(part_importance),
    )
    if newest:
        _outlived_delete(snapshot, newest)
    if kind == ModelSnapshot.Kind.FIT:
        RescoreLock.objects.filter(clinic=clinic).update(state_damaged=False)
    estimator_keep(clinic, EstimatorState.of_snapshot(snapshot, fitted))
    return snapshot


def _outlived_delete(snapshot: ModelSnapshot, before: ModelSnapshot) -> None:
    """Of older snapshots the last fits stay, and the one whose part importance is public.

    Changes stay that the snapshot before has not, for whoever is reading it, and those not published yet.
    """
    older = ModelSnapshot.objects.filter(clinic=snapshot.clinic_id, number__lt=snapshot.number)
    public = ModelSnapshot.objects.filter(clinic=snapshot.clinic_id).without_state().with_part_importance()
    fits = older.filter(kind=ModelSnapshot.Kind.FIT).order_by("-number").values_list("pk", flat=True)
    kept = [*fits[: FITS_KEPT - 1], *([public.pk] if public else [])]
    older.exclude(pk__in=kept).delete()
    published = PublishedState.objects.filter(clinic=snapshot.clinic_id).without_state().newest()
    last = min(before.last_change, published.last_change if published else 0)
    TrainingChange.objects.filter(clinic=snapshot.clinic_id, pk__lte=last).delete()


def checkpoint_if_due(clinic: Clinic) -> None:
    """Store the newest state where so many changes came since the last time that they would take long to
    read."""
    newest = ModelSnapshot.objects.in_clinic(clinic).without_state().newest()
    changes = TrainingChange.objects.in_clinic(clinic)
    if newest and changes.filter(pk__gt=newest.last_change).count() >= CHANGES_KEPT:
        snapshot_save(
            clinic=clinic,
            fitted=estimator_newest(clinic),
            kind=ModelSnapshot.Kind.UPDATE,
            rated=clinic.training_rows.count(),
            evaluation=ClinicEvaluation(newest.verdict, newest.evaluation),
        )


def fits_since(before: ModelSnapshot) -> bool:
    """Whether there was a fit after this snapshot, or so many checkpoints that changes may be gone."""
    later = ModelSnapshot.objects.filter(clinic=before.clinic_id, number__gt=before.number)
    kinds = list(later.values_list("kind", flat=True))
    return ModelSnapshot.Kind.FIT in kinds or len(kinds) > 1


def needs_fit(clinic: Clinic) -> bool:
    """Whether there is no snapshot yet, or a damaged one, or one for other features or instruments."""
    if RescoreLock.objects.filter(clinic=clinic, state_damaged=True).exists():
        return True
    return snapshot_is_outdated(clinic)


def snapshot_is_outdated(clinic: Clinic) -> bool:
    """Whether there is no snapshot yet, or one for other features or instruments."""
    newest = ModelSnapshot.objects.in_clinic(clinic).without_state().newest()
    return newest is None or newest.uses != uses_of_today(clinic)


def snapshot_is_missing(clinic: Clinic) -> bool:
    """Whether the clinic was never fitted."""
    return not ModelSnapshot.objects.in_clinic(clinic).exists()


def uses_of_today(clinic: Clinic) -> dict[str, Any]:
    """What a fit would be fitted to now, by name."""
    return snapshot_uses(feature_set(clinic), dataset.instrument_codes(clinic))


def snapshot_uses(features: FeatureSet, instruments: Sequence[str]) -> dict[str, Any]:
    """What a snapshot was fitted to, by name."""
    names: dict[str, Any] = json.loads(json.dumps(asdict(features)))
    return names | {"instruments": list(instruments)}
