"""A made-up clinic for load: therapists, a past that can be fitted to, and clients who will check in."""

import itertools
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from alliance_match.accounts.models import Clinic, Membership, Role, User
from alliance_match.accounts.sessions import SessionStore
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.services import clinic_fit
from alliance_match.vocabulary import StyleDimension
from clients.models import Client, Consent, Episode, Purpose, Session, StylePreference
from surveys.models import AllianceRating, Instrument
from surveys.models.instrument import DEFAULT
from surveys.services import instruments_install
from therapists.models import PractisedStyle, Therapist

FIRST = date(2026, 1, 5)
WEEK = timedelta(days=7)
AT_ONCE = 5000
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Rater:
    """A client with a log-in, and the third sessions that they have not rated yet."""

    client: int
    cookie: str
    sessions: tuple[int, ...]


@dataclass(frozen=True)
class LoadClinic:
    """A clinic and whoever can check in; those who search come first."""

    clinic: Clinic
    raters: list[Rater]
    admin: str


@dataclass(frozen=True)
class Size:
    """How large a clinic to make. `sessions`: how many third sessions each rater will rate.

    `past_ratings`: how many therapists each client of the past has rated. `fitted`: else it is as after an
    import, with everything left to do.
    """

    therapists: int = 12
    searching: int = 20
    raters: int = 100
    past: int = 80
    sessions: int = 1
    one_therapist: bool = False
    past_ratings: int = 1
    fitted: bool = True


def clinic_make(size: Size, draw: np.random.Generator) -> LoadClinic:
    """Make the clinic, and fit it to its past."""
    number = next(_numbers)
    made = Clinic.objects.create(name=f"Load {number}", slug=f"load{number}")
    instrument = next(one for one in instruments_install(by=SystemActor.COMMAND) if one.code == DEFAULT)
    therapists = _therapists(made, size.therapists, draw)
    past = _clients(made, [("past", "ended")] * size.past, draw)
    chosen = [draw.choice(size.therapists, size.past_ratings, replace=False) for _ in past]
    seen_before = [[therapists[int(t)] for t in theirs] for theirs in chosen]
    _rate(_sessions(made, past, seen_before, ended=True), made, instrument, draw)
    who = [("rater", "searching" if k < size.searching else "in_care") for k in range(size.raters)]
    clients = _clients(made, who, draw)
    cookies = _log_ins(made, clients, Role.CLIENT)
    # Who may be asked for by one therapist alone sees that one; the others see several, one after the other.
    seen = [[0] if size.one_therapist else _choice(draw, size) for _ in clients]
    sessions = _sessions(made, clients, [[therapists[t] for t in theirs] for theirs in seen])
    if size.fitted:
        clinic_fit(clinic=made, by=SystemActor.WORKER)
    raters = [
        Rater(client.pk, cookie, tuple(theirs))
        for client, cookie, theirs in zip(clients, cookies, sessions, strict=True)
    ]
    (admin,) = _log_ins(made, [None], Role.ADMIN)
    return LoadClinic(made, raters, admin)


def _choice(draw: np.random.Generator, size: Size) -> list[int]:
    return [int(t) for t in draw.choice(size.therapists, size.sessions, replace=False)]


def _therapists(made: Clinic, count: int, draw: np.random.Generator) -> list[Therapist]:
    therapists = Therapist.objects.bulk_create(
        Therapist(clinic=made, code=f"t{k}", name=f"Therapist {k}", languages=["en"], formats=["in_person"])
        for k in range(count)
    )
    PractisedStyle.objects.bulk_create(
        PractisedStyle(therapist=one, dimension=dimension, position=int(draw.integers(-3, 4)), reach=1)
        for one in therapists
        for dimension in StyleDimension.values
    )
    return therapists


def _clients(made: Clinic, who: list[tuple[str, str]], draw: np.random.Generator) -> list[Client]:
    clients = Client.objects.bulk_create(
        Client(clinic=made, code=f"{kind}{k}", name=f"Client {k}", status=status)
        for k, (kind, status) in enumerate(who)
    )
    Consent.objects.bulk_create(
        Consent(client=one, purpose=purpose) for one in clients for purpose in Purpose.values
    )
    StylePreference.objects.bulk_create(
        StylePreference(client=one, dimension=dimension, position=int(draw.integers(-3, 4)), importance=2)
        for one in clients
        for dimension in StyleDimension.values
    )
    return clients


def _sessions(
    made: Clinic, clients: list[Client], seen: list[list[Therapist]], ended: bool = False
) -> list[list[int]]:
    """The keys of a third session of each client with each therapist they have seen."""
    last = FIRST + 5 * WEEK if ended else None
    pairs = [(client, one) for client, theirs in zip(clients, seen, strict=True) for one in theirs]
    episodes = Episode.objects.bulk_create(
        (
            Episode(clinic=made, client=client, therapist=one, started_on=FIRST, ended_on=last)
            for client, one in pairs
        ),
        batch_size=AT_ONCE,
    )
    sessions = Session.objects.bulk_create(
        (
            Session(clinic=made, episode=one, code=f"s{one.pk}", number=3, held_on=FIRST + 2 * WEEK)
            for one in episodes
        ),
        batch_size=AT_ONCE,
    )
    keys = iter(session.pk for session in sessions)
    return [[next(keys) for _ in theirs] for theirs in seen]


def _rate(sessions: list[list[int]], made: Clinic, instrument: Instrument, draw: np.random.Generator) -> None:
    keys = [key for theirs in sessions for key in theirs]
    totals = np.clip(draw.normal(72, 15, len(keys)), 0, 100)
    AllianceRating.objects.bulk_create(
        (
            AllianceRating(clinic=made, session_id=key, instrument=instrument, total=float(total))
            for key, total in zip(keys, totals, strict=True)
        ),
        batch_size=AT_ONCE,
    )


def _log_ins(made: Clinic, clients: "list[Client] | list[None]", role: Role) -> list[str]:
    """A cookie for each: a user, a membership and a session in the database, without any password."""
    users = User.objects.bulk_create(
        User(email=f"{role}{k}@{made.slug}.invalid", name=f"{role} {k}", password="!")
        for k in range(len(clients))
    )
    Membership.objects.bulk_create(Membership(user=user, clinic=made, role=role) for user in users)
    for user, client in zip(users, clients, strict=True):
        if client is not None:
            client.user = user
    Client.objects.bulk_update([client for client in clients if client is not None], ["user"])
    return [_cookie(user) for user in users]


def _cookie(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
