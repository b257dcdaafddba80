"""Somebody asked for an account, and has not opened the link in their mail yet."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet

LINK_VALID_FOR = timedelta(days=3)


class SignUpQuerySet(ClinicQuerySet["SignUp"]):
    """Phrases about sign-ups."""

    def valid(self) -> Self:
        """Those whose link still works."""
        return self.filter(requested_at__gt=Now() - LINK_VALID_FOR, clinic__open_to_all=True)

    def expired(self) -> Self:
        """Those whose link works no more."""
        return self.filter(requested_at__lte=Now() - LINK_VALID_FOR)


class SignUp(models.Model):
    """A name and an address that nobody has proved to be theirs; gone once that is done, or time is over."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="sign_ups")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    requested_at = models.DateTimeField(db_default=Now())

    objects = SignUpQuerySet.as_manager()

    def __str__(self) -> str:
        return f"sign-up {self.pk}"
