"""The list of what the estimator may see. Identity is not on it, and a test holds it to that."""

from collections.abc import Iterable

from alliance_match.accounts.models import Clinic
from alliance_match.matching.models import AllowedTrait
from alliance_match.prediction import FeatureSet
from alliance_match.vocabulary import StyleDimension, is_never_used

STYLE = tuple(f"style_{dimension}" for dimension in StyleDimension.values)
AGREEMENT = tuple(f"agreement_{dimension}" for dimension in StyleDimension.values)
POOLED = "agreement"
CONCERNS = "concerns"
TRAIT = "trait_"
MAX_SLOPES = 8


def feature_set(clinic: Clinic) -> FeatureSet:
    """Style on both sides, their agreement, shared concerns, and the traits an admin allowed.

    A trait whose name says that it is somebody's identity stays out even so.
    """
    allowed = [
        (side, TRAIT + name)
        for side, name in AllowedTrait.objects.in_clinic(clinic).values_list("side", "name")
        if not is_never_used(name)
    ]
    return features_with(
        client=[name for side, name in allowed if side == AllowedTrait.Side.CLIENT],
        therapist=[name for side, name in allowed if side == AllowedTrait.Side.THERAPIST],
    )


def features_with(*, client: Iterable[str] = (), therapist: Iterable[str] = ()) -> FeatureSet:
    """What every clinic uses, with these traits of either side."""
    of_client = (*STYLE, *client)
    return FeatureSet(
        client=of_client,
        therapist=(*STYLE, *therapist),
        match=(*AGREEMENT, POOLED, CONCERNS),
        pooled=(POOLED,),
        slopes=of_client[:MAX_SLOPES],
    )
