"""A large made-up clinic in the database, for measuring pages."""

from datetime import date, timedelta
from datetime import time as clock

import numpy as np
from django.core.management import call_command
from django.test import Client as Browser

from alliance_match.accounts.models import Clinic, Role, User
from alliance_match.accounts.services import member_add
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.services import clinic_fit
from alliance_match.vocabulary import Concern, Format, StyleDimension
from clients.models import Client, Consent, Episode, Intake, Mark, Purpose, Session, StylePreference
from surveys.models import AllianceRating
from surveys.models.instrument import DEFAULT
from surveys.services import instruments_install
from therapists.models import PractisedStyle, Slot, Therapist

THERAPISTS, CLIENTS, SEARCHING, VISITORS = 500, 5000, 400, 20
BATCH = 5_000
# One client in so many rated with two therapists.
TWICE = 20
DRAW = np.random.default_rng(0)


def clinic() -> tuple[Clinic, int]:
    """The clinic, with a rated third session of each client who is not searching; and one therapist's key."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    made = Clinic.objects.create(name="Large", slug="large", time_zone="Europe/Berlin")
    therapists = _therapists(made)
    clients = _clients(made)
    _ratings(made, clients[SEARCHING:], therapists)
    for k, client in enumerate(clients[:VISITORS]):
        email, by = f"v{k}@large.invalid", SystemActor.COMMAND
        client.user = member_add(clinic=made, email=email, name=f"V{k}", role=Role.CLIENT, by=by)
        client.save()
        Mark.objects.bulk_create(
            Mark(client=client, therapist=one, kind="favourite") for one in therapists[k : k + 8]
        )
    clinic_fit(clinic=made, by=SystemActor.WORKER)
    return made, therapists[50].pk


def rated_clinic(therapists: int, ratings: int, *, searching: int = 0) -> Clinic:
    """A clinic with so many rated third sessions, not fitted yet; one client in twenty rated two.

    So many more clients are searching, and have rated nobody.
    """
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    slug = f"rated-{ratings}"
    made = Clinic.objects.create(name=slug, slug=slug, time_zone="Europe/Berlin")
    listed = _therapists(made, therapists)
    _clients(made, searching, searching=searching)
    for start in range(0, ratings, BATCH):
        count = min(BATCH, ratings - start)
        twice = count // TWICE
        clients = _clients(made, count - twice, searching=0, first=searching + start)
        _ratings(made, clients[twice:], listed)
        _ratings(made, clients[:twice], listed[::2])
        _ratings(made, clients[:twice], listed[1::2])
    return made


def _therapists(made: Clinic, count: int = THERAPISTS) -> list[Therapist]:
    concerns = list(Concern.values)
    therapists = Therapist.objects.bulk_create(
        Therapist(
            clinic=made,
            code=f"t{k}",
            name=f"Therapist {k}",
            concerns=[str(one) for one in DRAW.choice(concerns, 5, replace=False)],
            languages=["en", *(["de"] if k % 3 else [])],
            formats=list(Format.values)[: 1 + k % 2],
            fee=60 + 5 * (k % 12),
            caseload_cap=40,
        )
        for k in range(count)
    )
    PractisedStyle.objects.bulk_create(
        PractisedStyle(therapist=one, dimension=dimension, position=int(DRAW.integers(-3, 4)), reach=1)
        for one in therapists
        for dimension in StyleDimension.values
    )
    Slot.objects.bulk_create(
        Slot(
            therapist=one,
            weekday=day,
            starts=clock(9 + one.pk % 9),
            ends=clock(9 + one.pk % 9, 50),
            format=one.formats[0],
        )
        for one in therapists
        for day in range(4)
    )
    return therapists


def _clients(
    made: Clinic, count: int = CLIENTS, *, searching: int = SEARCHING, first: int = 0
) -> list[Client]:
    concerns = list(Concern.values)
    clients = Client.objects.bulk_create(
        Client(
            clinic=made, code=f"c{k}", name=f"Client {k}", status="searching" if k < searching else "ended"
        )
        for k in range(first, first + count)
    )
    Consent.objects.bulk_create(
        Consent(client=one, purpose=purpose) for one in clients for purpose in Purpose.values
    )
    Intake.objects.bulk_create(
        Intake(client=one, step=4, concerns=[str(x) for x in DRAW.choice(concerns, 2, replace=False)])
        for one in clients
    )
    StylePreference.objects.bulk_create(
        StylePreference(client=one, dimension=dimension, position=int(DRAW.integers(-3, 4)), importance=2)
        for one in clients
        for dimension in StyleDimension.values
    )
    return clients


def _ratings(made: Clinic, clients: list[Client], therapists: list[Therapist]) -> None:
    instrument = next(one for one in instruments_install(by=SystemActor.COMMAND) if one.code == DEFAULT)
    first = date(2026, 1, 5)
    episodes = Episode.objects.bulk_create(
        Episode(
            clinic=made,
            client=one,
            therapist=therapists[int(DRAW.integers(len(therapists)))],
            started_on=first,
            ended_on=None if k % 3 else first + timedelta(60),
        )
        for k, one in enumerate(clients)
    )
    sessions = Session.objects.bulk_create(
        Session(clinic=made, episode=one, code=f"s{one.pk}", number=3, held_on=first + timedelta(14))
        for one in episodes
    )
    totals = np.clip(DRAW.normal(75, 15, len(sessions)), 0, 100)
    AllianceRating.objects.bulk_create(
        AllianceRating(clinic=made, session=one, instrument=instrument, total=float(total))
        for one, total in zip(sessions, totals, strict=True)
    )


def cookies(made: Clinic) -> list[str]:
    """A session's cookie for each client who can log in."""
    found = []
    for user in User.objects.filter(clients__clinic=made):
        browser = Browser()
        browser.force_login(user)
        found.append(f"sessionid={browser.cookies['sessionid'].value}")
    return found
