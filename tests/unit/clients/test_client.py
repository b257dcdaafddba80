"""Clients, and what each of them agreed to."""

import datetime

import pytest
from django.utils import timezone

from clients.models import Client, Consent, Purpose
from tests.cast import make_client, refuses


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("client_code_once", {"code": "cleo"}),
        ("client_has_code", {"code": ""}),
        ("client_status_known", {"status": "lost"}),
    ],
)
def test_the_database_refuses_it(linden, cleo, constraint, fields):
    refuses(constraint, Client.objects.create, **({"clinic": linden, "code": "someone"} | fields))


def test_one_person_is_one_client_in_a_clinic(linden, cleo):
    refuses("client_user_once", Client.objects.create, clinic=linden, code="twin", user=cleo.user)


def test_many_clients_need_no_log_in(linden):
    assert {make_client(linden, name).user for name in ("Ida", "Kai")} == {None}


def test_a_client_without_a_name_is_called_by_code():
    assert str(Client(code="C-7")) == "C-7"
    assert str(Client(code="C-7", name="Cleo")) == "Cleo"


@pytest.mark.parametrize(
    ("status", "seeks"), [("searching", True), ("waiting", True), ("in_care", False), ("ended", False)]
)
def test_suggestions_are_kept_for_whoever_is_seeking(linden, status, seeks):
    make_client(linden, "Ida", status=status)

    assert Client.objects.seeking().exists() == seeks


def test_an_intake_is_read_in_one_go(cleo, wim, django_assert_num_queries):
    with django_assert_num_queries(2):
        wants = [
            (hasattr(one, "intake"), len(one.style_preferences.all()))
            for one in Client.objects.with_intake().order_by("code")
        ]

    assert wants == [(True, 4), (False, 0)]


def test_a_consent_is_in_force_once(cleo):
    refuses("consent_in_force_once", cleo.consents.create, purpose=Purpose.MATCHING)


def test_a_withdrawn_consent_is_kept_beside_a_new_one(cleo):
    cleo.consents.filter(purpose=Purpose.MATCHING).update(withdrawn_at=timezone.now())
    again = cleo.consents.create(purpose=Purpose.MATCHING)

    assert cleo.consents.filter(purpose=Purpose.MATCHING).count() == 2
    assert list(Consent.objects.in_force(Purpose.MATCHING)) == [again]


def test_each_purpose_is_agreed_to_on_its_own(linden):
    make_client(linden, "Ida", consents=[Purpose.CARE])

    assert not Consent.objects.in_force(Purpose.MATCHING).exists()


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("consent_purpose_known", {"purpose": "adverts"}),
        (
            "consent_withdrawn_after_granted",
            {"purpose": "care", "withdrawn_at": timezone.now() - datetime.timedelta(days=1)},
        ),
    ],
)
def test_the_database_refuses_a_consent(wim, constraint, fields):
    refuses(constraint, wim.consents.create, **fields)
