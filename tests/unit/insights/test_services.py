"""A release …"""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from alliance_match.audit.actors import SystemActor
from alliance_match.insights.models import Release
from alliance_match.insights.services import releases_make
from clients.models import Client, Consent, Purpose
from surveys.services import rating_withdraw
from tests.unit.insights.conftest import withdraw


def test_it_is_not_made_from_nine_clients(cast):
    cast.raters(cast.therapist(), 9)
    assert releases_make(clinic=cast.clinic, by=SystemActor.WORKER) == []


def test_it_is_made_from_ten_clients(cast):
    therapist = cast.therapist()
    cast.raters(therapist, 10)
    (release,) = releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    assert (release.therapist, release.number, release.clients) == (therapist, 1, 10)
    assert release.figures["established"]["share"] == 7


def test_it_says_the_number_of_clients_rounded_down_to_five(cast):
    cast.raters(cast.therapist(), 14)
    assert releases_make(clinic=cast.clinic, by=SystemActor.WORKER)[0].clients == 10


def test_it_is_made_once(cast):
    cast.raters(cast.therapist(), 10)
    releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    assert releases_make(clinic=cast.clinic, by=SystemActor.WORKER) == []
    assert Release.objects.count() == 1


def test_it_counts_a_client_once_however_often_they_came(cast):
    therapist = cast.therapist()
    for client in cast.raters(therapist, 9):
        cast.rate(client, therapist, episode=2)
    assert releases_make(clinic=cast.clinic, by=SystemActor.WORKER) == []


def test_it_counts_only_clients_who_agreed_to_figures(cast):
    therapist = cast.therapist()
    cast.raters(therapist, 9)
    cast.raters(therapist, 5, purposes=(Purpose.MATCHING, Purpose.CARE))
    assert releases_make(clinic=cast.clinic, by=SystemActor.WORKER) == []


@pytest.mark.parametrize("change", [{"total": None}, {"number": 1}, {"number": 5}])
def test_it_counts_only_ratings_of_session_three(cast, change):
    therapist = cast.therapist()
    cast.raters(therapist, 9)
    cast.rate(cast.client(Purpose.STATISTICS), therapist, **change)
    assert releases_make(clinic=cast.clinic, by=SystemActor.WORKER) == []


def test_it_counts_no_rating_that_was_taken_back(cast):
    therapist = cast.therapist()
    cast.raters(therapist, 9)
    rating_withdraw(rating=cast.rate(cast.client(Purpose.STATISTICS), therapist), by=SystemActor.COMMAND)
    assert releases_make(clinic=cast.clinic, by=SystemActor.WORKER) == []


def test_it_counts_the_clients_of_each_therapist_apart(cast):
    for _ in range(3):
        cast.raters(cast.therapist(), 9)
    assert releases_make(clinic=cast.clinic, by=SystemActor.WORKER) == []


def test_it_leaves_other_clinics_alone(cast, other_clinic):
    other_clinic.raters(other_clinic.therapist(), 10)
    assert releases_make(clinic=cast.clinic, by=SystemActor.WORKER) == []
    assert len(releases_make(clinic=other_clinic.clinic, by=SystemActor.WORKER)) == 1


def test_the_next_one_waits_for_five_new_clients(cast):
    therapist = cast.therapist()
    cast.raters(therapist, 10)
    releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    cast.raters(therapist, 4)
    assert releases_make(clinic=cast.clinic, by=SystemActor.WORKER) == []
    cast.raters(therapist, 1)
    (release,) = releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    assert (release.number, release.clients) == (2, 15)


def test_the_next_one_does_not_count_known_clients_as_new(cast):
    therapist = cast.therapist()
    clients = cast.raters(therapist, 12)
    releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    for client in clients[:6]:
        withdraw(client)
    assert releases_make(clinic=cast.clinic, by=SystemActor.WORKER) == []
    for client in clients[:6]:
        Consent.objects.create(client=client, purpose=Purpose.STATISTICS)
    assert releases_make(clinic=cast.clinic, by=SystemActor.WORKER) == []


def test_the_next_one_counts_new_clients_also_where_others_left(cast):
    therapist = cast.therapist()
    clients = cast.raters(therapist, 12)
    releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    for client in clients[:3]:
        withdraw(client)
    cast.raters(therapist, 5)
    assert [release.number for release in releases_make(clinic=cast.clinic, by=SystemActor.WORKER)] == [2]


def test_the_next_one_needs_ten_clients_again(cast):
    therapist = cast.therapist()
    for client in cast.raters(therapist, 10)[:6]:
        releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
        withdraw(client)
    cast.raters(therapist, 5)
    assert releases_make(clinic=cast.clinic, by=SystemActor.WORKER) == []


def test_it_stays_as_it_is_when_a_consent_is_withdrawn(cast):
    clients = cast.raters(cast.therapist(), 10)
    (release,) = releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    withdraw(clients[0])
    assert releases_make(clinic=cast.clinic, by=SystemActor.WORKER) == []
    assert Release.objects.get().figures == release.figures


def test_it_stays_as_it_is_when_a_client_is_erased(cast):
    clients = cast.raters(cast.therapist(), 10)
    (release,) = releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    Client.objects.filter(pk=clients[0].pk).delete()
    assert releases_make(clinic=cast.clinic, by=SystemActor.WORKER) == []
    left = Release.objects.get()
    assert (left.figures, left.clients) == (release.figures, 10)
    assert left.contributors.count() == 9


def test_it_cannot_be_changed(cast):
    cast.raters(cast.therapist(), 10)
    (release,) = releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(clients=15)


def test_it_goes_with_its_therapist(cast):
    therapist = cast.therapist()
    clients = cast.raters(therapist, 10)
    releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    Client.objects.filter(pk__in=[client.pk for client in clients]).delete()
    therapist.delete()
    assert not Release.objects.exists()


def test_it_borrows_from_colleagues_only_where_ten_clients_stand_behind_them(cast):
    def share():
        Release.objects.all().delete()
        return releases_make(clinic=cast.clinic, by=SystemActor.WORKER)[0].figures["established"]["share"]

    therapist, colleague = cast.therapist(), cast.therapist()
    cast.raters(therapist, 10, total=80)
    cast.raters(colleague, 9, total=20)
    alone = share()
    cast.raters(colleague, 1, total=20)
    assert share() < alone


def test_it_says_answers_and_early_dropouts_rounded(cast):
    therapist = cast.therapist()
    cast.raters(therapist, 12)
    for _ in range(8):
        cast.session(cast.client(Purpose.STATISTICS), therapist)
    for _ in range(4):
        cast.session(cast.client(Purpose.STATISTICS), therapist, number=2)
    for ends in range(7):
        left = cast.session(cast.client(Purpose.STATISTICS), therapist, number=1 + ends % 2).episode
        left.ended_on = "2026-01-01"
        left.save()
    (release,) = releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    assert (release.figures["answered"], release.figures["left_early"]) == (6, 5)


def test_it_says_fewer_than_five_early_dropouts_as_none(cast):
    therapist = cast.therapist()
    cast.raters(therapist, 10)
    left = cast.session(cast.client(Purpose.STATISTICS), therapist, number=1).episode
    left.ended_on = "2026-01-01"
    left.save()
    assert releases_make(clinic=cast.clinic, by=SystemActor.WORKER)[0].figures["left_early"] == 0


def test_it_is_unknown_to_clients_without_consent_in_every_figure(cast):
    therapist = cast.therapist()
    cast.raters(therapist, 10)
    (before,) = releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    Release.objects.all().delete()
    cast.raters(therapist, 20, total=10, purposes=(Purpose.CARE,))
    for _ in range(20):
        cast.session(cast.client(), therapist)
    assert releases_make(clinic=cast.clinic, by=SystemActor.WORKER)[0].figures == before.figures


def test_it_takes_no_more_queries_for_more_clients(cast, other_clinic):
    def queries(of, clients):
        of.raters(of.therapist(), clients)
        with CaptureQueriesContext(connection) as caught:
            assert len(releases_make(clinic=of.clinic, by=SystemActor.WORKER)) == 1
        return len(caught)

    assert queries(cast, 10) == queries(other_clinic, 40)
