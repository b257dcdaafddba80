"""Signing up where a clinic is open to all: by a link in one's own mail, and saying nothing to strangers."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as site
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from alliance_match.accounts.services import admin_add
from clients.models import Client, SignUp
from clients.services import sign_up_finish
from clients.views import sign_ups

JOIN = "/join/linden/"
NELE = {"name": "Nele", "email": "nele@home.example"}
PASSWORD = {"password": "a quiet room of paper"}


@pytest.fixture
def open_linden(linden):
    """Linden, open to all."""
    linden.open_to_all = True
    linden.save()
    return linden


@pytest.fixture
def link(client, open_linden, mailoutbox):
    """A function that asks for an account and gives the link that was mailed."""

    def link(**changes):
        client.post(JOIN, NELE | changes)
        return re.search(rf"{site.SITE_URL}(\S+)", mailoutbox[-1].body)[1]

    return link


@pytest.mark.parametrize("page", ["join", "join_sent"])
def test_a_clinic_that_invites_is_not_there_for_strangers(client, linden, page):
    assert client.get(reverse(page, args=["linden"])).status_code == 404


def test_the_crisis_line_stands_on_the_first_page(client, open_linden):
    assert "0800 000 000" in client.get(JOIN).text


def test_the_mail_speaks_the_language_of_the_page(client, open_linden, mailoutbox):
    client.cookies["django_language"] = "de"
    client.post(JOIN, NELE)
    assert mailoutbox[0].subject == "Ihr Zugang"
    assert "Guten Tag" in mailoutbox[0].body


def test_a_stranger_comes_in_by_the_link_and_is_led_to_the_first_question(client, link):
    address = link()
    assert client.get(address).status_code == 200
    answer = client.post(address, PASSWORD, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("consents")
    assert Client.objects.get().name == "Nele"


def test_what_is_said_is_the_same_for_addresses_that_are_known(client, open_linden, cleo, mailoutbox):
    answers = [client.post(JOIN, NELE | {"email": email}) for email in (cleo.user.email, "x@y.example")]
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, "/join/linden/sent/")}
    bodies = {re.sub(r"http\S+", "", mail.body) for mail in mailoutbox}
    assert len(mailoutbox) == 2
    assert len(bodies) == 1


def test_the_mail_says_nothing_about_anybody(link, mailoutbox):
    said = f"{link()}{mailoutbox[-1].subject}{mailoutbox[-1].body}".lower()
    for word in ("nele", "linden", "therap", "client", "home.example"):
        assert word not in said


def test_the_owner_of_an_account_logs_in_first(link, cleo, birch, bruno, log_in):
    address = link(email=bruno.email)
    page = Browser().get(address)
    assert "Log in with it" in page.text
    assert Browser().post(address, PASSWORD).status_code == 200
    assert not Client.objects.filter(user=bruno).exists()


def test_the_owner_of_an_account_says_yes_and_is_a_client_here(link, bruno, log_in):
    address = link(email=bruno.email)
    browser = log_in(bruno)
    assert "Become a client of Linden" in browser.get(address).text
    browser.post(address)
    assert Client.objects.get(user=bruno).clinic.slug == "linden"


def test_somebody_elses_log_in_takes_no_place(link, bruno, as_client):
    address = link(email=bruno.email)
    assert "somebody else is logged in" in as_client.get(address).text
    as_client.post(address)
    assert not Client.objects.filter(user=bruno).exists()


@pytest.mark.parametrize("token", ["1:forged", "nonsense", "1:", "%00"])
def test_a_forged_link_is_not_there(client, link, token):
    link()
    assert client.get(f"/welcome/{token}/").status_code == 404


def test_a_used_link_says_so(client, link):
    address = link()
    client.post(address, PASSWORD)
    answer = Browser().get(address)
    assert answer.status_code == 410
    assert "works no more" in answer.text


def test_a_link_works_for_three_days(client, link):
    address = link()
    SignUp.objects.update(requested_at=timezone.now() - timedelta(days=3))
    assert client.post(address, PASSWORD).status_code == 410


def test_a_link_works_no_more_where_the_clinic_admits_nobody(client, link, open_linden):
    address = link()
    open_linden.open_to_all = False
    open_linden.save()
    assert client.get(address).status_code == 410


@pytest.mark.parametrize("password", ["", "short", "password1234"])
def test_a_weak_password_is_refused_beside_the_field(client, link, password):
    answer = client.post(link(), {"password": password})
    assert answer.status_code == 422
    assert answer.context["form"].errors["password"]
    assert not Client.objects.exists()


@pytest.mark.parametrize(
    ("field", "given"), [("name", ""), ("name", "🙂"), ("email", "nele"), ("email", ""), ("name", "n" * 121)]
)
def test_what_is_missing_or_wrong_is_said_beside_the_field(client, open_linden, field, given):
    answer = client.post(JOIN, NELE | {field: given})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not SignUp.objects.exists()


def test_many_posts_for_one_address_are_slowed_down(client, open_linden, mailoutbox):
    codes = [client.post(JOIN, NELE).status_code for _ in range(5)]
    assert codes == [302, 302, 302, 429, 429]
    assert len(mailoutbox) == 3


def test_a_mail_server_that_is_away_is_said(client, open_linden, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = client.post(JOIN, NELE)
    assert answer.status_code == 422
    assert "could not be sent" in answer.text


def test_the_first_page_leads_to_clinics_that_are_open(client, open_linden, birch):
    page = client.get("/").text
    assert JOIN in page
    assert "birch" not in page


def test_a_password_too_long_to_hash_soon_is_refused(client, link):
    answer = client.post(link(), {"password": "a quiet room " * 10})

    assert "at most 128" in answer.context["form"].errors["password"][0]
    assert not Client.objects.exists()


def test_the_demo_shows_the_link_that_it_mails_to_nobody(client, link):
    address = link()
    assert address in client.get("/join/linden/sent/").text


def test_outside_the_demo_only_the_mail_has_the_link(client, link, settings):
    settings.DEMO = False
    assert link() not in client.get("/join/linden/sent/").text


def test_the_link_bears_the_sites_own_name_whatever_it_was_asked_for_by(client, open_linden, mailoutbox):
    client.post(JOIN, NELE, headers={"host": "testserver:4711"})

    assert site.SITE_URL in mailoutbox[0].body
    assert "4711" not in mailoutbox[0].body


def test_nobody_becomes_a_client_where_they_work(client, link, mara, log_in):
    address = link(email=mara.user.email)
    for browser in (client, log_in(mara.user)):
        for answer in (browser.get(address), browser.post(address, PASSWORD)):
            assert answer.status_code == 409
            assert "your colleagues would read your answers" in answer.text
    assert not Client.objects.filter(user=mara.user).exists()


def test_a_second_address_of_somebody_known_is_theirs(client, link, cleo):
    EmailAddress.objects.create(user=cleo.user, email=NELE["email"], verified=True, primary=False)
    assert "You have an account" in client.get(link()).text


def test_whoever_is_made_staff_meanwhile_becomes_no_client(client, link, asha, linden, monkeypatch):
    address = link()

    def late(**given):
        admin_add(clinic=linden, email=NELE["email"], name="Nele", by=asha)
        return sign_up_finish(**given)

    monkeypatch.setattr(sign_ups, "sign_up_finish", late)
    assert client.post(address, PASSWORD).status_code == 409
