"""Nothing of a clinic belongs to an address that nobody has proved to be theirs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alliance_match.accounts.models import Membership, User
from alliance_match.audit.actors import SystemActor
from clients.models import Client, SignUp
from clients.services import sign_up_begin, sign_up_finish, sign_ups_forget


@pytest.fixture
def asked(linden):
    """Nele asked at Linden, and has not opened her link."""
    return sign_up_begin(clinic=linden, name="Nele", email="Nele@Home.example", by=SystemActor.SIGN_UP)


def finish(sign_up, user=None):
    return sign_up_finish(
        sign_up=sign_up, user=user, password="a quiet room", language="de", by=SystemActor.SIGN_UP
    )


def test_asking_makes_neither_account_nor_client(asked):
    assert not User.objects.exists()
    assert not Client.objects.exists()


def test_the_link_makes_a_client_with_an_account_that_is_written_to_in_their_language(asked, linden):
    membership = finish(asked)

    [client] = Client.objects.in_clinic(linden)
    assert (client.name, client.user, client.status) == ("Nele", membership.user, "searching")
    assert (membership.user.email, membership.user.language) == ("nele@home.example", "de")
    assert membership.user.check_password("a quiet room")
    assert membership.user.emailaddress_set.get().verified


def test_the_address_is_forgotten_once_it_is_proved(asked, linden):
    sign_up_begin(clinic=linden, name="Nele again", email="nele@home.example", by=SystemActor.SIGN_UP)
    finish(asked)
    assert not SignUp.objects.exists()


def test_it_locks_all_links_of_the_address_in_one_order_before_anything_else(asked):
    later = sign_up_begin(clinic=asked.clinic, name="Nele again", email=asked.email, by=SystemActor.SIGN_UP)
    with CaptureQueriesContext(connection) as queries:
        finish(later)

    [locking] = [one["sql"] for one in queries if "FOR UPDATE" in one["sql"] and "signup" in one["sql"]]
    assert f"'{asked.email}'" in locking
    assert 'ORDER BY "clients_signup"."id" ASC' in locking


def test_a_second_post_makes_nobody_twice(asked):
    finish(asked)
    with pytest.raises(SignUp.DoesNotExist):
        finish(asked)
    assert Client.objects.count() == 1


def test_an_account_from_elsewhere_is_used_and_stays_where_it_was(asked, birch, bruno):
    finish(asked, user=bruno)
    roles = Membership.objects.filter(user=bruno).values_list("clinic__slug", "role")
    assert set(roles) == {("birch", "admin"), ("linden", "client")}


def test_who_is_a_client_here_already_stays_the_same_one(linden, cleo):
    finish(
        sign_up_begin(clinic=linden, name="Another name", email=cleo.user.email, by=SystemActor.SIGN_UP),
        user=cleo.user,
    )
    assert Client.objects.in_clinic(linden).get().name == "Cleo"


def test_after_three_days_the_address_is_forgotten(asked):
    assert sign_ups_forget(by=SystemActor.WORKER) == 0
    SignUp.objects.update(requested_at=timezone.now() - timedelta(days=3, minutes=1))
    assert sign_ups_forget(by=SystemActor.WORKER) == 1
