import pytest

from alliance_match.matching.features import feature_set
from alliance_match.matching.models import AllowedTrait
from alliance_match.matching.services import trait_allow
from alliance_match.vocabulary import is_never_used

# Whoever adds a name here gives the estimator something more to see: never a person's identity.
ALLOWED = {
    "client": {"style_structure", "style_feelings", "style_time", "style_warmth"},
    "therapist": {"style_structure", "style_feelings", "style_time", "style_warmth"},
    "match": {
        "agreement_structure",
        "agreement_feelings",
        "agreement_time",
        "agreement_warmth",
        "agreement",
        "concerns",
    },
}


@pytest.mark.parametrize("side", ["client", "therapist", "match"])
def test_the_estimator_sees_only_what_is_on_the_list(linden, side):
    assert set(getattr(feature_set(linden), side)) == ALLOWED[side]


def test_a_trait_is_a_feature_only_after_an_admin_allowed_it(linden, asha):
    assert "trait_openness" not in feature_set(linden).client
    trait_allow(clinic=linden, side="client", name="openness", by=asha)
    assert "trait_openness" in feature_set(linden).client
    assert "trait_openness" not in feature_set(linden).therapist


def test_another_clinics_permission_does_not_count(linden, birch, bruno):
    trait_allow(clinic=birch, side="client", name="openness", by=bruno)
    assert "trait_openness" not in feature_set(linden).client


@pytest.mark.parametrize("side", ["client", "therapist", "match"])
def test_no_feature_bears_the_name_of_what_is_never_used(linden, asha, side):
    trait_allow(clinic=linden, side="client", name="openness", by=asha)
    assert [name for name in getattr(feature_set(linden), side) if is_never_used(name)] == []


@pytest.mark.parametrize("name", ["gender", "Age", "age_group", "years"])
def test_nobody_can_allow_an_identity(linden, asha, name):
    with pytest.raises(ValueError, match="never enters"):
        trait_allow(clinic=linden, side="client", name=name, by=asha)


def test_an_identity_allowed_in_the_database_stays_out(linden):
    AllowedTrait.objects.create(clinic=linden, side="client", name="gender")
    assert "trait_gender" not in feature_set(linden).client
