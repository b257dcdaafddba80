"""A clinic's data goes out and comes in again exactly; an import that dies leaves nothing behind."""

import io
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from datetime import time as clock
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import PendingRescore
from alliance_match.transfer.exporting import clinic_export
from alliance_match.transfer.importing import clinic_import
from alliance_match.vocabulary import Concern, Format
from clients.models import Client, Consent, Episode, Intake, Session, StylePreference, TimeWindow, Wish
from surveys.models import AllianceRating
from tests.cast import shipped_instrument
from therapists.models import PractisedStyle, Slot, Therapist

ROOT = Path(__file__).resolve().parents[2]
EVIL = st.text(st.sampled_from("'\"=+-@\t\r\n;,\\ aé😀"), max_size=8)
TEXT = EVIL | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
WORD = TEXT.filter(bool).map(lambda text: text[:12])
CODE = TEXT.map(str.strip).filter(bool)
SCORE = st.floats(0, 100).map(abs)
MOMENT = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))
DAY = st.dates(date(1900, 1, 1), date(2199, 12, 31))
FEE = st.decimals(0, Decimal("999999.99"), places=2)
TRAITS = st.dictionaries(st.text("abcé_9", min_size=1, max_size=5), st.floats(-1e9, 1e9), max_size=3)


def written(clinic, directory):
    """The four files of a clinic by name."""
    clinic_export(clinic=clinic, directory=directory)
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def a_therapist(draw, clinic):
    fee = draw(FEE)
    concerns = draw(st.lists(st.sampled_from(Concern.values), max_size=5))
    therapist = Therapist.objects.create(
        clinic=clinic,
        code=draw(CODE),
        name=draw(TEXT.filter(str.strip)),
        about=draw(TEXT),
        licence_expires_on=draw(st.none() | DAY),
        confirmed_at=draw(st.none() | MOMENT),
        concerns=concerns,
        primary_concerns=concerns[:2],
        places=draw(st.lists(WORD, max_size=3)),
        fee=fee,
        lowest_fee=draw(st.none() | st.just(fee)),
        accepting=draw(st.booleans()),
        traits=draw(TRAITS),
    )
    PractisedStyle.objects.create(
        therapist=therapist,
        dimension="warmth",
        position=draw(st.integers(-3, 3)),
        reach=draw(st.integers(0, 6)),
    )
    for day in draw(st.sets(st.integers(0, 6), max_size=2)):
        Slot.objects.create(
            therapist=therapist,
            weekday=day,
            starts=draw(st.times(max_value=clock(11))),
            ends=clock(12),
            format=draw(st.sampled_from(Format.values)),
        )
    return therapist


def a_client(draw, clinic):
    client = Client.objects.create(
        clinic=clinic, code=draw(CODE), name=draw(TEXT), status=draw(st.sampled_from(Client.Status.values))
    )
    if draw(st.booleans()):
        Intake.objects.create(
            client=client, about=draw(TEXT), insurer=draw(TEXT), highest_fee=draw(st.none() | FEE)
        )
    StylePreference.objects.create(client=client, dimension="time", position=draw(st.integers(-3, 3)))
    TimeWindow.objects.create(client=client, weekday=6, starts=clock(9), ends=clock(10, 0, 0, 1))
    Wish.objects.create(
        client=client, attribute="gender", accepted=draw(st.lists(WORD, min_size=1, max_size=3))
    )
    Consent.objects.create(client=client, purpose="matching")
    return client


def a_rating(draw, client, therapist, instrument):
    ended = draw(st.none() | DAY)
    episode = Episode.objects.create(
        clinic=client.clinic,
        client=client,
        therapist=therapist,
        ended_on=ended,
        ending="stopped" if ended and draw(st.booleans()) else "",
    )
    session = Session.objects.create(
        clinic=client.clinic, episode=episode, code=draw(CODE), number=3, held_on=draw(st.none() | DAY)
    )
    AllianceRating.objects.create(
        clinic=client.clinic,
        session=session,
        instrument=instrument,
        total=draw(SCORE),
        bond=draw(st.none() | SCORE),
        withdrawn_at=draw(st.none() | MOMENT),
    )


class RoundTrip(TestCase):
    """Whatever a clinic holds."""

    @settings(deadline=None, max_examples=25, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def test_round_trip_is_exact_to_the_byte(self, data):
        instrument = shipped_instrument()
        clinic = Clinic.objects.create(name="One", slug="one")
        fresh = Clinic.objects.create(name="Two", slug="two")
        therapist, client = a_therapist(data.draw, clinic), a_client(data.draw, clinic)
        a_rating(data.draw, client, therapist, instrument)
        with TemporaryDirectory() as one, TemporaryDirectory() as two:
            before = written(clinic, Path(one))
            report = clinic_import(clinic=fresh, directory=Path(one), by=SystemActor.COMMAND)
            assert [str(fault) for fault in report.faults.kept()] == []
            assert written(fresh, Path(two)) == before
            assert clinic_import(clinic=clinic, directory=Path(one), by=SystemActor.COMMAND).changes == 0


HEADERS = {
    "therapists": "therapist,name\nt1,Anna\n",
    "clients": "client\nc1\n",
    "sessions": "session,client,therapist,number\ns1,c1,t1,3\n",
    "ratings": "session,total\ns1,75\n",
}


@pytest.fixture
def files(tmp_path):
    """A small directory to import."""
    for name, content in HEADERS.items():
        (tmp_path / f"{name}.csv").write_text(content)
    return tmp_path


def run_import(*arguments):
    """What the command says on stdout and stderr. Raises CommandError."""
    out, err = io.StringIO(), io.StringIO()
    call_command("import_clinic", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """Notifications are counted, not sent."""
    notified = []
    monkeypatch.setattr(
        "alliance_match.transfer.management.commands.import_clinic.notify_worker",
        lambda: notified.append(1),
    )
    return notified


def test_import_says_what_it_did_and_rings_the_worker(linden, files, no_broker):
    out, err = run_import(files, "--clinic", "linden")
    assert out.splitlines() == [f"{name}.csv: 1 new, 0 changed, 0 the same" for name in HEADERS]
    assert err == ""
    assert no_broker == [1]
    out, _ = run_import(files, "--clinic", "linden")
    assert out.splitlines() == [f"{name}.csv: 0 new, 0 changed, 1 the same" for name in HEADERS]
    assert no_broker == [1]


def test_import_adds_one_pending_rescore_for_each_person(linden, files):
    sessions = "".join(f"s{k},c{k % 2},t1,{k}\n" for k in range(1, 9))
    (files / "clients.csv").write_text("client\nc0\nc1\n")
    (files / "sessions.csv").write_text("session,client,therapist,number\n" + sessions)
    run_import(files, "--clinic", "linden")
    named = PendingRescore.objects.values_list("client_id", "therapist_id")
    clients, therapists = Client.objects.order_by("pk"), Therapist.objects.order_by("pk")
    people = [*((one.pk, None) for one in clients), *((None, one.pk) for one in therapists)]
    assert sorted(named, key=str) == sorted(people, key=str)
    assert len(people) == 3


def test_dry_run_says_so_and_rings_nobody(linden, files, no_broker):
    out, _ = run_import(files, "--clinic", "linden", "--dry-run")
    assert out.splitlines()[-1] == "This was a dry run: nothing was stored."
    assert no_broker == []
    assert not Therapist.objects.exists()


def test_import_names_traits_not_used_yet(linden, files):
    (files / "clients.csv").write_text("client,trait_calm,trait_ses\nc1,30,2\n")
    out, _ = run_import(files, "--clinic", "linden")
    assert "Traits of clients that suggestions do not use yet: calm, ses." in out
    out, _ = run_import(files, "--clinic", "linden", "--allow-traits")
    assert "Traits" not in out


def test_import_writes_faults_line_by_line_and_then_how_many(linden, files):
    (files / "ratings.csv").write_text("session,total\ns1,101\ns2,5\n")
    (files / "notes.csv").touch()
    err = io.StringIO()
    with pytest.raises(CommandError, match=r"2 faults in ratings.csv; nothing was stored\.") as refused:
        call_command("import_clinic", files, clinic="linden", stderr=err)
    assert refused.value.returncode == 1
    assert [line.split(": ")[0] for line in err.getvalue().splitlines()] == [
        "warning",
        "ratings.csv:2:total",
        "ratings.csv:3:session",
    ]


def test_commands_refuse_an_unknown_clinic(linden, files):
    for command in ("import_clinic", "export_clinic"):
        with pytest.raises(CommandError, match="no such clinic"):
            call_command(command, files, clinic="nowhere")


@pytest.mark.parametrize("name", ["missing", "clients.csv"])
def test_import_refuses_what_is_no_directory(linden, files, name):
    with pytest.raises(CommandError, match=name):
        run_import(files / name, "--clinic", "linden")


def test_export_says_how_many_rows(linden, files, tmp_path_factory):
    run_import(files, "--clinic", "linden")
    out = io.StringIO()
    call_command("export_clinic", tmp_path_factory.mktemp("out"), clinic="linden", stdout=out)
    assert out.getvalue().splitlines() == [f"{name}.csv: 1 rows" for name in HEADERS]


def test_export_refuses_a_directory_of_others(linden, files):
    (files / "other.txt").touch()
    with pytest.raises(CommandError, match=r"other\.txt"):
        call_command("export_clinic", files, clinic="linden")


def manage(*arguments, **environment):
    """Start a command in a process of its own, on the database of the tests unless told otherwise."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    return subprocess.Popen(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "ALLIANCE_DEMO": "1", "DATABASE_URL": url, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("command", ["import_clinic", "export_clinic"])
def test_commands_say_in_one_line_that_the_database_is_away(files, tmp_path, command):
    process = manage(command, tmp_path, DATABASE_URL="postgres://nobody@127.0.0.1:9/none")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert "The database is away" in err


@pytest.mark.django_db(transaction=True)
def test_import_killed_half_way_leaves_nothing(files):
    Clinic.objects.create(name="Linden", slug="linden")
    rows = 60_000
    (files / "clients.csv").write_text("client\n" + "".join(f"c{k}\n" for k in range(rows)))
    process = manage("import_clinic", files)
    try:
        wait_until(lambda: inserted("clients_client") > 0, process)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    wait_until(lambda: not others_at_work(), None)
    assert not Client.objects.exists()
    assert not Therapist.objects.exists()


def wait_until(happened, process):
    """Wait a minute at most; fails where the process ends before."""
    for _ in range(1200):
        if happened():
            return
        assert process is None or process.poll() is None, process.communicate()
        time.sleep(0.05)
    pytest.fail("waited for a minute")


def inserted(table):
    """How large a table has become, rows included that are not committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(%s)", [table])
        return cursor.fetchone()[0]


def others_at_work():
    """Whether another connection is still busy with this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return cursor.fetchone()[0] > 0
