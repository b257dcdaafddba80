"""The demo's SECRET_KEY."""

import stat

from alliance_match.embedded.secret_key import secret_key


def test_the_key_stays_the_same(tmp_path):
    assert secret_key(tmp_path / "key") == secret_key(tmp_path / "key")


def test_the_key_differs_between_two_places(tmp_path):
    assert secret_key(tmp_path / "one") != secret_key(tmp_path / "other")


def test_the_key_is_long_and_its_owners_only(tmp_path):
    assert len(secret_key(tmp_path / "key")) >= 50
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
