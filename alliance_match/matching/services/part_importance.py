"""How much each part of the suggestions counts at a clinic, measured for the public page."""

from typing import Any

from django.utils import timezone

from alliance_match.accounts.models import Clinic
from alliance_match.matching import dataset
from alliance_match.matching.features import STYLE, TRAIT
from alliance_match.matching.models import ModelSnapshot, TrainingRow
from alliance_match.matching.services.publishing import WITHDRAWN_KEPT
from alliance_match.matching.training_data import TrainingData
from alliance_match.prediction import (
    FeatureSet,
    FittedAlliance,
    PartImportance,
    PartSelection,
    forecast,
    part_importance,
)
from clients.models import Client
from surveys.models.instrument import DEFAULT
from therapists.models import Therapist

# As in releases of a therapist's figures: ten to begin with, then five who were not in it before.
FEWEST_CLIENTS, MORE_CLIENTS = 10, 5
# Of fewer therapists, a difference between two says too much about each.
FEWEST_THERAPISTS = 5
NEWEST = 200
RESPONSES = "responses"


def part_importance_release(*, clinic: Clinic, fitted: FittedAlliance, data: TrainingData) -> dict[str, Any]:
    """Weights to publish, from the newest raters of what was fitted to; empty while none are due.

    Anybody may see them, so they come from ten clients on and five listed therapists, are rounded to half a
    point, and stay as they are until five more clients have rated. What was withdrawn is in them for no more
    than thirty days: then they are measured anew, or there are none.
    """
    raters = list(dict.fromkeys(reversed(data.table.client_ids.tolist())))
    before = ModelSnapshot.objects.in_clinic(clinic).without_state().with_part_importance()
    too_long = before is not None and holds_withdrawn_too_long(before)
    none = {"clients": 0, "rows": 0, "last_row": 0, "parts": {}} if too_long else {}
    more = before.part_importance["clients"] + MORE_CLIENTS if before and not too_long else 0
    # Asked first, for the features of two hundred clients cost more than the count.
    few_therapists = Therapist.objects.in_clinic(clinic).count() < FEWEST_THERAPISTS
    if few_therapists or len(raters) < max(more, FEWEST_CLIENTS):
        return none
    newest = Client.objects.in_clinic(clinic).filter(pk__in=raters[:NEWEST])
    candidates = dataset.clinic_people(clinic, dataset.watched_only(newest)).candidates(DEFAULT)
    if len(candidates.therapist_ids) < FEWEST_THERAPISTS:
        return none
    weights = part_importance(forecast(fitted, candidates), part_groups(fitted.features))
    return {
        "clients": len(raters),
        "rows": len(data.row_ids),
        "last_row": int(data.row_ids.max()),
        "parts": {name: rounded_importance(weight) for name, weight in weights.items()},
    }


def holds_withdrawn_too_long(released: ModelSnapshot) -> bool:
    """Whether what was released long ago was measured with ratings that were withdrawn, erased or changed.

    Of releases that do not say how many rows they rest on, nobody can tell.
    """
    if released.created_at > timezone.now() - WITHDRAWN_KEPT:
        return False
    measured = released.part_importance
    kept = TrainingRow.objects.in_clinic(released.clinic).filter(pk__lte=measured.get("last_row", 0)).count()
    return "rows" not in measured or kept < measured["rows"]


def part_groups(features: FeatureSet) -> dict[str, PartSelection]:
    """The parts that the page distinguishes, and what of a forecast each gathers.

    A client's trait has a part by its name; a therapist's is in the level and in the responses.
    """
    singles = [name for name in features.match if name not in features.pooled]
    traits = [name for name in features.client if name.startswith(TRAIT)]
    return {
        "agreement": PartSelection(agreement=True),
        **{name: PartSelection(match=(name,)) for name in singles},
        "therapist": PartSelection(therapist=True),
        RESPONSES: PartSelection(response=STYLE),
        **{name: PartSelection(response=(name,)) for name in traits},
    }


def rounded_importance(weight: PartImportance) -> dict[str, Any]:
    """A weight in half points; below 0 there is nothing to say."""
    ends = {name: max(round(2 * getattr(weight, name)) / 2, 0.0) for name in ("points", "low", "high")}
    return {**ends, "tells": weight.detected and ends["low"] > 0}
