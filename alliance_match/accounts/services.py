"""Writes that touch accounts and clinics."""

from typing import Protocol

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from alliance_match.accounts.models import STAFF, Clinic, Membership, Role, User


@transaction.atomic
def clinic_create(*, name: str, slug: str, admin_email: str, time_zone: str, crisis_line: str) -> Clinic:
    """Create a clinic with its first admin. Raises ValidationError that names the field at fault."""
    clinic = Clinic(name=name, slug=slug, time_zone=time_zone, crisis_line=crisis_line)
    clinic.full_clean()
    try:
        User._meta.get_field("email").clean(admin_email, None)
    except ValidationError as error:
        raise ValidationError({"admin": error.messages}) from None
    clinic.save()
    member_add(clinic=clinic, email=admin_email, name="", role=Role.ADMIN)
    return clinic


@transaction.atomic
def member_add(*, clinic: Clinic, email: str, name: str, role: Role) -> User:
    """Give a person a role in a clinic; the person is created, without a password, where unknown."""
    user = User.objects.filter(email__iexact=email).first()
    user = user or User.objects.create_user(email, name=name, language=clinic.language)
    Membership.objects.get_or_create(user=user, clinic=clinic, role=role)
    return user


def account_open(*, email: str, name: str, password: str, language: str) -> User:
    """An account for somebody who has shown that the address is theirs."""
    user = User.objects.create_user(email, password, name=name, language=language)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


class AlreadyHereError(Exception):
    """The account is somebody else's in this clinic: of the same kind, or a client's beside staff's."""


class Person(Protocol):
    """Somebody the clinic knows, who may have an account: a client or a therapist."""

    clinic: Clinic
    user: User | None
    name: str

    def save(self, *, update_fields: list[str]) -> None:
        """Store the columns named."""


@transaction.atomic
def person_invite(*, person: Person, email: str, role: Role) -> User:
    """Give a person an account with a role. Raises AlreadyHereError where another one has it."""
    apart = STAFF if role == Role.CLIENT else (Role.CLIENT,)
    if Membership.objects.filter(clinic=person.clinic, user__email__iexact=email, role__in=apart).exists():
        raise AlreadyHereError
    user = member_add(clinic=person.clinic, email=email, name=person.name, role=role)
    person.user = user
    try:
        with transaction.atomic():
            person.save(update_fields=["user"])
    except IntegrityError:
        person.user = None
        raise AlreadyHereError from None
    return user
