"""The estimator of a clinic as it is stored, and whether the stored one still fits today's features."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from alliance_match.accounts.models import Clinic
from alliance_match.matching import dataset
from alliance_match.matching.features import feature_set
from alliance_match.matching.models import ModelSnapshot
from alliance_match.matching.services.estimator_cache import estimator_keep
from alliance_match.matching.services.evaluation import ClinicEvaluation
from alliance_match.prediction import FeatureSet, FittedAlliance, to_dict


def snapshot_save(
    *,
    clinic: Clinic,
    fitted: FittedAlliance,
    kind: ModelSnapshot.Kind,
    rated: int,
    evaluation: ClinicEvaluation,
    part_importance: Mapping[str, Any] = MappingProxyType({}),
) -> ModelSnapshot:
    """Store the next snapshot; of the updates between two fits only the newest is kept."""
    newest = ModelSnapshot.objects.in_clinic(clinic).without_state().newest()
    snapshot = ModelSnapshot.objects.create(
        clinic=clinic,
        number=newest.number + 1 if newest else 1,
        kind=kind,
        state=to_dict(fitted),
        uses=snapshot_uses(fitted.features, fitted.instruments),
        rated=rated,
        verdict=evaluation.verdict,
        evaluation=dict(evaluation.figures),
        part_importance=dict(part_importance),
    )
    older = ModelSnapshot.objects.in_clinic(clinic).filter(number__lt=snapshot.number)
    older.filter(kind=ModelSnapshot.Kind.UPDATE).delete()
    estimator_keep(snapshot, fitted)
    return snapshot


def needs_fit(clinic: Clinic) -> bool:
    """Whether there is no snapshot yet, or one for other features or instruments than today's."""
    newest = ModelSnapshot.objects.in_clinic(clinic).without_state().newest()
    return newest is None or newest.uses != snapshot_uses(
        feature_set(clinic), dataset.instrument_codes(clinic)
    )


def snapshot_uses(features: FeatureSet, instruments: Sequence[str]) -> dict[str, Any]:
    """What a snapshot was fitted to, by name."""
    names: dict[str, Any] = json.loads(json.dumps(asdict(features)))
    return names | {"instruments": list(instruments)}
