"""Files to import into Linden, and what comes of them."""

import pytest
from hypothesis import settings

from alliance_match.audit.actors import SystemActor
from alliance_match.transfer.importing import clinic_import

THERAPISTS = "therapist,name\nt1,Anna\nt2,Ben\n"
CLIENTS = "client\nc1\nc2\n"
SESSIONS = "session,client,therapist,number\ns1,c1,t1,3\ns2,c2,t1,3\n"


@pytest.fixture(scope="session", autouse=True)
def patient_laws():
    """Laws take the time that a busy machine gives them, and the same examples each time."""
    before = settings.get_current_profile_name()
    settings.register_profile("transfer", deadline=None, derandomize=True)
    settings.load_profile("transfer")
    yield
    settings.load_profile(before)


@pytest.fixture
def write(tmp_path):
    """Write files by name (without .csv), each as text or bytes, and return their directory."""

    def write(**files):
        directory = tmp_path / "files"
        directory.mkdir(exist_ok=True)
        for old in directory.iterdir():
            old.unlink()
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (directory / f"{name}.csv").write_bytes(data)
        return directory

    return write


@pytest.fixture
def load(write, linden):
    """Import files given by name and return the report."""

    def load(*, dry_run=False, allow_traits=False, **files):
        return clinic_import(
            clinic=linden,
            directory=write(**files),
            dry_run=dry_run,
            allow_traits=allow_traits,
            by=SystemActor.COMMAND,
        )

    return load


@pytest.fixture
def faults(load):
    """Import files given by name and return every fault as a line."""

    def faults(**files):
        return [str(fault) for fault in load(**files).faults.kept()]

    return faults


@pytest.fixture
def stored(load):
    """Two therapists, two clients and a session three of each client with the first therapist, imported."""
    assert not load(therapists=THERAPISTS, clients=CLIENTS, sessions=SESSIONS).faults
