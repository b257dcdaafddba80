"""What keeps two workers from one clinic."""

from django.db import models

from alliance_match.accounts.models import Clinic


class RescoreLock(models.Model):
    """The row a worker locks while it works for a clinic."""

    clinic = models.OneToOneField(Clinic, models.CASCADE, related_name="rescore_lock")

    objects = models.Manager()

    def __str__(self) -> str:
        return f"lock of {self.clinic_id}"
