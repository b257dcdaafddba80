"""The list of what the estimator may see. Identity is not on it, and a test holds it to that."""

from alliance_match.accounts.models import Clinic
from alliance_match.matching.models import AllowedTrait
from alliance_match.prediction import FeatureSet
from alliance_match.vocabulary import StyleDimension

STYLE = tuple(f"style_{dimension}" for dimension in StyleDimension.values)
AGREEMENT = tuple(f"agreement_{dimension}" for dimension in StyleDimension.values)
POOLED = "agreement"
CONCERNS = "concerns"
TRAIT = "trait_"
MAX_SLOPES = 8


def feature_set(clinic: Clinic) -> FeatureSet:
    """Style on both sides, their agreement, shared concerns, and the traits an admin allowed."""
    allowed = AllowedTrait.objects.in_clinic(clinic).values_list("side", "name")
    client = (*STYLE, *(TRAIT + name for side, name in allowed if side == AllowedTrait.Side.CLIENT))
    therapist = (*STYLE, *(TRAIT + name for side, name in allowed if side == AllowedTrait.Side.THERAPIST))
    return FeatureSet(
        client=client,
        therapist=therapist,
        match=(*AGREEMENT, POOLED, CONCERNS),
        pooled=(POOLED,),
        slopes=client[:MAX_SLOPES],
    )
