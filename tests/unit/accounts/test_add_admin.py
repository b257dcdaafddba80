"""`add_admin`: somebody more runs a clinic, or one line says what is wrong."""

import pytest
from django.core.management import CommandError, call_command

from alliance_match.accounts.models import Membership, Role

pytestmark = pytest.mark.django_db


def add(email="edda@elm.example", **given):
    call_command("add_admin", email, **({"name": "Edda", "clinic": "linden"} | given))


def test_it_lets_somebody_run_the_clinic(linden, capsys):
    add()
    held = Membership.objects.get(user__email="edda@elm.example")
    assert (held.role, held.clinic, held.user.name) == (Role.ADMIN, linden, "Edda")
    assert capsys.readouterr().out == "edda@elm.example runs Linden (linden).\n"


def test_it_may_be_said_twice(linden):
    add()
    add()
    assert Membership.objects.filter(user__email="edda@elm.example").count() == 1


@pytest.mark.parametrize(
    ("email", "given", "said"),
    [
        ("edda", {}, "valid email"),
        ("", {}, "valid email"),
        ("edda@elm.example", {"clinic": "oak"}, "no such clinic; there are: linden"),
        ("cleo@linden.example", {}, "a client of this clinic"),
    ],
)
def test_it_says_what_is_wrong(linden, cleo, email, given, said):
    with pytest.raises(CommandError, match=said):
        add(email, **given)
    assert not Membership.objects.filter(role=Role.ADMIN).exists()
