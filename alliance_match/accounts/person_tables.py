"""Whose row is it: the tables of this app, and of those it stands on, that lead to a person, or to none."""

from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session

from alliance_match.accounts.models import Clinic, Membership, User
from alliance_match.person_tables import PersonTable

PERSON_TABLES = (
    PersonTable(User, ("pk",)),
    PersonTable(Membership, ("user",)),
    PersonTable(EmailAddress, ("user",)),
    PersonTable(EmailConfirmation, ("email_address__user",)),
)
IMPERSONAL_TABLES = {
    Clinic: "a clinic is nobody",
    Session: "whose it is stands in its signed data alone, and it ends after half an hour",
    **dict.fromkeys(
        [Group, Permission, Group.permissions.through, ContentType], "Django's own; nothing here uses it"
    ),
}
