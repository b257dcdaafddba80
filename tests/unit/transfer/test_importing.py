"""An import is all or nothing, repeats without effect, and asks for a re-score only of what it changed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance_match.audit.actors import SystemActor
from alliance_match.audit.models import AuditEvent
from alliance_match.matching.models import AllowedTrait, PendingRescore
from alliance_match.transfer import importing
from alliance_match.transfer.importing import NothingToImportError, clinic_import
from clients.models import Client, Session
from surveys.models import AllianceRating, Instrument
from therapists.models import Therapist

FILES = {
    "therapists": "therapist,name,style_warmth,slots,trait_calm\n"
    "t1,Anna,1,Mon 09:00-10:00 telehealth,3\nt2,Ben,,,\n",
    "clients": "client,about,style_warmth,times,wish_gender,consents,trait_openness\n"
    "c1,=text,2,Mon 09:00-10:00,woman,matching; care,30\nc2,,,,,,\n",
    "sessions": "session,client,therapist,number,date\ns1,c1,t1,3,2026-01-07\ns2,c1,t1,4,\n",
    "ratings": "session,total,bond\ns1,75,80.25\ns2,,10\n",
}


def test_installs_the_instruments_first(load):
    Instrument.objects.all().delete()
    load(**FILES)
    assert AllianceRating.objects.count() == 2


def test_changes_nothing_the_second_time(load):
    load(**FILES)
    PendingRescore.objects.all().delete()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        report = load(**FILES)
    assert {str(tally) for tally in report.tallies.values()} == {"0 new, 0 changed, 2 the same"}
    assert not PendingRescore.objects.exists()
    assert not [one for one in queries if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_asks_for_a_rescore_of_what_it_changed(load, linden):
    load(**FILES)
    PendingRescore.objects.all().delete()
    load(ratings="session,total\ns1,76\n")
    assert list(PendingRescore.objects.values_list("clinic", "client_id")) == [
        (linden.pk, Client.objects.get(code="c1").pk)
    ]


def test_records_how_many_rows_of_each_kind_were_written(load, linden):
    load(**FILES)
    load(ratings="session,total\ns1,76\n", allow_traits=True)
    load(ratings="session,total\ns1,77\n", dry_run=True)
    load(ratings="session,total\ns1,101\n")
    written = AuditEvent.objects.filter(verb="clinic_import", system_actor="command", clinic=linden)
    assert list(written.order_by("pk").values_list("object_type", "count")) == [
        ("therapists.therapist", 2),
        ("clients.client", 2),
        ("clients.session", 2),
        ("surveys.alliancerating", 2),
        ("surveys.alliancerating", 1),
    ]


def test_stores_nothing_with_a_fault_anywhere(load):
    report = load(**{**FILES, "ratings": "session,total\ns1,75\ns2,101\n"})
    assert len(report.faults) == 1
    assert not Therapist.objects.exists()
    assert not Client.objects.exists()
    assert not PendingRescore.objects.exists()


def test_stores_nothing_in_a_dry_run_but_finds_every_fault(load):
    assert load(dry_run=True, **FILES).changes == 8
    assert not Therapist.objects.exists()
    assert len(load(dry_run=True, **{**FILES, "ratings": "session,total\ns3,75\n"}).faults) == 1


def test_imports_batch_by_batch(load, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 3)
    clients = "client\n" + "".join(f"c{k}\n" for k in range(10))
    sessions = "session,client,therapist,number,ended_on\n" + "".join(
        f"s{k},c{k % 2},t,{k + 1},2026-01-01\n" for k in range(10)
    )
    ratings = "session,total\n" + "".join(f"s{k},{k}\n" for k in range(10))
    report = load(therapists="therapist,name\nt,T\n", clients=clients, sessions=sessions, ratings=ratings)
    assert not report.faults
    assert [tally.new for tally in report.tallies.values()] == [1, 10, 10, 10]
    assert Session.objects.count() == 10


def test_finds_a_code_again_in_a_later_batch(faults, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 1)
    assert faults(clients="client\nc1\nc2\nc1\n") == [
        "clients.csv:4:client: this client is on line 2 already"
    ]


def test_makes_few_queries_whatever_the_rows(load, django_assert_max_num_queries):
    rows = "".join(f"t{k},T,{k % 7 - 3}\n" for k in range(200))
    with django_assert_max_num_queries(20):
        load(therapists="therapist,name,style_warmth\n" + rows)


def test_shows_its_progress(write, linden):
    seen = []
    clinic_import(
        clinic=linden,
        directory=write(**FILES),
        progress=lambda *where: seen.append(where),
        by=SystemActor.COMMAND,
    )
    assert [file for file, _, _ in seen] == ["therapists.csv", "clients.csv", "sessions.csv", "ratings.csv"]
    assert all(done == size for _, done, size in seen)


def test_names_traits_that_suggestions_do_not_use(load, linden):
    AllowedTrait.objects.create(clinic=linden, side="therapist", name="calm")
    assert load(**FILES).hidden_traits == [("client", "openness")]


def test_allows_every_trait_on_demand(load):
    assert load(allow_traits=True, **FILES).hidden_traits == []
    assert list(AllowedTrait.objects.values_list("side", "name")) == [
        ("client", "openness"),
        ("therapist", "calm"),
    ]
    assert load(allow_traits=True, **FILES).hidden_traits == []


def test_allows_no_trait_where_there_is_a_fault_or_a_dry_run(load):
    load(allow_traits=True, dry_run=True, **FILES)
    load(allow_traits=True, **{**FILES, "ratings": "session,total\ns1,101\n"})
    assert not AllowedTrait.objects.exists()


def test_allows_nobodys_identity(load):
    report = load(allow_traits=True, clients="client,trait_age,trait_Gender\nc1,30,1\n")
    assert report.hidden_traits == []
    assert not AllowedTrait.objects.exists()


def test_warns_of_files_it_does_not_know(load):
    report = load(clients="client\nc1\n", client="x", notes="y")
    assert report.warnings == [
        "client.csv is left out; did you mean clients.csv?",
        "notes.csv is left out; only therapists.csv, clients.csv, sessions.csv, ratings.csv are read",
    ]


@pytest.mark.parametrize("name", ["missing", "file", "empty"])
def test_says_why_there_is_nothing_to_import(tmp_path, linden, name):
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingToImportError, match=name):
        clinic_import(clinic=linden, directory=tmp_path / name, by=SystemActor.COMMAND)


def test_reports_a_file_that_is_a_directory(write, linden):
    directory = write(clients="client\nc1\n")
    (directory / "ratings.csv").mkdir()
    report = clinic_import(clinic=linden, directory=directory, by=SystemActor.COMMAND)
    (directory / "ratings.csv").rmdir()
    assert [str(one) for one in report.faults.kept()] == ["ratings.csv:1: this is not a file"]


def test_says_in_words_what_the_database_refuses(load, monkeypatch):
    """Somebody else may store the same code between our look and our writing."""
    load(clients="client\nc1\n")
    monkeypatch.setattr("alliance_match.transfer.client_file.rows_by", lambda rows, *names: {})
    report = load(clients="client\nc0\nc1\n", therapists="therapist,name\nt1,Anna\n")
    assert [str(one) for one in report.faults.kept()] == [
        "clients.csv: the database refuses lines 2 to 3: its rule “client code once” is broken"
    ]
    assert not Therapist.objects.exists()
