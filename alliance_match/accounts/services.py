"""Writes that touch accounts and clinics."""

from collections.abc import Mapping
from typing import Any, Protocol, cast

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model

from alliance_match.accounts.models import Clinic, Membership, Role, User
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record


@transaction.atomic
def clinic_create(
    *, name: str, slug: str, admin_email: str, time_zone: str, crisis_line: str, by: Actor
) -> Clinic:
    """Create a clinic with its first admin. Raises ValidationError that names the field at fault."""
    clinic = Clinic(name=name, slug=slug, time_zone=time_zone, crisis_line=crisis_line)
    clinic.full_clean()
    try:
        User._meta.get_field("email").clean(admin_email, None)
    except ValidationError as error:
        raise ValidationError({"admin": error.messages}) from None
    clinic.save()
    event_record(by=by, verb="clinic_create", of=clinic, clinic_id=clinic.pk)
    member_add(clinic=clinic, email=admin_email, name="", role=Role.ADMIN, by=by)
    return clinic


@transaction.atomic
def clinic_update(*, clinic: Clinic, settings: Mapping[str, Any], by: Actor) -> None:
    """Let these be the clinic's settings, by the names of its columns."""
    for name, value in settings.items():
        setattr(clinic, name, value)
    clinic.save(update_fields=settings.keys())
    event_record(by=by, verb="clinic_update", of=clinic, clinic_id=clinic.pk)


@transaction.atomic
def language_set(*, user: User, language: str, by: Actor) -> None:
    """Let this be the language in which a person is written to."""
    User.objects.filter(pk=user.pk).update(language=language)
    event_record(by=by, verb="language_set", of=user, clinic_id=None)


@transaction.atomic
def time_zone_set(*, user: User, time_zone: str, by: Actor) -> None:
    """Let this be the time zone in which a client reads times."""
    User.objects.filter(pk=user.pk).update(time_zone=time_zone)
    event_record(by=by, verb="time_zone_set", of=user, clinic_id=None)


@transaction.atomic
def member_add(*, clinic: Clinic, email: str, name: str, role: Role, by: Actor) -> User:
    """Give a person a role in a clinic; the person is created, without a password, where unknown."""
    user = User.objects.with_address(email).select_for_update(no_key=True).first()
    user = user or User.objects.create_user(email, name=name, language=clinic.language)
    membership, new = Membership.objects.get_or_create(user=user, clinic=clinic, role=role)
    if new:
        event_record(by=by, verb="member_add", of=membership, clinic_id=clinic.pk)
    return user


@transaction.atomic
def member_remove(*, clinic: Clinic, user: User, role: Role, by: Actor) -> None:
    """Take a role from a person: with the next request no page of it is theirs, log-in or not."""
    for membership in Membership.objects.filter(clinic=clinic, user=user, role=role):
        event_record(by=by, verb="member_remove", of=membership, clinic_id=clinic.pk)
        membership.delete()


@transaction.atomic
def account_open(*, email: str, name: str, password: str, language: str, by: Actor) -> User:
    """An account for somebody who has shown that the address is theirs."""
    user = User.objects.create_user(email, password, name=name, language=language)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    event_record(by=by, verb="account_open", of=user, clinic_id=None)
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
def person_invite(*, person: Person, email: str, role: Role, by: Actor) -> User:
    """Give a person an account with a role. Raises AlreadyHereError where another one has it."""
    if role == Role.CLIENT and Membership.objects.of_staff(email, person.clinic).exists():
        raise AlreadyHereError
    user = _member_apart(clinic=person.clinic, email=email, name=person.name, role=role, by=by)
    person.user = user
    try:
        with transaction.atomic():
            person.save(update_fields=["user"])
    except IntegrityError:
        person.user = None
        raise AlreadyHereError from None
    event_record(by=by, verb="person_invite", of=cast(Model, person), clinic_id=person.clinic.pk)
    return user


def _member_apart(*, clinic: Clinic, email: str, name: str, role: Role, by: Actor) -> User:
    """As `member_add`. Raises AlreadyHereError where staff is a client here, too."""
    known = User.objects.with_address(email)
    clients = Membership.objects.filter(clinic=clinic, user__in=known, role=Role.CLIENT)
    if role != Role.CLIENT and clients.exists():
        raise AlreadyHereError
    return member_add(clinic=clinic, email=email, name=name, role=role, by=by)


@transaction.atomic
def person_uninvite(*, person: Person, role: Role, by: Actor) -> None:
    """Take a person's log-in: link and password open nothing of theirs from the next request on.

    An account that nobody ever logged in with, and that has no other role, goes: it may be of a stranger
    whose address was mistyped.
    """
    rows = type(cast(Model, person))._default_manager.select_for_update(of=("self",), no_key=True)
    if person.user is None or cast(Any, rows.get(pk=cast(Model, person).pk)).user_id != person.user.pk:
        return  # another tab was first, and may have invited them anew
    user, person.user = person.user, None
    person.save(update_fields=["user"])
    member_remove(clinic=person.clinic, user=user, role=role, by=by)
    event_record(by=by, verb="person_uninvite", of=cast(Model, person), clinic_id=person.clinic.pk)
    _forget_unused(user)


def _forget_unused(user: User) -> None:
    """Locked: whoever logs in, or gives them a role, at this moment either has done so or finds nobody."""
    unused = User.objects.select_for_update().filter(pk=user.pk, last_login__isnull=True).first()
    if unused is not None and not Membership.objects.filter(user=unused).exists():
        unused.delete()


@transaction.atomic
def admin_add(*, clinic: Clinic, email: str, name: str, by: Actor) -> User:
    """Give somebody the role of an admin. Raises AlreadyHereError where they are a client here."""
    return _member_apart(clinic=clinic, email=email, name=name, role=Role.ADMIN, by=by)


class LastAdminError(Exception):
    """Nobody would be left to run the clinic."""


@transaction.atomic
def admin_remove(*, membership: Membership, by: Actor) -> None:
    """Take the role of an admin. Raises LastAdminError where no other has ever logged in."""
    clinic = Clinic.objects.select_for_update(no_key=True).get(pk=membership.clinic_id)
    others = Membership.objects.filter(clinic=clinic, role=Role.ADMIN).exclude(pk=membership.pk)
    if not others.filter(user__is_active=True, user__last_login__isnull=False).exists():
        raise LastAdminError
    member_remove(clinic=clinic, user=membership.user, role=Role.ADMIN, by=by)
    _forget_unused(membership.user)
