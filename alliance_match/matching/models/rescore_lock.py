"""What keeps two workers from one clinic."""

import secrets

from django.db import models

from alliance_match.accounts.models import Clinic


def new_secret() -> bytes:
    """One that cannot be tried out."""
    return secrets.token_bytes(32)


class RescoreLock(models.Model):
    """The row a worker locks while it works for a clinic.

    `blur_secret`: what the blur of what is published is drawn from; whoever knows it can take the blur away.
    `state_damaged`: the stored state of the estimator could not be read, so that it must be fitted anew.
    """

    clinic = models.OneToOneField(Clinic, models.CASCADE, related_name="rescore_lock")
    blur_secret = models.BinaryField(default=new_secret)
    state_damaged = models.BooleanField(default=False)

    objects = models.Manager()

    def __str__(self) -> str:
        return f"lock of {self.clinic_id}"
