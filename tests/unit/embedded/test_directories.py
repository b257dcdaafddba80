"""Where things lie."""

import os
import stat
from pathlib import Path

import pytest

from alliance_match.embedded import directories
from alliance_match.embedded.errors import EmbeddedError


def test_the_data_directory_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("ALLIANCE_DATA_DIR", str(tmp_path / "chosen"))

    assert directories.data_directory() == tmp_path / "chosen"
    assert (tmp_path / "chosen").is_dir()


def test_the_data_directory_is_in_the_checkout_by_default(monkeypatch, tmp_path):
    monkeypatch.delenv("ALLIANCE_DATA_DIR", raising=False)
    monkeypatch.setattr(directories, "CHECKOUT", tmp_path)

    assert directories.data_directory() == tmp_path / ".data"


def test_what_is_thrown_away_lies_in_memory_where_there_is_room(monkeypatch, tmp_path):
    monkeypatch.delenv("ALLIANCE_DATA_DIR", raising=False)
    monkeypatch.setattr(directories, "MEMORY", tmp_path)
    monkeypatch.setattr(directories, "BYTES_FOR_SCRATCH", 1)

    assert directories.scratch_parent().parent == tmp_path


def test_what_is_thrown_away_lies_with_the_data_where_memory_is_short(monkeypatch, tmp_path):
    monkeypatch.delenv("ALLIANCE_DATA_DIR", raising=False)
    monkeypatch.setattr(directories, "CHECKOUT", tmp_path)
    monkeypatch.setattr(directories, "BYTES_FOR_SCRATCH", 1024**6)

    assert directories.scratch_parent() == tmp_path / ".data" / "scratch"


def test_whoever_chooses_a_place_finds_what_is_thrown_away_there(monkeypatch, tmp_path):
    monkeypatch.setenv("ALLIANCE_DATA_DIR", str(tmp_path))

    assert directories.scratch_parent() == tmp_path / "scratch"


def test_a_private_directory_is_listed_by_its_owner_only(tmp_path):
    path = directories.private_directory(tmp_path / "private")

    assert stat.S_IMODE(path.stat().st_mode) & 0o066 == 0


def test_a_private_directory_that_cannot_be_made_names_the_way_out(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(EmbeddedError, match="set ALLIANCE_DATA_DIR"):
        directories.private_directory(tmp_path / "file" / "below")


def test_a_runtime_directory_is_private_and_short_however_long_tmpdir_is(monkeypatch, tmp_path):
    deep = tmp_path / ("deep" * 30)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    # What pytest makes is closed to others, which would be reason enough for root.
    monkeypatch.setattr(directories, "is_reachable_by_others", lambda path: True)

    runtime = directories.runtime_directory()

    try:
        assert len(os.fsencode(runtime / ".s.PGSQL.5432")) <= directories.LONGEST_SOCKET_PATH
        assert stat.S_IMODE(runtime.stat().st_mode) == 0o700
    finally:
        runtime.rmdir()


def test_a_runtime_directory_lies_in_tmpdir_when_that_is_short_and_within_reach(monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/var/tmp")

    runtime = directories.runtime_directory()

    try:
        assert runtime.parent == Path("/var/tmp")
    finally:
        runtime.rmdir()


def test_reach_ends_at_a_directory_closed_to_others(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "open").mkdir(mode=0o755)

    assert not directories.is_reachable_by_others(closed / "open")
    assert directories.is_reachable_by_others(Path("/"))


def test_discarding_removes_what_the_links_lead_to(tmp_path):
    home, outside = tmp_path / "scratch" / "postgres", tmp_path / "outside"
    home.mkdir(parents=True)
    outside.mkdir()
    (home / "cluster").symlink_to(outside)

    directories.discard_directory(home)

    assert not outside.exists()
    assert not home.parent.exists()
