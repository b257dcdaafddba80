"""A statement that is compiled once gives the rows of a queryset, each time for who asks."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alliance_match.accounts.models import Membership, Role
from alliance_match.accounts.prepared_rows import Given, GivenKeys, PreparedRows
from clients.models import Client
from tests.cast import make_member
from therapists.models import Therapist

pytestmark = pytest.mark.django_db


@pytest.fixture
def users(linden, birch):
    return [make_member(linden, "Ida", Role.ADMIN), make_member(birch, "Udo", Role.ADMIN)]


@pytest.fixture
def members():
    return PreparedRows(lambda: Membership.objects.of(Given("user")))


@pytest.fixture
def therapists():
    return PreparedRows(lambda: Therapist.objects.filter(pk=GivenKeys("keys")).order_by("pk"))


def test_each_who_asks_gets_their_own_rows(members, users):
    for user in users:
        found = members(user=user.pk)
        assert found == list(Membership.objects.of(user)) != []
        assert {one.user for one in found} == {user}


def test_it_is_put_together_once_and_asked_each_time(users, django_assert_num_queries):
    built = []

    def build():
        built.append(1)
        return Membership.objects.of(Given("user"))

    members = PreparedRows(build)
    with django_assert_num_queries(2):
        for user in users:
            members(user=user.pk)
    assert built == [1]


def test_what_changed_meanwhile_is_there(therapists, mara):
    assert therapists(keys=[mara.pk])[0].name == mara.name
    Therapist.objects.filter(pk=mara.pk).update(name="Mara Berg")
    assert therapists(keys=[mara.pk])[0].name == "Mara Berg"


def test_there_may_be_several_keys_or_none(therapists, mara, jonas):
    assert therapists(keys=[jonas.pk, mara.pk]) == [mara, jonas]
    assert therapists(keys=[]) == []
    assert (therapists.first(keys=[jonas.pk, mara.pk]), therapists.first(keys=[])) == (mara, None)


def test_values_are_given_as_by_the_queryset(mara):
    names = PreparedRows(lambda: Therapist.objects.filter(pk=Given("key")).values_list("pk", "clinic__slug"))
    assert names(key=mara.pk) == [(mara.pk, mara.clinic.slug)]


def test_a_value_that_is_not_told_is_an_error(members):
    with pytest.raises(KeyError):
        members()


def test_no_moment_may_stay(mara):
    late = PreparedRows(lambda: Client.objects.filter(created_at__lt=timezone.now() - timedelta(days=1)))
    with pytest.raises(ValueError, match="stay the same"):
        late()


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_on_its_own_connection(therapists, mara):
    therapists(keys=[])
    found = []

    def ask():
        with connection.cursor():
            found.append((connection.connection.info.backend_pid, therapists(keys=[mara.pk])))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    ((pid, rows),) = found
    assert rows == [mara]
    assert pid != connection.connection.info.backend_pid
