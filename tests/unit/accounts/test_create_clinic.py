"""`create_clinic`: a clinic and its first admin, or one line that says what is wrong."""

import pytest
from django.core.management import CommandError, call_command

from alliance_match.accounts.models import Clinic, Membership, User

pytestmark = pytest.mark.django_db


def create(slug="elm", **given):
    call_command("create_clinic", slug, **({"name": "Elm", "admin": "edda@elm.example"} | given))


def test_it_creates_the_clinic_and_its_first_admin(capsys):
    create(time_zone="Europe/Lisbon", crisis_line="116 123")

    clinic = Clinic.objects.get()
    assert (clinic.slug, clinic.name, clinic.time_zone) == ("elm", "Elm", "Europe/Lisbon")
    assert clinic.crisis_line == "116 123"
    assert [str(one) for one in Membership.objects.all()] == ["edda@elm.example, clinic admin at Elm"]
    assert capsys.readouterr().out == "Created Elm (elm).\n"


def test_it_gives_somebody_known_the_role_too(asha):
    create(admin="ASHA@linden.example")

    assert asha.memberships.filter(clinic__slug="elm").exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "E" * 121}, "name"),
        ({"slug": "not a slug"}, "slug"),
        ({"slug": ""}, "slug"),
        ({"time_zone": "Europe/Atlantis"}, "time_zone"),
        ({"crisis_line": "1" * 61}, "crisis_line"),
        ({"admin": ""}, "admin"),
        ({"admin": "edda"}, "admin"),
        ({"admin": f"{'e' * 250}@elm.example"}, "admin"),
    ],
)
def test_it_names_what_is_wrong_and_creates_nothing(given, field):
    with pytest.raises(CommandError, match=rf"^{field}: .+"):
        create(**given)

    assert not Clinic.objects.exists()
    assert not User.objects.exists()


def test_it_refuses_a_slug_that_is_taken(linden):
    with pytest.raises(CommandError, match=r"^slug: .*already exists"):
        create("linden")
