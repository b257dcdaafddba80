"""Logging in speaks our own words, and tells nobody's address."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.messages import get_messages
from django.template.loader import render_to_string
from django.utils import translation

from tests.unit.accounts.test_views import PASSWORD

ADDRESS = "cleo@linden.example"
MESSAGES = [
    "cannot_delete_primary_email",
    "email_confirmation_failed",
    "email_confirmation_sent",
    "email_confirmed",
    "email_deleted",
    "logged_in",
    "logged_out",
    "password_changed",
    "password_set",
    "primary_email_set",
    "unverified_primary_email",
]
OPEN = ["/account/login/", "/account/password/reset/", "/account/confirm-email/", "/account/inactive/"]
INSIDE = ["/account/email/", "/account/password/set/"]


@pytest.mark.parametrize("name", MESSAGES)
def test_no_message_repeats_an_address(name, cleo):
    words = {"email": ADDRESS, "user": cleo.user}

    said = render_to_string(f"account/messages/{name}.txt", words)

    assert ADDRESS not in said
    assert "Cleo" not in said
    assert not re.search("uccessfully|verified|verify|sign", said)


def test_logging_in_leaves_no_message(client, cleo):
    cleo.user.set_password(PASSWORD)
    cleo.user.save()

    answer = client.post("/account/login/", {"login": ADDRESS, "password": PASSWORD})

    assert answer.status_code == 302
    assert "messages" not in client.cookies
    assert not list(get_messages(answer.wsgi_request))


def test_a_wrong_password_is_told_kindly(client, cleo):
    page = client.post("/account/login/", {"login": ADDRESS, "password": "wrong"}).content.decode()

    assert "E-mail address and password do not fit together" in page
    assert "you specified" not in page


def words_of(page):
    """What is read of a page: its text, without the tags."""
    return re.sub(r"<[^>]*>", " ", re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL))


@pytest.mark.parametrize("path", OPEN + INSIDE)
def test_a_page_says_e_mail_in_one_way_and_repeats_no_label(path, client, as_client, cleo):
    EmailAddress.objects.create(user=cleo.user, email=ADDRESS, primary=True, verified=False)
    page = (as_client if path in INSIDE else client).get(path).content.decode()

    assert "placeholder" not in page
    assert not re.search(r"\b[Ee]mail", words_of(page))


@pytest.mark.parametrize(
    "path", ["/account/password/reset/key/a-nothing/", "/account/confirm-email/nothing/"]
)
def test_a_link_that_has_run_out_leads_on(path, client, db):
    page = client.get(path).content.decode()

    assert "This link no longer works" in page
    assert 'class="button primary"' in page
    assert not re.search(r"\b[Ee]mail|oken", words_of(page))


def test_whoever_has_no_account_is_told_whom_to_ask(client, db):
    page = client.get("/account/login/").text
    assert "No account yet?" in page
    assert "or ask your clinic" in page


@pytest.mark.parametrize("demo", [True, False])
def test_after_asking_for_a_link_one_finds_back(client, db, settings, demo):
    settings.DEMO = demo

    page = client.get("/account/password/reset/done/").content.decode()

    assert 'href="/account/login/"' in page
    assert ("web.log" in page) is demo


@pytest.mark.parametrize(
    ("language", "greeting", "end"),
    [
        ("en", "Hello,", "your password stays as it is."),
        ("de", "Guten Tag,", "Ihr Passwort bleibt, wie es ist."),
    ],
)
def test_the_mail_with_a_link_speaks_our_words_in_the_language_of_the_page(
    client, cleo, mailoutbox, language, greeting, end
):
    client.cookies["django_language"] = language

    client.post("/account/password/reset/", {"email": cleo.user.email})

    [mail] = mailoutbox
    assert mail.body.startswith(greeting)
    assert f"{end}\n" in mail.body


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_mail_to_an_unknown_address_and_one_to_confirm_are_ours(language):
    links = {"activate_url": "https://linden.example/x/"}
    with translation.override(language):
        for name in ("unknown_account", "email_confirmation"):
            said = render_to_string(f"account/email/{name}_message.txt", links)
            assert said.startswith({"en": "Hello,", "de": "Guten Tag,"}[language])
            assert not re.search(r"\b([Dd]u|[Dd]eine?|email)\b", said)
