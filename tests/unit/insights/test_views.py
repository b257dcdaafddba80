"""The page of one's own alliance …"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alliance_match.accounts.models import Membership, Role, User
from alliance_match.audit.actors import SystemActor
from alliance_match.insights.models import Release
from alliance_match.insights.selectors import clients_needed, own_alliance, preference_row
from alliance_match.insights.services import releases_make
from clients.models import Purpose
from surveys.services import rating_withdraw
from tests.cast import make_check_in, make_episode
from tests.unit.insights.conftest import withdraw


@pytest.fixture
def page(client):
    """The page as a user sees it."""

    def get(user):
        client.force_login(user)
        return client.get(reverse("my_alliance"))

    return get


def figures_of(response):
    """What stands in the context, whatever the template makes of it."""
    return {name: response.context[name] for name in ("release", "established", "trend", "fit_profile")}


def test_it_shows_the_newest_release(cast, page):
    therapist = cast.therapist()
    cast.raters(therapist, 12)
    releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    response = page(therapist.user)
    assert response.status_code == 200
    assert response.context["release"].clients == 10
    assert response.context["established"].share == 7
    assert "7 in 10 of your clients" in response.text


def test_it_stays_the_same_when_a_client_withdraws(cast, page):
    therapist = cast.therapist()
    clients = cast.raters(therapist, 10)
    releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    before = figures_of(page(therapist.user))
    withdraw(clients[0])
    clients[1].delete()
    releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    assert figures_of(page(therapist.user)) == before


def test_it_shows_releases_as_a_trend_oldest_first(cast):
    therapist = cast.therapist()
    cast.raters(therapist, 10, total=20)
    releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    cast.raters(therapist, 30, total=90)
    releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    shown = own_alliance(therapist)
    first, newest = (point.value for point in shown.trend)
    assert first < newest == shown.established.share
    assert shown.release.clients == 40


def test_it_shows_nobody_elses_release(cast, page):
    therapist, colleague = cast.therapist(), cast.therapist()
    cast.raters(colleague, 10)
    releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    response = page(therapist.user)
    assert response.context["release"] is None
    assert response.context["trend"] == ()


def test_it_does_not_exist_without_a_profile_in_the_clinic_of_the_role(cast, other_clinic, page):
    therapist = cast.therapist()
    Membership.objects.filter(user=therapist.user).update(clinic=other_clinic.clinic)
    assert page(therapist.user).status_code == 404


@pytest.mark.parametrize("role", [Role.ADMIN, Role.CLIENT])
def test_it_does_not_exist_for_other_roles(cast, page, role):
    therapist = cast.therapist()
    Membership.objects.filter(user=therapist.user).update(role=role)
    assert page(therapist.user).status_code == 404


def test_it_does_not_exist_for_a_therapist_without_a_profile(cast, page):
    user = User.objects.create_user("nobody@clinic.test")
    Membership.objects.create(user=user, clinic=cast.clinic, role=Role.THERAPIST)
    assert page(user).status_code == 404


def test_it_asks_for_a_log_in(db, client):
    response = client.get(reverse("my_alliance"))
    assert response.status_code == 302
    assert "login" in response["Location"]


@pytest.mark.parametrize("clients", [0, 10, 40])
def test_it_takes_few_queries_and_none_of_them_for_the_estimator(cast, client, clients):
    therapist = cast.therapist()
    cast.raters(therapist, clients)
    releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
    assert Release.objects.exists() is (clients > 0)
    client.force_login(therapist.user)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse("my_alliance")).status_code == 200
    asked = " ".join(query["sql"] for query in queries)
    reading = [query for query in queries if re.match("SELECT", query["sql"])]
    assert len(reading) <= 12
    assert "modelsnapshot" not in asked
    assert all("wants_to_talk" in query["sql"] for query in reading if "alliancerating" in query["sql"])


def test_it_says_the_same_before_the_first_release_whoever_has_rated(cast, page):
    therapist = cast.therapist()
    for _ in range(8):
        cast.session(cast.client(), therapist)
    quiet = page(therapist.user).context["needed"]
    therapist_rated = cast.therapist()
    cast.raters(therapist_rated, 8)
    assert page(therapist_rated.user).context["needed"] == quiet


@pytest.mark.parametrize(
    ("met", "words"), [(0, "about ten"), (4, "about ten"), (5, "about five"), (8, "a few"), (40, "a few")]
)
def test_it_says_roughly_how_many_clients_are_missing(met, words):
    assert clients_needed(met) == f"{words} more clients"


@pytest.mark.parametrize(
    ("low", "mean", "high", "words"),
    [
        (0.5, 4.0, 7.5, "Clients who want structure formed a bond with you faster."),
        (-7.5, -4.0, -0.5, "Clients who like to find the way as they go formed a bond with you faster."),
        (0.0, 4.0, 8.0, "cannot be told yet"),
        (-1.0, 0.0, 1.0, "cannot be told yet"),
    ],
)
def test_it_says_with_whom_bonds_form_faster_only_where_that_can_be_shown(low, mean, high, words):
    assert preference_row("structure", low, mean, high).words == words


@pytest.mark.parametrize(
    ("extras", "words"),
    [
        ({"wants_to_talk": True}, "Would like to talk"),
        ({"shared_with_therapist": True}, "80 of 100"),
        ({"comment": "You were late.", "comment_reader": "therapist"}, "You were late."),
    ],
)
def test_what_a_client_chose_to_tell_is_shown(mara, cleo, as_therapist, extras, words):
    make_check_in(make_episode(cleo, mara).sessions.get(number=3), 8, **extras)
    assert words in as_therapist.get(reverse("my_alliance")).content.decode()


@pytest.mark.parametrize("extras", [{}, {"comment": "You were late.", "comment_reader": "nobody"}])
def test_what_a_client_kept_is_not_shown(mara, cleo, as_therapist, extras):
    make_check_in(make_episode(cleo, mara).sessions.get(number=3), 8, **extras)
    page = as_therapist.get(reverse("my_alliance")).content.decode()
    assert "chose to tell you" not in page
    assert "You were late" not in page


def test_what_was_shown_is_taken_back_with_the_consent_to_share(mara, cleo, as_therapist):
    make_check_in(make_episode(cleo, mara).sessions.get(number=3), 8, wants_to_talk=True)
    cleo.consents.filter(purpose=Purpose.SHARE).update(withdrawn_at=timezone.now())
    assert "chose to tell you" not in as_therapist.get(reverse("my_alliance")).content.decode()


def test_the_figure_of_a_withdrawn_rating_is_not_shown(mara, cleo, as_therapist):
    response = make_check_in(make_episode(cleo, mara).sessions.get(number=3), 8, shared_with_therapist=True)
    rating_withdraw(rating=response.alliance_rating, by=SystemActor.COMMAND)
    assert "80 of 100" not in as_therapist.get(reverse("my_alliance")).content.decode()


def test_what_was_shown_to_a_colleague_is_not_shown(mara, jonas, cleo, as_therapist):
    make_check_in(make_episode(cleo, jonas).sessions.get(number=3), 8, wants_to_talk=True)
    assert "chose to tell you" not in as_therapist.get(reverse("my_alliance")).content.decode()
