"""An export holds what an import reads back, and never mixes with other files."""

import csv
import os
import stat

import pytest

from alliance_match.transfer.exporting import CannotExportError, clinic_export
from clients.models import Intake
from surveys.models import AllianceRating
from therapists.models import Therapist

NAMES = ["clients.csv", "ratings.csv", "sessions.csv", "therapists.csv"]


def names(directory):
    return sorted(path.name for path in directory.iterdir())


def rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_writes_the_four_files_for_their_owner_only(linden, tmp_path):
    counts = clinic_export(clinic=linden, directory=tmp_path / "new" / "out")
    assert sorted(counts) == NAMES
    assert names(tmp_path / "new" / "out") == NAMES
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new" / "out").iterdir()}
    assert modes == {0o600}


def test_writes_everything_of_this_clinic_and_nothing_of_another(
    mara, cleo, wim, episode, britta, bea, birch_episode, linden, tmp_path
):
    counts = clinic_export(clinic=linden, directory=tmp_path)
    assert counts == {"therapists.csv": 2, "clients.csv": 2, "sessions.csv": 3, "ratings.csv": 0}
    (first, second) = rows(tmp_path / "clients.csv")
    assert (first["client"], first["languages"], first["highest_fee"]) == (cleo.code, "en", "90.00")
    assert (second["client"], second["consents"], second["status"]) == (wim.code, "", "waiting")
    assert {row["client"] for row in rows(tmp_path / "sessions.csv")} == {cleo.code}


def test_guards_text_that_a_spreadsheet_program_would_run(wim, linden, tmp_path):
    Intake.objects.create(client=wim, about="=cmd|'/c calc'!A1", helped_before="'=1")
    clinic_export(clinic=linden, directory=tmp_path)
    (row,) = rows(tmp_path / "clients.csv")
    assert (row["about"], row["helped_before"]) == ("'=cmd|'/c calc'!A1", "''=1")


def test_writes_a_column_for_every_trait(mara, jonas, linden, tmp_path):
    Therapist.objects.filter(pk=mara.pk).update(traits={"years": 3, "b": 0.1})
    Therapist.objects.filter(pk=jonas.pk).update(traits={"a": -2.5e-7})
    clinic_export(clinic=linden, directory=tmp_path)
    found = [
        [row[f"trait_{name}"] for name in ("a", "b", "years")] for row in rows(tmp_path / "therapists.csv")
    ]
    assert found == [["", "0.1", "3"], ["-2.5e-07", "", ""]]
    assert list(rows(tmp_path / "therapists.csv")[0])[-3:] == ["trait_a", "trait_b", "trait_years"]


def test_leaves_out_a_rating_without_any_number(third_session, instrument, linden, tmp_path):
    AllianceRating.objects.create(clinic=linden, session=third_session, instrument=instrument)
    assert clinic_export(clinic=linden, directory=tmp_path)["ratings.csv"] == 0


def test_replaces_its_own_files(mara, linden, tmp_path):
    clinic_export(clinic=linden, directory=tmp_path)
    (tmp_path / "clients.csv.unfinished").write_text("left by a crash")
    Therapist.objects.update(name="Renamed")
    clinic_export(clinic=linden, directory=tmp_path)
    assert rows(tmp_path / "therapists.csv")[0]["name"] == "Renamed"
    assert names(tmp_path) == NAMES


def test_refuses_a_directory_with_other_files(linden, tmp_path):
    (tmp_path / "thesis.doc").touch()
    with pytest.raises(CannotExportError, match=r"thesis\.doc"):
        clinic_export(clinic=linden, directory=tmp_path)
    assert names(tmp_path) == ["thesis.doc"]


def test_refuses_a_file_as_directory(linden, tmp_path):
    (tmp_path / "out").touch()
    with pytest.raises(CannotExportError, match="File exists"):
        clinic_export(clinic=linden, directory=tmp_path / "out")


def test_keeps_the_old_files_where_it_fails(mara, linden, tmp_path, monkeypatch):
    clinic_export(clinic=linden, directory=tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    Therapist.objects.update(name="Renamed")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(CannotExportError, match="No space left"):
        clinic_export(clinic=linden, directory=tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_makes_few_queries_whatever_the_rows(linden, tmp_path, django_assert_max_num_queries):
    Therapist.objects.bulk_create(Therapist(clinic=linden, code=f"t{k}", name="T") for k in range(300))
    with django_assert_max_num_queries(25):
        clinic_export(clinic=linden, directory=tmp_path)
