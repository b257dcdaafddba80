"""Makes the people of the fixed cast, each with the functions of `tests.cast`; `conftest.py` says who is who.

Here for those who need them for longer than one test.
"""

from alliance_match.accounts.models import Clinic, Role, User
from clients.models import Client
from tests import cast
from therapists.models import Therapist


def linden() -> Clinic:
    return cast.make_clinic("Linden", time_zone="Europe/Berlin", crisis_line="0800 000 000")


def asha(linden: Clinic) -> User:
    return cast.make_member(linden, "Asha", Role.ADMIN)


def mara(linden: Clinic) -> Therapist:
    return cast.make_therapist(
        linden,
        "Mara Albrecht",
        user=cast.make_member(linden, "Mara", Role.THERAPIST),
        style=(2, -1, 2, 1),
        concerns=["low_mood", "sleep"],
        gender="woman",
    )


def jonas(linden: Clinic) -> Therapist:
    return cast.make_therapist(linden, "Jonas Okafor", style=(-1, 1, -1, 3), concerns=["grief"], gender="man")


def pavel(linden: Clinic) -> Therapist:
    return cast.make_therapist(
        linden, "Pavel Novák", style=(0, 2, 0, -3), concerns=["substances"], gender="man"
    )


def cleo(linden: Clinic) -> Client:
    return cast.make_client(
        linden,
        "Cleo",
        user=cast.make_member(linden, "Cleo", Role.CLIENT),
        style=((2, 3), (2, 1), (2, 2), (1, 2)),
        intake={"step": 4, "languages": ["en"], "highest_fee": 90, "concerns": ["low_mood", "sleep"]},
    )


def wim(linden: Clinic) -> Client:
    return cast.make_client(linden, "Wim", status="waiting", consents=())


def birch() -> Clinic:
    return cast.make_clinic("Birch")


def bruno(birch: Clinic) -> User:
    return cast.make_member(birch, "Bruno", Role.ADMIN)


def britta(birch: Clinic) -> Therapist:
    return cast.make_therapist(birch, "Britta Berg", user=cast.make_member(birch, "Britta", Role.THERAPIST))


def bea(birch: Clinic) -> Client:
    return cast.make_client(birch, "Bea", user=cast.make_member(birch, "Bea", Role.CLIENT))
