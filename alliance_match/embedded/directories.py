"""Where things lie: data, sockets, and the places that the unprivileged account of a root user can reach."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from alliance_match.embedded.errors import EmbeddedError

CHECKOUT = Path(__file__).resolve().parents[2]
# The kernel's limit is 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET_PATH = 103
LONGEST_SOCKET_NAME = "/alliance-abcdefgh/.s.PGSQL.5432"
MEMORY = Path("/dev/shm")  # noqa: S108 where Linux keeps files in memory
# A run of all tests leaves no more than this: its databases and their logs.
BYTES_FOR_SCRATCH = 3 * 1024**3


def data_directory() -> Path:
    """Make and return the directory that keeps everything: `ALLIANCE_DATA_DIR`, or `.data` in the checkout.

    Raises:
        EmbeddedError: the directory cannot be made or written.
    """
    chosen = os.environ.get("ALLIANCE_DATA_DIR")
    path = Path(chosen).absolute() if chosen else CHECKOUT / ".data"
    return private_directory(path)


def scratch_parent() -> Path:
    """Return where directories of throwaway servers go: into memory, unless somebody chose another place.

    Much of a test run is the making and emptying of small files.
    """
    if os.environ.get("ALLIANCE_DATA_DIR") or not memory_has_room():
        return data_directory() / "scratch"
    return MEMORY / f"alliance-scratch-{os.getuid()}"


def memory_has_room() -> bool:
    """Say whether files of a whole test run may lie in memory."""
    usable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK)
    return usable and shutil.disk_usage(MEMORY).free >= BYTES_FOR_SCRATCH


def private_directory(path: Path) -> Path:
    """Make `path` for its owner alone; for root others may pass through, for PostgreSQL runs as `nobody`.

    Raises:
        EmbeddedError: the directory cannot be made or written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        if path.stat().st_uid == os.getuid():
            path.chmod(0o711 if os.getuid() == 0 else 0o700)
    except OSError as error:
        raise EmbeddedError(f"Cannot make {path} ({error.strerror}): set ALLIANCE_DATA_DIR.") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise EmbeddedError(f"Cannot write to {path}: set ALLIANCE_DATA_DIR to a directory of yours.")
    return path


def is_reachable_by_others(path: Path) -> bool:
    """Say whether an unprivileged account can pass through `path` and everything above it."""
    return all(place.stat().st_mode & 0o001 for place in (path, *path.parents))


def runtime_directory() -> Path:
    """Make a fresh 0700 directory whose path leaves room for a socket's name.

    Raises:
        EmbeddedError: no temporary directory is short enough and within reach.
    """
    return _fresh_directory([Path(tempfile.gettempdir()), Path("/tmp")])  # noqa: S108 the short fallback


def cluster_directory_elsewhere() -> Path:
    """Make a fresh 0700 directory for data that `nobody` must reach and a reboot should not take.

    Raises:
        EmbeddedError: there is none within reach.
    """
    return _fresh_directory([Path("/var/tmp"), Path(tempfile.gettempdir())])  # noqa: S108 made by mkdtemp


def discard_directory(home: Path) -> None:
    """Remove a throwaway server's directory, what it links to outside, and an empty scratch directory."""
    for link in (home / "runtime", home / "cluster"):
        remove_link_and_target(link)
    shutil.rmtree(home, ignore_errors=True)
    with contextlib.suppress(OSError):
        home.parent.rmdir()


def discard_scratch(scratch: Path) -> None:
    """Remove a scratch directory with all its servers' directories."""
    for home in scratch.iterdir():
        discard_directory(home)


def remove_link_and_target(link: Path) -> None:
    """Remove `link` and the directory it leads to; anything but a link is left alone."""
    if link.is_symlink():
        shutil.rmtree(link.readlink(), ignore_errors=True)
        link.unlink()


def _fresh_directory(parents: list[Path]) -> Path:
    for parent in parents:
        path = parent.resolve()
        room = LONGEST_SOCKET_PATH - len(os.fsencode(str(path) + LONGEST_SOCKET_NAME))
        within_reach = path.is_dir() and os.access(path, os.W_OK | os.X_OK)
        if room >= 0 and within_reach and (os.getuid() != 0 or is_reachable_by_others(path)):
            return Path(tempfile.mkdtemp(prefix="alliance-", dir=path))
    raise EmbeddedError(f"No place for a socket: set TMPDIR to a short path (tried {parents[0]}).")
