"""Wherever a client writes, danger is heard: a new field is named here, with the post that proves it."""

import re
from importlib import import_module
from pkgutil import iter_modules
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django import forms
from django.urls import reverse
from rest_framework import serializers

from alliance_match.accounts.models import Clinic, Membership, Role
from alliance_match.api_urls import urlpatterns as api_routes
from alliance_match.audit.actors import SystemActor
from alliance_match.safety import hearing
from alliance_match.safety.hearing import NOT_HEARD
from alliance_match.safety.models import RiskAlert
from clients.models import Consent, Intake, Introduction, SignUp
from surveys.links import kiosk_token, link_token
from surveys.models import Note, Response
from surveys.services import invitation_get_or_create
from tests.cast import ITEMS

pytestmark = pytest.mark.django_db
TEXT = "I want to kill myself tonight."
PANEL = "/somebody-now/"
ALL_EIGHT = dict.fromkeys(ITEMS, "8")

# Where a client writes, field by field.
HEARD = {
    "clients.forms.ConcernsForm.about",
    "clients.forms.PastCareForm.helped_before",
    "clients.forms.IntroductionRequestForm.note",
    "clients.forms.SignUpForm.name",
    "surveys.forms.CheckInForm.comment",
    "surveys.forms.NoteForm.text",
    "surveys.api.CheckInSerializer.comment",
}
OF_STAFF = {
    "alliance_match.accounts.forms.AdminForm.name",
    "alliance_match.accounts.forms.ClinicForm.name",
    "alliance_match.accounts.forms.ClinicForm.crisis_line",
    "alliance_match.accounts.forms.ClinicForm.crisis_text",
    "alliance_match.accounts.forms.ClinicForm.emergency_number",
    "alliance_match.safety.forms.RiskAlertCloseForm.note",
    "surveys.forms.BringForm.licence_number",
    "surveys.forms.BringForm.rights_holder",
    "surveys.forms.DeclarationForm.licence_number",
    "surveys.forms.DeclarationForm.rights_holder",
}
FORMS = ("alliance_match.accounts.forms", "alliance_match.safety.forms", "clients.forms", "surveys.forms")
VIEWS: list[Any] = [vars(route.callback)["cls"] for route in api_routes]
APIS = {view.__module__ for view in VIEWS if hasattr(view, "post")}


def modules_of(name):
    """A module, and those in it where it is a package."""
    module = import_module(name)
    within = iter_modules(getattr(module, "__path__", ()))
    return [module, *(import_module(f"{name}.{one.name}") for one in within)]


def is_free_text(field):
    if isinstance(field, serializers.CharField):
        return not field.read_only and not isinstance(field, serializers.ChoiceField)
    taken = isinstance(field, forms.CharField) and not isinstance(field, forms.EmailField)
    return taken and not isinstance(field.widget, forms.HiddenInput | forms.PasswordInput)


def free_texts():
    """Every field of ours in which anything may be written."""
    for name in (*FORMS, *APIS):
        for module in modules_of(name):
            for form in vars(module).values():
                if isinstance(form, type) and form.__module__ == module.__name__:
                    fields = getattr(form, "base_fields", None) or getattr(form, "_declared_fields", {})
                    written = [key for key, field in fields.items() if is_free_text(field)]
                    yield from (f"{name}.{form.__name__}.{key}" for key in written if key not in NOT_HEARD)


def test_every_field_is_named_here():
    assert set(free_texts()) == HEARD | OF_STAFF


def test_what_is_not_heard_is_no_free_text_of_a_form():
    named = {one.rsplit(".", 1)[1] for one in HEARD | OF_STAFF}

    assert named & set(NOT_HEARD) == set()
    assert all(NOT_HEARD.values())


def led_to_the_panel(browser, answer, then):
    """Assert that this answer leads to the panel, alone on its page, and from there to where it led."""
    assert answer.status_code == 302
    to = urlsplit(answer.url)
    assert to.path.endswith(PANEL) or PANEL in to.path, answer.url
    assert parse_qs(to.query)["next"] == [then]
    assert "kill" not in answer.url
    page = browser.get(answer.url).text
    (main,) = re.findall("<main.*</main>", page, re.DOTALL)
    assert "You don’t have to be alone with it." in main
    assert 'href="tel:0800000000"' in main
    assert 'class="message' not in main
    assert TEXT not in main
    assert f'href="{then}"' in main
    assert not RiskAlert.objects.exists()
    return main


@pytest.mark.usefixtures("pavel_reads", "asha")
@pytest.mark.parametrize("reader", ["nobody", "therapist", "clinic"])
def test_a_comment_after_a_session_whoever_reads_it(as_client, third_session, reader):
    answer = as_client.post(
        reverse("check_in", args=[third_session.pk]), ALL_EIGHT | {"comment": TEXT, "comment_reader": reader}
    )

    main = led_to_the_panel(as_client, answer, reverse("check_in_done", args=[third_session.pk]))
    assert "Please call me" in main
    stored = Response.objects.get()
    assert (stored.comment, stored.comment_reader) == (TEXT, reader)


@pytest.mark.parametrize("way", ["link", "kiosk"])
def test_a_comment_by_link_or_on_a_tablet(client, third_session, way, asha):
    invitation = invitation_get_or_create(session=third_session, by=SystemActor.WORKER)
    token = link_token(invitation) if way == "link" else kiosk_token(invitation)
    page = reverse("link" if way == "link" else "kiosk_check_in", args=[token])

    answer = client.post(page, ALL_EIGHT | {"comment": TEXT, "comment_reader": "nobody"})

    assert urlsplit(answer.url).path == reverse(f"{way}_somebody_now", args=[token])
    main = led_to_the_panel(client, answer, reverse(f"{way}_done", args=[token]))
    assert "Please call me" in main
    assert client.get(answer.url).headers["Referrer-Policy"] == "no-referrer"
    assert Response.objects.get().comment == TEXT


def test_a_comment_of_a_client_who_is_staff_elsewhere(client, third_session, cleo, birch):
    elsewhere = Membership.objects.create(user=cleo.user, clinic=birch, role=Role.THERAPIST)
    client.force_login(cleo.user)
    client.post(reverse("role_choose"), {"membership": elsewhere.pk})
    token = link_token(invitation_get_or_create(session=third_session, by=SystemActor.WORKER))

    form = ALL_EIGHT | {"comment": TEXT, "comment_reader": "nobody"}
    answer = client.post(reverse("link", args=[token]), form)

    assert urlsplit(answer.url).path == reverse("link_somebody_now", args=[token])


def test_a_form_is_heard_up_to_a_length_in_all(monkeypatch):
    heard = []

    def hear(text):
        heard.append(len(text))
        return False

    monkeypatch.setattr(hearing, "mentions_danger", hear)

    assert not hearing.any_danger(["x" * 15_000] * 100)
    assert sum(heard) == hearing.LONGEST


def test_a_comment_through_the_api(as_client, third_session):
    given = {"answers": dict.fromkeys(ITEMS, 8), "comment": TEXT}
    page = reverse("api_check_in", args=[third_session.pk])

    answer = as_client.post(page, given, content_type="application/json")

    assert answer.status_code == 201
    assert answer.json()["somebody_now"] == PANEL
    calm = as_client.post(page, given | {"comment": "Fine."}, content_type="application/json")
    assert list(calm.json()) == ["submitted_at"]


@pytest.mark.parametrize(
    ("step", "field", "then"),
    [("concerns", "about", "/intake/style/"), ("before", "helped_before", "/suggestions/")],
)
def test_own_words_of_the_intake(as_client, cleo, step, field, then):
    Intake.objects.update(finished_at=None)

    answer = as_client.post(reverse("intake_step", args=[step]), {field: TEXT})

    led_to_the_panel(as_client, answer, then)
    assert getattr(Intake.objects.get(client=cleo), field) == TEXT


def test_own_words_of_the_intake_saved_in_passing(as_client, cleo):
    page = reverse("intake_step", args=["concerns"])

    answer = as_client.post(page, {"about": TEXT}, headers={"HX-Request": "true"})

    assert 'href="tel:0800000000"' in answer.text
    assert PANEL in answer.text
    assert PANEL not in as_client.post(page, {"about": "Sleep."}, headers={"HX-Request": "true"}).text


def test_a_note_with_a_request_to_meet(as_client, mara):
    mara.slots.create(weekday=1, starts="09:00", ends="09:50", format="in_person")
    page = reverse("ask", args=[mara.pk])
    hour = re.search('name="hours" value="([^"]+)"', as_client.get(page).text)[1]

    answer = as_client.post(page, {"hours": [hour], "note": TEXT})

    led_to_the_panel(as_client, answer, reverse("introductions"))
    assert Introduction.objects.get().note == TEXT


@pytest.mark.usefixtures("pavel_reads")
@pytest.mark.parametrize("button", ["send", "keep"])
def test_words_to_a_therapist_sent_or_kept(as_client, episode, button):
    answer = as_client.post(reverse("bond_talk", args=[episode.pk]), {"text": TEXT, button: "1"})

    led_to_the_panel(as_client, answer, reverse("care"))
    note = Note.objects.get()
    assert (note.text, note.sent_at is not None) == (TEXT, button == "send")
    assert 'class="message' in as_client.get(reverse("care")).text  # it waited for this page


def test_a_name_given_to_sign_up(client, linden):
    Clinic.objects.update(open_to_all=True)

    answer = client.post(reverse("join", args=["linden"]), {"name": TEXT, "email": "nora@example.org"})

    assert urlsplit(answer.url).path == reverse("clinic_somebody_now", args=["linden"])
    main = led_to_the_panel(client, answer, reverse("join_sent", args=["linden"]))
    assert "Please call me" not in main
    assert SignUp.objects.get().name == TEXT


def test_a_form_that_comes_back_keeps_what_was_typed_below_whom_to_call(as_client, mara):
    answer = as_client.post(reverse("ask", args=[mara.pk]), {"note": TEXT})

    assert answer.status_code == 422
    assert TEXT in answer.text
    assert answer.text.index('class="crisis-number"') < answer.text.index("<form class")


def test_a_session_that_is_over_leads_to_whom_to_call_before_the_log_in(client, third_session):
    page = reverse("check_in", args=[third_session.pk])

    answer = client.post(page, ALL_EIGHT | {"comment": TEXT})

    led_to_the_panel(client, answer, f"/account/login/?next={page}")


def test_german_is_heard_on_english_pages(as_client, third_session):
    page = reverse("check_in", args=[third_session.pk])

    answer = as_client.post(
        page, ALL_EIGHT | {"comment": "Ich will nicht mehr leben", "comment_reader": "nobody"}
    )

    assert urlsplit(answer.url).path == PANEL


def test_a_field_that_no_form_knows_yet_is_heard(as_client, mara):
    answer = as_client.post(reverse("mark", args=[mara.pk]), {"kind": "favourite", "why": TEXT})

    assert urlsplit(answer.url).path == PANEL


def test_anything_else_leads_where_it_always_led(as_client, third_session):
    page = reverse("check_in", args=[third_session.pk])

    answer = as_client.post(
        page, ALL_EIGHT | {"comment": "I am dying to see you.", "comment_reader": "nobody"}
    )

    assert answer.url == reverse("check_in_done", args=[third_session.pk])


def test_what_staff_writes_is_about_others(as_admin):
    answer = as_admin.post(reverse("language_choose"), {"language": "en", "why": TEXT})

    assert answer.url == reverse("home")


def test_without_consent_nothing_is_stored_and_whom_to_call_is_shown_all_the_same(as_client, cleo):
    Consent.objects.filter(client=cleo).delete()

    answer = as_client.post(reverse("intake_step", args=["concerns"]), {"about": TEXT})

    assert answer.status_code == 422
    assert answer.text.index('class="crisis-number"') < answer.text.index(TEXT)
    assert not Intake.objects.filter(about=TEXT).exists()
