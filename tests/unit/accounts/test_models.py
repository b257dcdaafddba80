"""Users by e-mail address, clinics with a time zone that exists, roles held once."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from alliance_match.accounts.models import Clinic, Membership, Role, User, validate_time_zone

pytestmark = pytest.mark.django_db


def refused(constraint, **fields):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Membership.objects.create(**fields)
    return True


def test_an_address_is_stored_in_small_letters():
    assert User.objects.create_user("Cleo@Linden.Example").email == "cleo@linden.example"


def test_an_address_is_found_in_whatever_case_it_is_typed():
    user = User.objects.create_user("cleo@linden.example")

    assert User.objects.get_by_natural_key("CLEO@linden.EXAMPLE") == user


def test_an_address_in_another_case_is_nobody_new():
    User.objects.create_user("cleo@linden.example")

    with pytest.raises(IntegrityError, match="user_email_once"), transaction.atomic():
        User.objects.create(email="CLEO@linden.example")


def test_a_user_needs_an_address():
    with pytest.raises(ValueError, match="needs an e-mail address"):
        User.objects.create_user("")


def test_a_user_made_without_a_password_has_none_that_works():
    assert not User.objects.create_user("cleo@linden.example").has_usable_password()


def test_a_user_is_called_by_name_where_there_is_one():
    assert str(User(email="cleo@linden.example", name="Cleo")) == "Cleo"
    assert str(User(email="cleo@linden.example")) == "cleo@linden.example"


@pytest.mark.parametrize("name", ["", "Berlin", "Europe/Atlantis", "../etc/passwd", "europe/berlin"])
def test_a_time_zone_that_nobody_knows_is_refused(name):
    with pytest.raises(ValidationError, match="not a time zone"):
        validate_time_zone(name)


def test_two_clinics_cannot_share_a_slug(linden):
    with pytest.raises(IntegrityError, match="slug"), transaction.atomic():
        Clinic.objects.create(name="Linden too", slug="linden")


def test_a_role_is_held_once(linden, asha):
    assert refused("membership_once", user=asha, clinic=linden, role=Role.ADMIN)


def test_a_role_that_is_none_is_refused(linden, asha):
    assert refused("membership_role_known", user=asha, clinic=linden, role="owner")


def test_roles_come_with_their_clinics_in_a_stable_order(linden, birch, asha, django_assert_num_queries):
    for clinic, role in ((linden, Role.THERAPIST), (birch, Role.CLIENT)):
        Membership.objects.create(user=asha, clinic=clinic, role=role)

    with django_assert_num_queries(1):
        held = [(one.clinic.name, one.role) for one in Membership.objects.of(asha)]

    assert held == [("Birch", "client"), ("Linden", "admin"), ("Linden", "therapist")]
