"""The demo clinic: opened once, with people who do not exist."""

import datetime
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from alliance_match.accounts.models import Clinic, Role, User
from alliance_match.accounts.services import member_add
from alliance_match.accounts.views import DEMO_CLINIC, DEMO_PEOPLE
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from alliance_match.demo import people
from alliance_match.demo.past_clients import past_clients_write
from alliance_match.safety.models import CrisisCare
from alliance_match.vocabulary import StyleDimension
from clients.models import Client, Consent, Episode, Intake, Purpose, Session, StylePreference
from clients.services import episode_end, introduction_request, request_refusal
from surveys.models import Instrument, Response
from surveys.models.instrument import DEFAULT
from surveys.services import check_in_submit, instruments_install
from therapists.available_hours import coming_hours
from therapists.models import PractisedStyle, Slot, Therapist
from therapists.names import name_read

# Cleo shares with him, so he can read; no log-in on the home page is his.
PAVEL = "pavel@demo.invalid"
# Free hours a week of each therapist, on as many days.
SLOTS = 4


@transaction.atomic
def demo_open(*, by: Actor) -> Clinic:
    """Open the demo clinic with its people and their history; where it is already, leave it as it is."""
    found = Clinic.objects.filter(slug=DEMO_CLINIC).first()
    if found:
        therapists_confirm(found)
        introduction_open(found, by)
        event_record(by=by, verb="demo_open", of=found, clinic_id=found.pk)
        return found
    clinic = Clinic.objects.create(
        name="Lindenhof practice (made up)",
        slug=DEMO_CLINIC,
        time_zone="Europe/Berlin",
        open_to_all=True,
        crisis_line=people.CRISIS_LINE,
        crisis_text="This is a demo: nobody answers here.",
        emergency_number=people.EMERGENCY_NUMBER,
    )
    instrument = next(one for one in instruments_install(by=by) if one.code == DEFAULT)
    users = {role: person_add(clinic, email, role, by) for role, email in DEMO_PEOPLE.items()}
    CrisisCare.objects.create(clinic=clinic, owner=users[Role.ADMIN], backup=users[Role.THERAPIST])
    pavel = person_add(clinic, PAVEL, Role.THERAPIST, by)
    log_ins = {people.THERAPISTS[0].name: users[Role.THERAPIST], people.SEEING_NOW: pavel}
    therapists = therapists_write(clinic, log_ins)
    today = timezone.localdate()
    past_clients_write(clinic, therapists, instrument, today)
    cleo = client_create(clinic, users[Role.CLIENT])
    seeing = next(one for one in therapists if one.name == people.SEEING_NOW)
    episode_create(client=cleo, therapist=seeing, sessions=3, last=today - datetime.timedelta(days=1))
    check_in_share(clinic, therapists[0], instrument, today, by)
    introduction_open(clinic, by)
    event_record(by=by, verb="demo_open", of=clinic, clinic_id=clinic.pk)
    return clinic


def person_add(clinic: Clinic, email: str, role: Role, by: Actor) -> User:
    """Somebody with a role: “Cleo (made up)” for cleo@…"""
    name = f"{email.split('@', maxsplit=1)[0].title()} (made up)"
    return member_add(clinic=clinic, email=email, name=name, role=role, by=by)


def therapists_write(clinic: Clinic, users: Mapping[str, User]) -> list[Therapist]:
    """The made-up therapists, with style and weekly slots; those among `users`, by name, can log in."""
    now = timezone.now()
    therapists = [
        Therapist.objects.create(
            clinic=clinic,
            user=users.get(person.name),
            code=person.name.split()[0].lower(),
            name=person.name,
            short_name=name_read(person.name).short_name,
            pronouns=person.pronouns,
            title=person.title,
            licensed_since=person.licensed_since,
            tagline=person.tagline,
            gender=person.gender,
            concerns=person.concerns.split(";"),
            primary_concerns=person.concerns.split(";")[:2],
            languages=person.languages.split(";"),
            formats=person.formats.split(";"),
            fee=Decimal(person.fee),
            caseload_cap=person.cap,
            status=Therapist.Status.PAUSED if person.name == people.ON_LEAVE else Therapist.Status.ACTIVE,
            returns_on=now.date() + datetime.timedelta(days=40) if person.name == people.ON_LEAVE else None,
        )
        for person in people.THERAPISTS
    ]
    for k, (therapist, person) in enumerate(zip(therapists, people.THERAPISTS, strict=True)):
        _practice_write(therapist, person, k)
    therapists_confirm(clinic)
    return therapists


def therapists_confirm(clinic: Clinic) -> None:
    """Let all have confirmed lately that they accept clients: a demo left alone would soon list nobody."""
    therapists = list(Therapist.objects.in_clinic(clinic).order_by("pk"))
    for k, therapist in enumerate(therapists):
        therapist.confirmed_at = timezone.now() - datetime.timedelta(days=k * 5 % 19)
    Therapist.objects.bulk_update(therapists, ["confirmed_at"])


def _practice_write(therapist: Therapist, person: people.Therapist, k: int) -> None:
    PractisedStyle.objects.bulk_create(
        PractisedStyle(therapist=therapist, dimension=dimension, position=position, reach=1)
        for dimension, position in zip(StyleDimension.values, person.style, strict=True)
    )
    hours = {(k + n) % 5: 9 + (3 * k + 4 * n) % 10 for n in range(SLOTS)}
    Slot.objects.bulk_create(
        Slot(
            therapist=therapist,
            weekday=weekday,
            starts=datetime.time(hour),
            ends=datetime.time(hour, 50),
            format=therapist.formats[weekday % len(therapist.formats)],
        )
        for weekday, hour in hours.items()
    )


def client_create(clinic: Clinic, user: User) -> Client:
    """Cleo: intake done, all parts of the consent given, searching."""
    cleo = Client.objects.create(clinic=clinic, user=user, code="cleo", name=user.name, status="searching")
    Consent.objects.bulk_create(Consent(client=cleo, purpose=purpose) for purpose in Purpose.values)
    Intake.objects.create(
        client=cleo,
        step=4,
        finished_at=timezone.now(),
        languages=["en"],
        highest_fee=Decimal(90),
        concerns=people.CLEO_CONCERNS,
    )
    StylePreference.objects.bulk_create(
        StylePreference(client=cleo, dimension=dimension, position=position, importance=importance)
        for dimension, (position, importance) in people.CLEO_STYLE.items()
    )
    return cleo


def episode_create(*, client: Client, therapist: Therapist, sessions: int, last: datetime.date) -> Session:
    """An open episode with weekly sessions up to a date; returns the last session."""
    first = last - datetime.timedelta(days=7 * (sessions - 1))
    episode = Episode.objects.create(
        clinic=client.clinic, client=client, therapist=therapist, started_on=first
    )
    created = Session.objects.bulk_create(
        Session(
            clinic=client.clinic,
            episode=episode,
            code=f"{client.code}-{therapist.code}-{number}",
            number=number,
            held_on=first + datetime.timedelta(days=7 * (number - 1)),
        )
        for number in range(1, sessions + 1)
    )
    return created[-1]


def check_in_share(
    clinic: Clinic, mara: Therapist, instrument: Instrument, today: datetime.date, by: Actor
) -> None:
    """Robin, in care with Mara, who checked in after the third session and chose to tell her something."""
    robin = Client.objects.create(clinic=clinic, code="robin", name="Robin (made up)", status="in_care")
    Consent.objects.bulk_create(Consent(client=robin, purpose=purpose) for purpose in Purpose.values)
    session = episode_create(
        client=robin, therapist=mara, sessions=3, last=today - datetime.timedelta(days=2)
    )
    check_in_submit(
        session=session,
        instrument=instrument,
        answers={item["key"]: 6 for item in instrument.definition["items"]},
        extras={
            "wants_to_talk": True,
            "comment": people.ROBINS_COMMENT,
            "comment_reader": Response.Reader.THERAPIST,
            "shared_with_therapist": True,
        },
        by=by,
    )


def introduction_open(clinic: Clinic, by: Actor) -> None:
    """Noor asks to meet Mara; where nobody answered in time, that is forgotten, and she asks again."""
    noor, new = Client.objects.get_or_create(
        clinic=clinic, code="noor", defaults={"name": "Noor (made up)", "status": "waiting"}
    )
    if new:
        Consent.objects.bulk_create(Consent(client=noor, purpose=purpose) for purpose in Purpose.values)
        Intake.objects.create(client=noor, step=4, finished_at=timezone.now(), concerns=people.CLEO_CONCERNS)
    mara = Therapist.objects.in_clinic(clinic).get(user__email=DEMO_PEOPLE[Role.THERAPIST])
    noor.introductions.resolved().filter(answered_at=None).delete()
    hours = coming_hours(mara.slots.all(), timezone.now(), clinic.zone)[:2]
    if not request_refusal(noor, mara):
        introduction_request(
            client=noor,
            therapist=mara,
            hours=hours,
            note=people.NOORS_NOTE,
            shows_concerns=True,
            by=by,
        )


@transaction.atomic
def walk_in_create(*, clinic: Clinic, password: str | None, by: Actor) -> Session:
    """One more made-up client who is searching, just after a third session with Mara; returns the session.

    Without a password nobody can log in as them.
    """
    number = Client.objects.in_clinic(clinic).filter(code__startswith="walk-in-").count() + 1
    email = f"walk-in-{number}@demo.invalid"
    name = f"Walk-in {number} (made up)"
    user = member_add(clinic=clinic, email=email, name=name, role=Role.CLIENT, by=by)
    user.set_password(password)
    user.save(update_fields=["password"])
    client = Client.objects.create(
        clinic=clinic, user=user, code=f"walk-in-{number}", name=user.name, status="searching"
    )
    Consent.objects.bulk_create(Consent(client=client, purpose=purpose) for purpose in Purpose.values)
    StylePreference.objects.create(
        client=client, dimension=StyleDimension.STRUCTURE, position=2, importance=2
    )
    mara = Therapist.objects.in_clinic(clinic).get(user__email=DEMO_PEOPLE[Role.THERAPIST])
    event_record(by=by, verb="walk_in_create", of=client, clinic_id=clinic.pk)
    return episode_create(client=client, therapist=mara, sessions=3, last=timezone.localdate())


def walk_in_answer(*, session: Session, by: Actor) -> None:
    """Check in after a walk-in's session as somebody who is well understood."""
    instrument = Instrument.objects.in_use(session.clinic).get(clinic=None, code=DEFAULT)
    answers = {item["key"]: 9 for item in instrument.definition["items"]}
    check_in_submit(session=session, instrument=instrument, answers=answers, extras={"bond": "yes"}, by=by)
    # Mara would have no place left for whoever tries the demo.
    episode_end(episode=session.episode, ended_by=Role.CLIENT, ending=Episode.Ending.COMPLETED, by=by)
