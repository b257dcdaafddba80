"""From a form that anybody can fill in to a client with an account: only by a link in their own mail."""

import secrets

from django.db import transaction

from alliance_match.accounts.models import Clinic, Membership, Role, User
from alliance_match.accounts.services import account_open
from alliance_match.audit.actors import SystemActor
from clients.models import Client, SignUp


def sign_up_begin(*, clinic: Clinic, name: str, email: str) -> SignUp:
    """Note that somebody asks; nothing of the clinic is theirs yet."""
    return SignUp.objects.create(clinic=clinic, name=name, email=email.lower())


@transaction.atomic
def sign_up_finish(*, sign_up: SignUp, user: User | None, password: str, language: str) -> Membership:
    """Make whoever opened the link a client; without an account yet (`user` None) they get one.

    A second post of the same link finds nothing to do. Raises SignUp.DoesNotExist.
    """
    clinic = sign_up.clinic
    # All that asked with this address, in one order: two links opened at once must not wait for each other.
    asked = SignUp.objects.filter(clinic=clinic, email=sign_up.email).order_by("pk").select_for_update()
    if sign_up not in list(asked):
        raise SignUp.DoesNotExist
    user = user or account_open(
        email=sign_up.email,
        name=sign_up.name,
        password=password,
        language=language,
        by=SystemActor.SIGN_UP,
    )
    membership, _ = Membership.objects.get_or_create(user=user, clinic=clinic, role=Role.CLIENT)
    Client.objects.get_or_create(
        clinic=clinic, user=user, defaults={"name": sign_up.name, "code": f"web-{secrets.token_hex(5)}"}
    )
    asked.delete()
    return membership


def sign_ups_forget() -> int:
    """Forget those who never opened their link; returns how many."""
    return SignUp.objects.expired().delete()[0]
