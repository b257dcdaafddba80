"""The house stays a house: imports point down, prediction stays pure, there is no cycle."""

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Each room and the rooms it may import. Lower rooms come first; a room not named here may not exist.
ROOMS: dict[str, set[str]] = {
    "alliance_match.settings": set(),
    "alliance_match.celery": set(),
    "alliance_match.wsgi": set(),
    "alliance_match.formats": set(),
    "alliance_match.vocabulary": set(),
    "alliance_match.embedded": set(),
    "alliance_match.prediction": set(),
    "alliance_match.person_tables": set(),
    "alliance_match.audit": {"alliance_match.person_tables"},
    "alliance_match.accounts": {"alliance_match.audit", "alliance_match.person_tables"},
    "alliance_match.pages": {"alliance_match.accounts", "alliance_match.vocabulary"},
    "therapists": {
        "alliance_match.accounts",
        "alliance_match.audit",
        "alliance_match.pages",
        "alliance_match.person_tables",
        "alliance_match.vocabulary",
    },
    "clients": {
        "alliance_match.accounts",
        "alliance_match.audit",
        "alliance_match.person_tables",
        "alliance_match.vocabulary",
        "therapists",
    },
    "surveys": {
        "alliance_match.accounts",
        "alliance_match.audit",
        "alliance_match.person_tables",
        "alliance_match.vocabulary",
        "clients",
        "therapists",
    },
    "alliance_match.safety": {
        "alliance_match.accounts",
        "alliance_match.audit",
        "alliance_match.person_tables",
        "alliance_match.vocabulary",
        "clients",
        "surveys",
        "therapists",
    },
    "alliance_match.matching": {
        "alliance_match.accounts",
        "alliance_match.audit",
        "alliance_match.celery",
        "alliance_match.pages",
        "alliance_match.person_tables",
        "alliance_match.prediction",
        "alliance_match.vocabulary",
        "clients",
        "surveys",
        "therapists",
    },
    "alliance_match.insights": {
        "alliance_match.accounts",
        "alliance_match.audit",
        "alliance_match.matching",
        "alliance_match.person_tables",
        "alliance_match.prediction",
        "alliance_match.safety",
        "alliance_match.vocabulary",
        "clients",
        "surveys",
        "therapists",
    },
    "alliance_match.transfer": {
        "alliance_match.accounts",
        "alliance_match.audit",
        "alliance_match.matching",
        "alliance_match.person_tables",
        "alliance_match.safety",
        "alliance_match.vocabulary",
        "clients",
        "surveys",
        "therapists",
    },
    "alliance_match.operations": {
        "alliance_match.accounts",
        "alliance_match.matching",
        "alliance_match.person_tables",
    },
    "alliance_match.demo": {
        "alliance_match.accounts",
        "alliance_match.audit",
        "alliance_match.insights",
        "alliance_match.matching",
        "alliance_match.prediction",
        "alliance_match.safety",
        "alliance_match.vocabulary",
        "clients",
        "surveys",
        "therapists",
    },
    "alliance_match.api_urls": {"alliance_match.matching", "surveys"},
    "alliance_match.urls": set(),
}
# The wings of prediction and those each may import: only wings to its left. The face, which is the package
# itself, imports from any.
WINGS: dict[str, set[str]] = {
    "data": set(),
    "model": {"data"},
    "linalg": {"data"},
    "inference": {"data", "model", "linalg"},
    "forecasting": {"data", "model", "inference"},
    "privacy": {"data", "model", "inference"},
    "simulation": {"data", "inference"},
    "evaluation": {"data", "model", "inference", "forecasting"},
}
PREDICTION = "alliance_match.prediction"
PACKAGES = {"alliance_match", "therapists", "clients", "surveys"}


def sources() -> Iterator[tuple[str, Path]]:
    """Every module of ours with its dotted name."""
    for package in sorted(PACKAGES):
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imported(path: Path) -> Iterator[str]:
    """The dotted names a module imports anywhere, inside functions too."""
    return imported_by(ast.parse(path.read_text("utf-8")), str(path))


def imported_by(tree: ast.Module, name: str) -> Iterator[str]:
    """The same of a module that was read already."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def application_of(name: str) -> str | None:
    """The room a dotted name lies in; None for anything that is not ours."""
    inside = [room for room in ROOMS if name == room or name.startswith(room + ".")]
    if not inside and name.split(".", maxsplit=1)[0] in PACKAGES and name != "alliance_match":
        return name
    return max(inside, key=len, default=None)


def edges() -> Iterator[tuple[str, str, str]]:
    """Every import of ours that crosses rooms: module, its room, the other room."""
    for name, path in sources():
        here = application_of(name)
        for target in imported(path):
            there = application_of(target)
            if here and there and here != there:
                yield name, here, there


def test_imports_point_down():
    wrong = [
        f"{name} imports {there}" for name, here, there in edges() if there not in ROOMS.get(here, set())
    ]
    assert [w for w in wrong if not w.startswith("alliance_match.urls ")] == []


def wing_of(name: str) -> str:
    """The wing of prediction a dotted name below it lies in; the face itself has none."""
    return name.removeprefix(PREDICTION).split(".")[1] if name.startswith(PREDICTION + ".") else ""


def test_wings_of_prediction_import_only_wings_to_their_left():
    wrong = [
        f"{name} imports {target}"
        for name, path in sources()
        if (here := wing_of(name))
        for target in imported(path)
        if target.startswith(PREDICTION) and wing_of(target) not in {here, *WINGS[here]}
    ]
    assert wrong == []


# What only prediction itself, its own tests, and the comparison with other people's arithmetic may touch.
BEHIND_THE_WALL = {
    "coefficient_prior",
    "design",
    "layout",
    "moments",
    "posterior",
    "precisions",
    "roster",
    "slices",
    "statistics",
    "sums",
    "uncertainty",
}
PART_NAME = re.compile(r"match:|fit with \w*$")
INSIDE = (
    "alliance_match/prediction/",
    "benchmarks/parity.py",
    "benchmarks/load/product.py",
    "tests/unit/prediction/",
    "tests/unit/test_architecture.py",
)


def outsiders() -> Iterator[tuple[str, ast.Module]]:
    """Every file that may import prediction and is not part of it, with what it says."""
    rooms = [room for room, below in ROOMS.items() if PREDICTION in below]
    roots = [room.replace(".", "/") for room in rooms] + ["benchmarks", "tests"]
    for path in sorted(path for root in roots for path in (ROOT / root).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(INSIDE):
            yield name, ast.parse(path.read_text("utf-8"))


def test_nobody_reaches_past_the_face_of_prediction():
    face = {f"{PREDICTION}.{name}" for name in importlib.import_module(PREDICTION).__all__}
    wrong = [
        f"{name} imports {target}"
        for name, tree in outsiders()
        for target in imported_by(tree, name)
        if target.startswith(PREDICTION + ".") and target not in face
    ]
    assert wrong == []


def test_nobody_reads_what_is_behind_the_wall_of_prediction():
    wrong = [
        f"{name}:{node.lineno} reads .{node.attr}"
        for name, tree in outsiders()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in BEHIND_THE_WALL
    ]
    assert wrong == []


def test_nobody_spells_the_names_of_parts():
    wrong = [
        f"{name}:{node.lineno} says {node.value!r}"
        for name, tree in outsiders()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and PART_NAME.match(str(node.value))
    ]
    assert wrong == []


def test_every_module_of_prediction_lies_in_a_wing():
    assert {wing_of(name) for name, _ in sources() if name.startswith(PREDICTION)} == {"", *WINGS}


def test_every_module_lies_in_a_known_room():
    unknown = {name for name, _ in sources() if application_of(name) not in {None, *ROOMS}}
    assert unknown == set()


def test_the_allowed_imports_have_no_cycle():
    TopologicalSorter(ROOMS).prepare()
    TopologicalSorter(WINGS).prepare()


def test_modules_have_no_import_cycle():
    names = {name for name, _ in sources()}
    graph: dict[str, set[str]] = {}
    for name, path in sources():
        targets = {t if t in names else t.rsplit(".", 1)[0] for t in imported(path)}
        graph[name] = {t for t in targets if t in names and t != name}
    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("package", ["alliance_match.prediction", "alliance_match.embedded"])
def test_package_loads_no_django(package):
    code = (
        f"import sys, {package}; sys.exit(any(m == 'django' or m.startswith('django.') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_no_process_starts_with_what_only_a_fit_needs():
    """`scipy.stats` and `scipy.optimize` take a second to load: written out, they are loaded when used."""
    late = ("scipy.stats", "scipy.optimize")
    wrong = [f"{name} imports {target}" for name, path in sources() for target in imported(path)
             if target.startswith(late)]  # fmt: skip
    assert wrong == []


def test_the_project_package_stays_empty():
    assert (ROOT / "alliance_match/__init__.py").read_text() == ""


def test_services_never_import_tasks():
    wrong = [
        name
        for name, path in sources()
        if ".services" in name and any(".tasks" in target for target in imported(path))
    ]
    assert wrong == []


def test_shared_tasks_bind_to_our_application():
    code = (
        "import django; django.setup(); from alliance_match.matching.tasks import sweep;"
        "import sys; sys.exit(sweep.app.main != 'alliance_match')"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
