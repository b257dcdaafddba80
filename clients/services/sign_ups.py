"""From a form that anybody can fill in to a client with an account: only by a link in their own mail."""

import secrets

from django.db import transaction

from alliance_match.accounts.models import Clinic, Membership, Role, User
from alliance_match.accounts.services import AlreadyHereError, account_open
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record, events_record
from clients.models import Client, SignUp


@transaction.atomic
def sign_up_begin(*, clinic: Clinic, name: str, email: str, by: Actor) -> SignUp:
    """Note that somebody asks; nothing of the clinic is theirs yet."""
    sign_up = SignUp.objects.create(clinic=clinic, name=name, email=email.lower())
    event_record(by=by, verb="sign_up_begin", of=sign_up, clinic_id=clinic.pk)
    return sign_up


@transaction.atomic
def sign_up_finish(
    *, sign_up: SignUp, user: User | None, password: str, language: str, by: Actor
) -> Membership:
    """Make whoever opened the link a client; without an account yet (`user` None) they get one.

    A second post of the same link finds nothing to do. Raises SignUp.DoesNotExist; and AlreadyHereError where
    they work at the clinic, whose people would read their answers.
    """
    clinic = sign_up.clinic
    if Membership.objects.of_staff(sign_up.email, clinic).exists():
        raise AlreadyHereError
    # All that asked with this address, in one order: two links opened at once must not wait for each other.
    asked = SignUp.objects.filter(clinic=clinic, email=sign_up.email).order_by("pk").select_for_update()
    if sign_up not in list(asked):
        raise SignUp.DoesNotExist
    email, name = sign_up.email, sign_up.name
    user = user or account_open(email=email, name=name, password=password, language=language, by=by)
    membership, _ = Membership.objects.get_or_create(user=user, clinic=clinic, role=Role.CLIENT)
    code = f"web-{secrets.token_hex(5)}"
    client, _ = Client.objects.get_or_create(clinic=clinic, user=user, defaults={"name": name, "code": code})
    event_record(by=by, verb="sign_up_finish", of=client, clinic_id=clinic.pk)
    asked.delete()
    return membership


@transaction.atomic
def sign_ups_forget(*, by: Actor) -> int:
    """Forget those who never opened their link; returns how many."""
    rows = list(SignUp.objects.expired().select_for_update(of=("self",)).values_list("pk", "clinic_id"))
    events_record(by=by, verb="sign_ups_forget", of=SignUp, rows=rows)
    return SignUp.objects.filter(pk__in=[pk for pk, _ in rows]).delete()[0]
