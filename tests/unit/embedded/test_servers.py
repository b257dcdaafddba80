"""What the servers say of themselves."""

import dj_database_url
import pytest
import redis
from kombu.utils.url import url_to_parts

from alliance_match.embedded.postgres import Postgres
from alliance_match.embedded.servers import SERVERS
from alliance_match.embedded.valkey import Valkey


@pytest.fixture
def home(tmp_path):
    runtime = tmp_path / "Run%20 time"
    runtime.mkdir()
    home = tmp_path / "home"
    home.mkdir()
    (home / "runtime").symlink_to(runtime)
    return home


def test_the_database_url_is_read_by_dj_database_url(home):
    settings = dj_database_url.parse(Postgres(home).url)

    assert settings["HOST"] == str(Postgres(home).runtime)
    assert (settings["USER"], settings["NAME"], settings["PORT"]) == ("alliance", "alliance_match", "")


def test_the_redis_url_is_read_by_celery(home):
    parts = url_to_parts(Valkey(home).url)

    assert parts.scheme == "redis+socket"
    assert parts.query == {"virtual_host": "0"}
    assert f"/{parts.path}" == str(Valkey(home).runtime / "valkey.sock")


def test_the_redis_url_is_read_by_redis_in_its_other_spelling(home):
    url = Valkey(home).url.replace("redis+socket", "unix").replace("virtual_host", "db")

    client = redis.from_url(url)

    assert client.connection_pool.connection_kwargs["path"] == str(Valkey(home).runtime / "valkey.sock")


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_takes_no_connection_from_the_network(server, home):
    command = " ".join(SERVERS[server](home, False).command)

    assert "listen_addresses= " in command if server == "postgres" else "--port 0 " in command


def test_only_a_throwaway_cluster_may_be_lost_in_a_crash(home):
    assert "fsync=off" not in Postgres(home).command
    assert "fsync=off" in Postgres(home, throwaway=True).command


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_that_does_not_run_is_not_ready(server, home):
    assert not SERVERS[server](home, False).is_ready(1)


def test_a_server_is_not_taken_for_a_stale_one(home):
    postgres = Postgres(home)
    postgres.directory.mkdir(parents=True)
    lines = ["7", "", "", "", "", "", "", "ready"]
    (postgres.directory / "postmaster.pid").write_text("\n".join(lines))

    assert postgres.is_ready(7)
    assert not postgres.is_ready(8)


@pytest.mark.parametrize("server", SERVERS)
def test_nothing_of_the_users_environment_reaches_a_server(server, home, monkeypatch):
    monkeypatch.setenv("PGDATA", "/elsewhere")

    assert "PGDATA" not in SERVERS[server](home, False).environment
