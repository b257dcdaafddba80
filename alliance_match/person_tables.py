"""Whose row is it: each app lists its tables that lead to a person, and those that lead to none.

Own data, audit and erasure read these lists; a test fails for a table that stands in none.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.module_loading import module_has_submodule


@dataclass(frozen=True)
class PersonTable:
    """A table whose rows lead to persons: users, therapists, clients.

    `ways`: the look-ups from a row to each person it names. `part`: the name under which clients get their
    own rows of it; where they do not, `withheld` says why. `read`: these rows of a client, where columns as
    they are stored would not tell them.
    """

    model: type[Model]
    ways: tuple[str, ...]
    part: str = ""
    withheld: str = ""
    read: Callable[[Any], Iterable[dict[str, Any]]] | None = None


def person_tables() -> list[PersonTable]:
    """Those of every app, the lowest app first."""
    return [table for module in _modules() for table in module.PERSON_TABLES]


def impersonal_tables() -> dict[type[Model], str]:
    """The tables of every app that lead to no person, each with the reason."""
    return {model: why for module in _modules() for model, why in module.IMPERSONAL_TABLES.items()}


def _modules() -> Iterator[Any]:
    """The module `person_tables` of each app that has one."""
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "person_tables"):
            yield import_module(f"{config.name}.person_tables")
