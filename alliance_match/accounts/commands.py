"""What the commands about one clinic share."""

from argparse import ArgumentParser

from django.core.management.base import CommandError

from alliance_match.accounts.models import Clinic


def add_clinic_argument(parser: ArgumentParser) -> None:
    """`--clinic SLUG`, needed only where an installation has several."""
    parser.add_argument("--clinic", metavar="SLUG", help="which clinic, where there are several")


def clinic_named(slug: str | None) -> Clinic:
    """The clinic named, or the only one. Raises CommandError that lists them."""
    clinics = Clinic.objects.filter(slug=slug) if slug else Clinic.objects.all()
    found = list(clinics.order_by("slug")[:2])
    if len(found) == 1:
        return found[0]
    known = ", ".join(Clinic.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
    raise CommandError(f"{'no such clinic' if slug else 'say --clinic SLUG'}; there are: {known}")
