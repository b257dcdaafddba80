"""Makes rows for tests: one function for each kind, with plain defaults and no randomness.

The people whom every test knows are fixtures in `conftest.py`, made with these.
"""

import datetime
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction

from alliance_match.accounts.models import Clinic, Membership, Role, User
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import Match, MatchList
from alliance_match.safety.models import CrisisCare, RiskAlert
from alliance_match.safety.services import risk_alert_report
from alliance_match.vocabulary import StyleDimension
from clients.models import Client, Consent, Episode, Intake, Introduction, Purpose, Session, StylePreference
from clients.services import introduction_accept, introduction_request
from surveys.models import AllianceRating, Instrument, Response
from surveys.models.instrument import DEFAULT
from surveys.services import LicenceRights, check_in_submit, instrument_bring, instruments_install
from tests.instruments import own_file
from therapists.available_hours import Hour
from therapists.models import PractisedStyle, Therapist
from therapists.names import name_read

ITEMS = tuple(f"item_{k}" for k in range(1, 7))
FIRST_DAY = datetime.date(2026, 3, 2)
WEEK = datetime.timedelta(days=7)
_NOON = datetime.datetime(2030, 1, 7, 12, tzinfo=datetime.UTC)
NOON = Hour(_NOON, _NOON + datetime.timedelta(minutes=50), "in_person")  # a Monday far away


def make_clinic(name: str, **fields: Any) -> Clinic:
    """A clinic; its slug is its name in small letters."""
    return Clinic.objects.create(name=name, slug=name.lower(), **fields)


def make_member(clinic: Clinic, name: str, role: Role) -> User:
    """A person with a role, name@clinic.example, who has no password."""
    user = User.objects.create_user(
        f"{name.lower()}@{clinic.slug}.example", name=name, language=clinic.language
    )
    Membership.objects.create(user=user, clinic=clinic, role=role)
    return user


def make_therapist(
    clinic: Clinic, name: str, *, style: Iterable[int] = (), reach: int = 1, **fields: Any
) -> Therapist:
    """A therapist; the code is the first name in small letters, `style` goes by StyleDimension."""
    code = name.lower().split(maxsplit=1)[0]
    short_name = name_read(name).short_name
    fields = {
        "code": code,
        "short_name": short_name,
        "languages": ["en"],
        "formats": ["in_person"],
        "fee": 80,
    } | fields
    therapist = Therapist.objects.create(clinic=clinic, name=name, **fields)
    PractisedStyle.objects.bulk_create(
        PractisedStyle(therapist=therapist, dimension=dimension, position=position, reach=reach)
        for dimension, position in zip(StyleDimension.values, style, strict=False)
    )
    return therapist


def make_client(
    clinic: Clinic,
    name: str,
    *,
    style: Iterable[tuple[int, int]] = (),
    consents: Iterable[str] = Purpose.values,
    intake: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Client:
    """A searching client; `style` has (position, importance) by StyleDimension."""
    client = Client.objects.create(clinic=clinic, name=name, **({"code": name.lower()} | fields))
    Consent.objects.bulk_create(Consent(client=client, purpose=purpose) for purpose in consents)
    if intake is not None:
        Intake.objects.create(client=client, **intake)
    StylePreference.objects.bulk_create(
        StylePreference(client=client, dimension=dimension, position=position, importance=importance)
        for dimension, (position, importance) in zip(StyleDimension.values, style, strict=False)
    )
    return client


def make_episode(client: Client, therapist: Therapist, *, sessions: int = 3, **fields: Any) -> Episode:
    """Care with weekly sessions from FIRST_DAY on; open unless `ended_on` is given."""
    fields = {"started_on": FIRST_DAY} | fields
    episode = Episode.objects.create(clinic=client.clinic, client=client, therapist=therapist, **fields)
    Session.objects.bulk_create(_session(episode, number) for number in range(1, sessions + 1))
    return episode


def make_session(episode: Episode, number: int) -> Session:
    """One session; its code names the pair, the episode and the number."""
    session = _session(episode, number)
    session.save()
    return session


def _session(episode: Episode, number: int) -> Session:
    code = f"{episode.client.code}-{episode.therapist.code}-{episode.number}-{number}"
    held_on = FIRST_DAY + WEEK * (number - 1)
    return Session(clinic=episode.clinic, episode=episode, code=code, number=number, held_on=held_on)


def make_raters(
    clinic: Clinic,
    instrument: Instrument,
    drawn: Iterable[tuple[str, Iterable[tuple[int, int]], Therapist, float]],
    *,
    sessions: int = 3,
    **fields: Any,
) -> list[Client]:
    """Past clients who rated their last session: name, style, therapist and total of each; stored at once."""
    raters = list(drawn)
    clients = Client.objects.bulk_create(
        Client(clinic=clinic, name=name, code=name.lower(), status="ended") for name, *_ in raters
    )
    Consent.objects.bulk_create(
        Consent(client=client, purpose=purpose) for client in clients for purpose in Purpose.values
    )
    StylePreference.objects.bulk_create(
        StylePreference(client=client, dimension=dimension, position=position, importance=importance)
        for client, (_, style, *_) in zip(clients, raters, strict=True)
        for dimension, (position, importance) in zip(StyleDimension.values, style, strict=False)
    )
    fields = {"started_on": FIRST_DAY} | fields
    episodes = Episode.objects.bulk_create(
        Episode(clinic=clinic, client=client, therapist=therapist, **fields)
        for client, (*_, therapist, _) in zip(clients, raters, strict=True)
    )
    held = Session.objects.bulk_create(
        _session(episode, number) for episode in episodes for number in range(1, sessions + 1)
    )
    AllianceRating.objects.bulk_create(
        AllianceRating(clinic=clinic, session=session, instrument=instrument, total=total)
        for session, (*_, total) in zip(held[sessions - 1 :: sessions], raters, strict=True)
    )
    return clients


def matches_of(client: Client) -> list[Match]:
    """What is stored for a client, with whomever."""
    found = MatchList.for_client(client)
    return list(found.matches(Therapist.objects.in_bulk(found.therapist_ids)))


def make_introduction(client: Client, therapist: Therapist, **fields: Any) -> Introduction:
    """A request as a client sends it: one hour of the therapist's, and no note."""
    given: dict[str, Any] = {"hours": [NOON], "note": "", "shows_concerns": False} | fields
    return introduction_request(client=client, therapist=therapist, **given, by=SystemActor.COMMAND)


def make_meeting(client: Client, therapist: Therapist, hour: Hour = NOON, **fields: Any) -> Introduction:
    """A first meeting that was asked for and agreed on, as it is stored."""
    asked = make_introduction(client, therapist, hours=[hour], **fields)
    introduction_accept(introduction=asked, hour=hour, by=SystemActor.COMMAND)
    asked.refresh_from_db()
    return asked


def shipped_instrument() -> Instrument:
    """The Alliance Check, installed."""
    there = Instrument.objects.filter(clinic=None, code=DEFAULT).first()
    return there or next(one for one in instruments_install(by=SystemActor.COMMAND) if one.code == DEFAULT)


def make_instrument(clinic: Clinic, by: User, **changes: Any) -> Instrument:
    """An instrument as an admin brings it: the key of the WAI-SR with made-up words, and no last day."""
    rights = LicenceRights(
        rights_holder="The society", licence_number="A-1", expires_on=changes.pop("until", None)
    )
    data = json.dumps(own_file(**changes)).encode()
    return instrument_bring(clinic=clinic, data=data, rights=rights, by=by)


def make_rating(session: Session, total: float | None = 80.0, **fields: Any) -> AllianceRating:
    """A rating as an import brings it: a total, and no response behind it."""
    fields["instrument"] = fields.get("instrument") or shipped_instrument()
    return AllianceRating.objects.create(clinic=session.clinic, session=session, total=total, **fields)


def make_check_in(session: Session, answer: int | None = 8, **extras: Any) -> Response:
    """A check-in as a client posts it, every item answered alike; it makes a rating."""
    answers = dict.fromkeys(ITEMS, answer)
    return check_in_submit(
        session=session,
        instrument=shipped_instrument(),
        answers=answers,
        extras=extras,
        by=SystemActor.COMMAND,
    )


def make_crisis_care(clinic: Clinic, owner: User, backup: User, **fields: Any) -> CrisisCare:
    """A clinic that asks the PHQ-9: Monday to Friday from 9 to 17 it works."""
    clinic.emergency_number = "112"
    clinic.save(update_fields=["emergency_number"])
    care, _ = CrisisCare.objects.update_or_create(
        clinic=clinic, defaults={"owner": owner, "backup": backup} | fields
    )
    return care


def make_risk_alert(client: Client, level: int = 1, sheet: UUID | None = None) -> RiskAlert:
    """An answer to the ninth question of the PHQ-9, on a form of its own unless `sheet` is given."""
    instrument = Instrument.objects.get(clinic=None, code="phq-9")
    return risk_alert_report(
        client=client, instrument=instrument, level=level, sheet=sheet or uuid4(), by=SystemActor.COMMAND
    )


def refuses(constraint: str, write: Callable[..., object], **fields: Any) -> None:
    """Assert that the database itself refuses to write this, by the named constraint."""
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        write(**fields)
