"""`python -m alliance_match.embedded run`, with the real servers and data directories of its own."""

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from alliance_match.embedded import directories

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")

ROOT = os.getuid() == 0
EMBEDDED = [sys.executable, "-m", "alliance_match.embedded"]
TO_ITS_END: dict[str, Any] = {"capture_output": True, "text": True, "timeout": 60}
QUERY = """
import os, sys, dj_database_url, psycopg2
url = dj_database_url.parse(os.environ["DATABASE_URL"])
link = psycopg2.connect(host=url["HOST"], user=url["USER"], dbname=url["NAME"])
with link, link.cursor() as cursor:
    for statement in sys.argv[1:]:
        cursor.execute(statement)
    if cursor.description:
        print(cursor.fetchone()[0])
link.close()
"""
PING = """
import os, redis
client = redis.from_url(os.environ["REDIS_URL"].replace("redis+socket", "unix").replace("virtual_host", "db"))
print(client.ping())
client.close()
"""


def python(script, *arguments):
    return ["--", sys.executable, "-c", script, *arguments]


# Of the time that these tests take, most would be to copy clusters on a disk.
PLACE = directories.MEMORY if directories.memory_has_room() else None


@contextlib.contextmanager
def data_directory():
    """A data directory that `nobody` can reach, for that is where most checkouts are."""
    path = Path(tempfile.mkdtemp(prefix="run-", dir=PLACE))
    path.chmod(0o755)
    try:
        yield path
        eventually(lambda: not processes_of(path))
    finally:
        directories.discard_directory(path / "postgres")
        directories.discard_directory(path / "valkey")
        shutil.rmtree(path, ignore_errors=True)


def environment_for(data):
    """Ours, but with no server set."""
    unset = {"DATABASE_URL", "REDIS_URL"}
    return {k: v for k, v in os.environ.items() if k not in unset} | {"ALLIANCE_DATA_DIR": str(data)}


def runner(environment):
    """Return a function that runs the command to its end."""

    def run(*arguments, **variables):
        command = [*EMBEDDED, "run", *arguments]
        done = subprocess.run(command, env=environment | variables, check=False, **TO_ITS_END)
        # So that a failing test shows it.
        sys.stderr.write(done.stderr)
        return done

    return run


@pytest.fixture(scope="module")
def template():
    """A data directory with a cluster to copy, which is faster than making one for each test."""
    with data_directory() as path:
        runner(environment_for(path))("--", "true")
        eventually(lambda: not processes_of(path))
        yield path


@pytest.fixture
def data(template):
    with data_directory() as path:
        subprocess.run(["cp", "-a", template / "postgres", template / "valkey", path], check=True)
        yield path


@pytest.fixture
def environment(data):
    return environment_for(data)


@pytest.fixture
def run(environment):
    return runner(environment)


@pytest.fixture(scope="module")
def run_beside_another():
    """Run the command while another keeps the servers up, which saves their start."""
    with data_directory() as path:
        holder = subprocess.Popen(
            [*EMBEDDED, "run", "--", "sh", "-c", "echo up; read line"],
            env=environment_for(path),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        holder.stdout.readline()
        yield runner(environment_for(path))
        holder.communicate(b"\n")


class Started(subprocess.Popen[str]):
    """The command while it runs; `url` is what its script says."""

    url: str


@pytest.fixture
def start(environment):
    """Start the command, with a Python script that says so and waits for a line."""
    started = []

    def start(*arguments):
        script = "import os; print(os.environ['DATABASE_URL'], flush=True); input()"
        process = Started(
            [*EMBEDDED, "run", *arguments, *python(script)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        process.url = process.stdout.readline()
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def processes_of(data):
    """Return the processes that were given the data directory, or work in what it links to."""
    marks = [str(data), *(str(link.readlink()) for link in data.glob("*/*") if link.is_symlink())]
    return [process for process in psutil.process_iter() if any(mark in _traces(process) for mark in marks)]


def _traces(process):
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""
        chosen = process.environ().get("ALLIANCE_DATA_DIR", "")
        return " ".join([*process.cmdline(), process.cwd(), chosen])
    except psutil.Error:
        return ""


def kill_outright(data):
    """Kill everything at once; what dies of another's death meanwhile is as dead."""
    for process in processes_of(data):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def eventually(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never became so"
        time.sleep(0.05)


def test_run_passes_on_the_exit_code(run_beside_another):
    assert run_beside_another("--", "sh", "-c", "exit 7").returncode == 7


def test_run_passes_on_every_argument_after_the_first_dashes(run_beside_another):
    assert run_beside_another("--", "echo", "a", "--", "--scratch").stdout == "a -- --scratch\n"


def test_run_serves_both_addresses(run_beside_another):
    assert run_beside_another(*python(QUERY, "SELECT 42")).stdout == "42\n"
    assert run_beside_another(*python(PING)).stdout == "True\n"


def test_run_serves_in_the_builtin_locale(run_beside_another):
    query = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = current_database()"

    assert run_beside_another(*python(QUERY, query)).stdout == "bC.UTF-8\n"


def test_run_listens_on_no_network_address(run_beside_another):
    assert run_beside_another(*python(QUERY, "SHOW listen_addresses")).stdout == "\n"


@pytest.mark.parametrize(("variable", "name"), [("DATABASE_URL", "postgres"), ("REDIS_URL", "valkey")])
def test_run_leaves_an_address_that_is_set_alone(run, data, variable, name):
    before = time.time()

    done = run("--", "printenv", variable, **{variable: "elsewhere://"})

    assert done.stdout == "elsewhere://\n"
    assert (data / name / "log").stat().st_mtime < before


def test_run_leaves_no_process_and_no_runtime_directory(start, data):
    first = start()
    runtimes = [(data / name / "runtime").readlink() for name in ("postgres", "valkey")]
    assert len(processes_of(data)) >= 4

    first.communicate("\n")

    eventually(lambda: not processes_of(data))
    assert not any(runtime.exists() for runtime in runtimes)


def test_run_keeps_rows_from_one_time_to_the_next(run):
    run(*python(QUERY, "CREATE TABLE kept AS SELECT 5 AS number"))

    assert run(*python(QUERY, "SELECT number FROM kept")).stdout == "5\n"


def test_two_runs_at_once_share_one_server_until_the_last_is_gone(start, run, data):
    first, second = start(), start()
    assert first.url == second.url

    first.communicate("\n")
    time.sleep(0.3)
    assert (data / "postgres" / "url").read_text() == second.url.strip()
    assert run(*python(QUERY, "SELECT 42")).stdout == "42\n"


def test_two_data_directories_have_a_server_each(start, run, environment, tmp_path_factory):
    first = start()
    other = Path(tempfile.mkdtemp())
    try:
        assert run("--", "printenv", "DATABASE_URL", ALLIANCE_DATA_DIR=str(other)).stdout != first.url
        eventually(lambda: not processes_of(other))
    finally:
        directories.discard_directory(other / "postgres")
        shutil.rmtree(other)


def test_many_runs_at_once_start_one_server(environment, data):
    command = [*EMBEDDED, "run", "--", "sh", "-c", "echo $DATABASE_URL; sleep 1"]
    several = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) for _ in range(4)]

    addresses = {process.communicate(timeout=60)[0] for process in several}

    assert len(addresses) == 1


def test_a_killed_run_leaves_no_process(start, data):
    start().kill()

    eventually(lambda: not processes_of(data))


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_a_killed_keeper_takes_its_server_along_and_the_next_run_starts_anew(start, run, data, name):
    start()
    keeper = next(
        p
        for p in processes_of(data)
        if name in p.cmdline() and "alliance_match.embedded.server_keeper" in p.cmdline()
    )

    keeper.kill()

    assert run(*python(QUERY, "SELECT 42")).stdout == "42\n"
    assert run(*python(PING)).stdout == "True\n"


def test_run_starts_again_after_everything_was_killed(start, run, data):
    run(*python(QUERY, "CREATE TABLE kept AS SELECT 5 AS number"))
    start()

    kill_outright(data)

    assert (data / "postgres" / "cluster" / "data" / "postmaster.pid").exists()
    assert run(*python(QUERY, "SELECT number FROM kept")).stdout == "5\n"


def test_run_starts_again_when_only_the_postmaster_was_killed(start, run, data):
    start()
    pidfile = data / "postgres" / "cluster" / "data" / "postmaster.pid"

    os.kill(int(pidfile.read_text().split()[0]), signal.SIGKILL)

    assert run(*python(QUERY, "SELECT 42")).stdout == "42\n"


def test_run_says_why_a_server_does_not_start_and_does_not_hang(run, data):
    (data / "postgres" / "cluster" / "data" / "PG_VERSION").write_text("9\n")

    done = run("--", "true")

    assert done.returncode == 1
    assert re.search(r"^PostgreSQL did not start. The end of \S+/postgres/log:$", done.stderr, re.MULTILINE)
    assert "incompatible" in done.stderr
    assert "Traceback" not in done.stderr


def test_run_makes_the_cluster_anew_when_making_it_was_cut_off(run, data):
    cluster = data / "postgres" / "cluster" / "data"
    cluster.rename(cluster.with_name("data.unfinished"))

    assert run(*python(QUERY, "SELECT 42")).stdout == "42\n"


def test_run_names_a_command_that_is_not_there(run_beside_another):
    done = run_beside_another("--", "no-such-command")

    assert (done.returncode, done.stderr) == (127, "There is no command 'no-such-command'.\n")


def test_a_scratch_run_leaves_nothing_on_disk(run, data):
    done = run("--scratch", *python(QUERY, "SHOW fsync"))

    assert done.stdout == "off\n"
    eventually(lambda: not list((data / "scratch").iterdir()))


def test_two_scratch_runs_at_once_have_a_server_each(start):
    assert start("--scratch").url != start("--scratch").url


def test_a_scratch_run_removes_what_a_crash_left(start, run, data):
    start("--scratch")
    (left,) = (data / "scratch").iterdir()
    kill_outright(data)
    os.utime(left, (0, 0))
    run("--scratch", "--", "true")
    assert not left.exists()


def test_run_works_in_a_data_directory_with_a_long_path(run, data):
    deep = data / ("deep" * 30) / ("deeper" * 20)

    assert run(*python(QUERY, "SELECT 42"), ALLIANCE_DATA_DIR=str(deep)).stdout == "42\n"


def test_run_needs_no_home(run_beside_another):
    assert run_beside_another("--", "true", HOME="").returncode == 0


@pytest.mark.skipif(not ROOT, reason="only root hands the server to nobody")
def test_as_root_postgres_runs_as_nobody(start, data):
    start()

    owners = {process.username() for process in processes_of(data) if process.name() == "postgres"}
    assert owners == {"nobody"}


@pytest.mark.skipif(not ROOT, reason="only root hands the server to nobody")
def test_as_root_run_works_where_nobody_cannot_go(run, data):
    data.chmod(0o700)
    closed = data / "closed"
    closed.mkdir(mode=0o700)
    inner = closed / "data"

    run(*python(QUERY, "CREATE TABLE kept AS SELECT 5 AS number"), ALLIANCE_DATA_DIR=str(inner))
    done = run(*python(QUERY, "SELECT number FROM kept"), ALLIANCE_DATA_DIR=str(inner))

    assert done.stdout == "5\n"
    assert (inner / "postgres" / "cluster").is_symlink()
    eventually(lambda: not processes_of(inner))
    directories.discard_directory(inner / "postgres")


@pytest.mark.skipif(not ROOT, reason="only root can become another")
def test_run_works_as_an_ordinary_user(environment, data):
    interpreter = _interpreter_for_everyone()
    nobody = pwd.getpwnam("nobody")
    subprocess.run(["chown", "-R", f"{nobody.pw_uid}:{nobody.pw_gid}", data], check=True)

    done = subprocess.run(
        [interpreter, *EMBEDDED[1:], "run", "--", "sh", "-c", "id -un; ls $ALLIANCE_DATA_DIR"],
        env=environment | {"PYTHONPATH": sysconfig.get_path("purelib")},
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        check=False,
        **TO_ITS_END,
    )

    assert (done.stdout, done.stderr) == ("nobody\npostgres\nvalkey\n", "")
    eventually(lambda: not processes_of(data))


def _interpreter_for_everyone():
    for candidate in (sys.executable, "/usr/bin/python3"):
        real = Path(candidate).resolve()
        if real.exists() and directories.is_reachable_by_others(real):
            return candidate
    pytest.skip("no Python that another account can run")
