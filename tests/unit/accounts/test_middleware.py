"""A request speaks for one role: the one chosen last, while it is still held."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from alliance_match.accounts.models import Membership, Role


@pytest.fixture
def both(asha, linden):
    """Asha is a therapist as well: her memberships, admin first."""
    Membership.objects.create(user=asha, clinic=linden, role=Role.THERAPIST)
    return list(Membership.objects.of(asha))


def role_of(browser):
    return browser.get("/").wsgi_request.membership.role


def choose(browser, membership_id):
    return browser.post("/role/", {"membership": membership_id})


def test_the_first_role_held_is_in_use_at_first(as_admin, both):
    assert role_of(as_admin) == Role.ADMIN


def test_a_role_chosen_stays_in_use(as_admin, both):
    choose(as_admin, both[1].pk)

    assert role_of(as_admin) == Role.THERAPIST
    assert as_admin.get("/roster/").status_code == 404


def test_a_role_taken_away_opens_nothing(as_admin, asha):
    assert as_admin.get("/roster/").status_code == 200

    asha.memberships.all().delete()

    assert as_admin.get("/roster/").status_code == 404
    assert as_admin.get("/start/").status_code == 403


def test_a_chosen_role_taken_away_falls_back_to_one_still_held(as_admin, both):
    choose(as_admin, both[1].pk)

    both[1].delete()

    assert role_of(as_admin) == Role.ADMIN


def test_somebody_made_inactive_is_logged_out(as_admin, asha):
    asha.is_active = False
    asha.save()

    assert as_admin.get("/roster/").status_code == 302


def test_somebody_elses_role_cannot_be_chosen(as_admin, bruno):
    answer = choose(as_admin, bruno.memberships.get().pk)

    assert answer.status_code == 404
    assert role_of(as_admin) == Role.ADMIN


@pytest.mark.parametrize("wanted", ["", "0", "-1", "9" * 18, "9" * 5000, "\x00", "²", "1; DROP", "٣"])
def test_a_role_that_is_none_cannot_be_chosen(as_admin, wanted):
    assert choose(as_admin, wanted).status_code == 404


def test_nobody_logged_in_has_no_role(client, db):
    assert not client.get("/").wsgi_request.membership


def test_an_open_page_asks_the_database_nothing(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/health/live")


def test_a_session_is_written_once_a_minute_and_goes_on(as_admin, time_machine):
    time_machine.move_to("2026-03-02 12:00Z", tick=False)
    ends = []
    for seconds in (0, 59, 1):
        time_machine.shift(seconds)
        as_admin.get("/start/")
        ends.append(Session.objects.get().expire_date)

    assert ends[0] == ends[1] == ends[2] - timedelta(seconds=60)


def test_a_session_that_is_not_used_ends(as_admin, time_machine):
    time_machine.move_to("2026-03-02 12:00Z", tick=False)
    as_admin.get("/start/")
    time_machine.shift(29 * 60)
    assert as_admin.get("/start/").url == "/roster/"
    time_machine.shift(31 * 60)
    assert as_admin.get("/start/").url.startswith("/account/login/")


def test_a_closed_account_is_nobody(as_admin, asha):
    asha.is_active = False
    asha.save()

    assert as_admin.get("/roster/").url.startswith("/account/login/")


def test_somebody_without_a_role_is_still_somebody(as_admin, asha):
    asha.memberships.all().delete()

    assert as_admin.get("/account/email/").status_code == 200
