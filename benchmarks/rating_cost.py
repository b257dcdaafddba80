"""What it costs to take in one rating and renew its client's list, at clinics with ever longer histories.

    python -m alliance_match.embedded run --scratch -- python -m benchmarks.rating_cost [TRAINING_ROWS ...]

The least CPU time of many ratings, of this process and of the database's that works for it. Ends with 1 where
it grows with the training rows by more than the limit.
"""

import os
import sys
import time
from datetime import date
from pathlib import Path

import django
from django.db import connection

ROWS, THERAPISTS, ROUNDS, LIMIT = (1_000, 10_000, 100_000), 200, 20, 1.3


def cpu_seconds() -> float:
    """CPU time so far of this process and of its server process, s."""
    with connection.cursor() as cursor:
        server = cursor.connection.info.backend_pid
    on_cpu = Path(f"/proc/{server}/schedstat").read_text(encoding="ascii").split()[0]
    return time.process_time() + int(on_cpu) / 1e9


def main(sizes: list[int]) -> int:
    """Make and fit a clinic of each size, let their clients rate in turn; 1 where the limit is exceeded."""
    from alliance_match.audit.actors import SystemActor  # noqa: PLC0415  # models need Django
    from alliance_match.matching.models import PendingRescore  # noqa: PLC0415
    from alliance_match.matching.services import clinic_fit, pending_rescores_process  # noqa: PLC0415
    from benchmarks.large_clinic import rated_clinic  # noqa: PLC0415

    by, clinics = SystemActor.WORKER, []
    for size in sizes:
        clinics.append(rated_clinic(THERAPISTS, size, searching=ROUNDS + 1))
        PendingRescore.objects.all().delete()  # the fit reads all of it
        clinic_fit(clinic=clinics[-1], by=by)
    costs: list[list[float]] = [[] for _ in clinics]
    for k in range(ROUNDS + 1):
        for clinic, taken in zip(clinics, costs, strict=True):
            rate(clinic.pk, k)
            began = cpu_seconds()
            pending_rescores_process(clinic=clinic, by=by)
            taken.append(cpu_seconds() - began)
    least = [min(taken[1:]) for taken in costs]
    for size, cost in zip(sizes, least, strict=True):
        print(f"{size:,} training rows: a rating costs {1000 * cost:.0f} ms of CPU")
    ratio = max(least) / min(least)
    print(f"the dearest is {ratio:.2f} times the cheapest (≤ {LIMIT:g})")
    return int(ratio > LIMIT)


def rate(clinic_id: int, k: int) -> None:
    """Let one of the searching clients rate a third session."""
    from clients.models import Client, Episode, Session  # noqa: PLC0415  # models need Django
    from surveys.models import AllianceRating, Instrument  # noqa: PLC0415
    from surveys.models.instrument import DEFAULT  # noqa: PLC0415
    from therapists.models import Therapist  # noqa: PLC0415

    client = Client.objects.filter(clinic=clinic_id, status="searching").order_by("pk")[k]
    therapist = Therapist.objects.filter(clinic=clinic_id).order_by("pk")[k]
    about = {"clinic_id": clinic_id}
    episode = Episode.objects.create(**about, client=client, therapist=therapist, started_on=date(2026, 1, 5))
    session = Session.objects.create(
        **about, episode=episode, code=f"s{episode.pk}", number=3, held_on=date(2026, 1, 19)
    )
    instrument = Instrument.objects.newest(DEFAULT)
    AllianceRating.objects.create(**about, session=session, instrument=instrument, total=60.0 + k)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_match.settings")
    django.setup()
    sys.exit(main([int(rows) for rows in sys.argv[1:]] or list(ROWS)))
