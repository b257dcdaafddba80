"""What keeps two workers from one clinic."""

from django.db import models

from alliance_match.accounts.models import Clinic


class RescoreLock(models.Model):
    """The row a worker locks while it works for a clinic.

    `state_damaged`: the stored state of the estimator could not be read, so that it must be fitted anew.
    """

    clinic = models.OneToOneField(Clinic, models.CASCADE, related_name="rescore_lock")
    state_damaged = models.BooleanField(default=False)

    objects = models.Manager()

    def __str__(self) -> str:
        return f"lock of {self.clinic_id}"
