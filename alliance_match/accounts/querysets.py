"""The one phrase with which every read of clinic data begins."""

from typing import Self, TypeVar

from django.db import models

from alliance_match.accounts.models import Clinic

Row = TypeVar("Row", bound=models.Model, covariant=True)  # noqa: PLC0105  # as in Django's QuerySet


class ClinicQuerySet(models.QuerySet[Row]):
    """Rows that belong to a clinic; a model that reaches it through another names the path."""

    clinic_path = "clinic"

    def in_clinic(self, clinic: Clinic | models.Value) -> Self:
        """Only this clinic's rows."""
        return self.filter(**{self.clinic_path: clinic})
