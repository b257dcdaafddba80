"""What an admin lets the estimator see of people beside their answers."""

from django.db import transaction

from alliance_match.accounts.models import Clinic, User
from alliance_match.matching.models import AllowedTrait
from alliance_match.vocabulary import is_never_used


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
