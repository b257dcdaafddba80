import ast
import dataclasses
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from alliance_match import prediction

FUNCTIONS = [name for name in prediction.__all__ if inspect.isfunction(getattr(prediction, name))]
CLASSES = [name for name in prediction.__all__ if dataclasses.is_dataclass(getattr(prediction, name))]


def test_import_loads_nothing_of_django():
    code = "import sys, alliance_match.prediction; print([m for m in sys.modules if m.startswith(FOREIGN)])"
    code = code.replace("FOREIGN", "('django', 'celery', 'rest_framework')")
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_public_names_are_all_there_and_documented():
    for name in prediction.__all__:
        assert getattr(prediction, name).__doc__ or name == "Verdict"


def sections(name):
    """Of a docstring in numpydoc's form, by title."""
    parts = re.split(r"\n(\w+)\n-+\n", inspect.getdoc(getattr(prediction, name)) or "")
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def named(section):
    """What a section has entries for, in order."""
    entries = re.findall(r"^(\S.*?)(?: : .+)?$", section, re.MULTILINE)
    return [one for entry in entries for one in entry.split(", ")]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_public_functions_say_what_they_take_and_return(name):
    said = sections(name)
    assert named(said["Parameters"]) == list(inspect.signature(getattr(prediction, name)).parameters)
    assert said["Returns"].strip()


@pytest.mark.parametrize("name", CLASSES)
def test_public_classes_say_what_they_hold(name):
    said = sections(name)
    fields = dataclasses.fields(getattr(prediction, name))
    assert named(said.get("Parameters") or said["Attributes"]) == [field.name for field in fields]


def test_every_class_is_a_frozen_value_or_an_error():
    """So no constructor does work: functions build values of finished parts."""
    package = Path(prediction.__file__).parent
    classes = [
        (path.name, node)
        for path in package.rglob("*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    ]
    other = [
        f"{name}: {node.name}"
        for name, node in classes
        if [ast.unparse(one) for one in node.decorator_list] != ["dataclass(frozen=True)"]
    ]
    assert other == ["errors.py: EstimationError"]
