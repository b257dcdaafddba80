"""What an admin lets the estimator see of people beside their answers."""

from django.db import transaction

from alliance_match.accounts.models import Clinic, User
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from alliance_match.matching.models import AllowedTrait
from alliance_match.vocabulary import is_never_used


@transaction.atomic
def trait_allow(*, clinic: Clinic, side: str, name: str, by: User) -> None:
    """Let the estimator see a trait. Raises ValueError for a side that does not exist, or an identity."""
    if side not in AllowedTrait.Side.values:
        raise ValueError(f"{side}: traits belong to clients or therapists")
    if is_never_used(name):
        raise ValueError(f"{name}: never enters a prediction")
    key = {"clinic": clinic, "side": side, "name": name}
    trait, new = AllowedTrait.objects.get_or_create(**key, defaults={"allowed_by": by})
    if new:
        event_record(by=by, verb="trait_allow", of=trait, clinic_id=clinic.pk)


@transaction.atomic
def trait_forbid(*, clinic: Clinic, side: str, name: str, by: Actor) -> None:
    """Take a trait away from the estimator; the next re-score is without it."""
    for trait in AllowedTrait.objects.in_clinic(clinic).filter(side=side, name=name):
        event_record(by=by, verb="trait_forbid", of=trait, clinic_id=clinic.pk)
        trait.delete()
