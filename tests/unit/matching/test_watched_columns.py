"""One row of each watched table, and in turn another value of each of its columns."""

from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection, models, transaction
from django.utils import timezone

from alliance_match.accounts.models import User
from alliance_match.matching.models import AllowedTrait, PendingRescore
from alliance_match.matching.triggers import CHANGED, WATCHED, function_body, function_name
from clients.models import Introduction
from surveys.models import Instrument
from tests import cast
from therapists.models import SILENT_AFTER, Therapist

# Where the next best value will not do, or would break a constraint.
OTHERS = {
    ("clients_introduction", "decline_reason"): "",
    ("clients_introduction", "state"): "client_off",
    ("therapists_therapist", "confirmed_at"): timezone.now(),
    ("therapists_therapist", "licence_expires_on"): date(2020, 1, 31),
}
ANOTHER = {
    bool: lambda old: not old,
    date: lambda old: old + timedelta(days=1),
    datetime: lambda old: old + timedelta(minutes=1),
    time: lambda old: old.replace(hour=old.hour + 1),
    str: lambda _old: "xyz",
    list: lambda _old: ["xyz"],
    dict: lambda _old: {"xyz": 1},
}


def of_client(row):
    return {(row.client.clinic_id, row.client_id, None)}


def of_therapist(row):
    return {(row.therapist.clinic_id, None, row.therapist_id)}


def of_episode(episode):
    return {(episode.clinic_id, episode.client_id, None)}


def of_both(row):
    return {(row.clinic_id, row.client_id, None), (row.clinic_id, None, row.therapist_id)}


# Whom a row concerns, each of them apart: clinic, client, therapist.
CONCERNED = {
    "accounts_clinic": lambda row: {(row.pk, row.clients.get(user__time_zone__gt="").pk, None)},
    "accounts_user": lambda row: {(row.clients.get().clinic_id, row.clients.get().pk, None)},
    "clients_client": lambda row: {(row.clinic_id, row.pk, None)},
    "clients_consent": of_client,
    "clients_episode": of_both,
    "clients_intake": of_client,
    "clients_introduction": of_therapist,
    "clients_mark": of_client,
    "clients_session": lambda row: of_episode(row.episode),
    "clients_stylepreference": of_client,
    "clients_timewindow": of_client,
    "clients_wait": of_therapist,
    "clients_wish": of_client,
    "matching_allowedtrait": lambda row: {(row.clinic_id, None, None)},
    "surveys_alliancerating": lambda row: of_episode(row.session.episode),
    "therapists_practisedstyle": of_therapist,
    "therapists_slot": of_therapist,
    "therapists_therapist": lambda row: {(row.clinic_id, None, row.pk)},
}


@pytest.fixture
def others(birch, asha, wim, jonas, birch_episode):
    """To whom a row could be given, by model."""
    phq = Instrument.objects.get(clinic=None, code="phq-9")
    last = birch_episode.sessions.last()
    return {type(one): one for one in (birch, asha, wim, jonas, birch_episode, last, phq)}


@pytest.fixture
def rows(linden, cleo, mara, jonas, episode, third_session, others):
    """By table, a row that concerns Cleo or Mara; nothing is pending."""
    now, hours = timezone.now(), {"weekday": 2, "starts": time(8), "ends": time(12)}
    cleo.consents.all().delete()
    cleo.style_preferences.exclude(dimension="warmth").delete()
    mara.styles.exclude(dimension="structure").delete()
    jonas.styles.all().delete()
    User.objects.filter(pk=cleo.user_id).update(time_zone="Asia/Tokyo")
    Therapist.objects.filter(pk=mara.pk).update(confirmed_at=now - SILENT_AFTER - timedelta(days=9))
    ended = cast.make_episode(cleo, mara, sessions=0, ended_on=date(2026, 5, 4), number=2)
    asked = cast.make_meeting(cleo, mara)
    Introduction.objects.update(reserves_place=True, moved=1)
    made = [
        linden,
        cleo,
        cleo.intake,
        cleo.user,
        cleo.style_preferences.get(),
        mara,
        mara.styles.get(),
        ended,
        asked,
        cast.make_session(episode, 9),
        cast.make_check_in(third_session).alliance_rating,
        cleo.consents.create(purpose="care", withdrawn_at=now + timedelta(days=1)),
        cleo.marks.create(therapist=mara, kind="not_for_me"),
        cleo.time_windows.create(**hours),
        cleo.waits.create(therapist=mara, notified_at=now, reserved_until=now + timedelta(days=1)),
        cleo.wishes.create(attribute="gender", accepted=["woman"]),
        mara.slots.create(**hours, format="in_person"),
        AllowedTrait.objects.create(clinic=linden, side="client", name="openness"),
    ]
    PendingRescore.objects.all().delete()
    assert {one._meta.db_table for one in made} == WATCHED.keys()
    return {one._meta.db_table: type(one).objects.get(pk=one.pk) for one in made}


def another(field, old, others):
    """Another value that a column could have."""
    place = field.model._meta.db_table, field.column
    if place in OTHERS:
        return OTHERS[place]
    if field.is_relation:
        return None if field.null and old is not None else others[field.related_model].pk
    if field.choices:
        values = [value for value, _label in field.choices]
        return next(value for value in values if value != old)
    return new_value(field) if old is None else ANOTHER.get(type(old), lambda number: number - 1)(old)


def new_value(field):
    """A value of a column that is empty."""
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    return date(2030, 1, 1) if isinstance(field, models.DateField) else 1


@contextmanager
def undone():
    """What is written meanwhile is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def pending():
    return sorted(PendingRescore.objects.values_list("clinic_id", "client_id", "therapist_id"), key=str)


def test_another_value_adds_a_row_for_whom_it_concerns_where_it_is_read(rows, others):
    found, expected = {}, {}
    for table, row in rows.items():
        same = type(row).objects.filter(pk=row.pk)
        for field in row._meta.concrete_fields[1:]:
            with undone():
                same.update(**{field.attname: another(field, getattr(row, field.attname), others)})
                found[table, field.column] = pending()
                concerned = CONCERNED[table](row) | CONCERNED[table](same.get())
            read = field.column in WATCHED[table].columns
            expected[table, field.column] = sorted(concerned, key=str) if read else []
    assert found == expected


def test_what_comes_or_goes_adds_a_row_for_whom_it_concerns(rows):
    found, expected = {}, {}
    for table, row in rows.items():
        concerned = sorted(CONCERNED[table](row), key=str)
        expected[table] = [concerned, concerned]
        with undone():
            type(row).objects.filter(pk=row.pk)._raw_delete("default")
            found[table] = [pending()]
            PendingRescore.objects.all().delete()
            row.save(force_insert=True)
            found[table].append(pending())
    assert found == expected


def test_saving_what_is_there_adds_nothing(rows):
    for row in rows.values():
        row.save()
    assert pending() == []


def test_the_database_has_the_triggers_that_the_source_describes(db):
    described = {
        (table, function_name(table, event)): function_body(table, event).split()
        for table in WATCHED
        for event in CHANGED
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, proname, prosrc FROM pg_trigger"
            " JOIN pg_proc ON pg_proc.oid = tgfoid WHERE prosrc LIKE '%pendingrescore%'"
        )
        there = {(table, function): source.split() for table, function, source in cursor.fetchall()}
    assert there == described
