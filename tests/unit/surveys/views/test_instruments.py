"""The admin's pages about instruments: what is there and asked, files out, files in."""

import datetime
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance_match.audit.actors import SystemActor
from surveys.instrument_reading import LARGEST, instrument_read
from surveys.models import Declaration, Instrument, Response, SwitchedOff
from surveys.services import alliance_instrument_choose, instrument_switch_on
from tests.cast import make_instrument
from tests.instruments import ANYTHING, FILES, own_file

LIST, NEW = "/instruments/", "/instruments/new/"
DECLARED = {
    "rights_holder": "The society",
    "licence_number": "A-1",
    "expires_on": "2999-12-31",
    "may_use": "on",
}
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def own(linden, asha):
    """Linden's own instrument, not switched on."""
    return make_instrument(linden, asha)


@pytest.fixture
def bring(as_admin):
    """A function that sends a file with a declaration: bytes, or what becomes JSON."""

    def bring(content=None, **changes):
        data = content if isinstance(content, bytes) else json.dumps(content or own_file()).encode()
        file = SimpleUploadedFile("instrument.json", data)
        return as_admin.post(NEW, {"file": file} | DECLARED | changes)

    return bring


def words(answer):
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def card(answer, instrument):
    """What the page says about one instrument."""
    page = answer.content.decode()
    start = page.index(f'aria-labelledby="instrument-{instrument.pk}"')
    return page[start : page.index("</section>", start)]


def nothing_stored():
    return not Instrument.objects.filter(clinic__isnull=False).exists() and not Declaration.objects.exists()


def test_it_lists_what_there_is_with_rights_and_state(as_admin, own):
    answer = as_admin.get(LIST)
    check = Instrument.objects.get(code="alliance-check")

    assert "Developed by Drs. Robert L. Spitzer" in words(answer)
    assert "not validated" in card(answer, check)
    assert "asked after sessions" in card(answer, check)
    assert "not validated" not in card(answer, Instrument.objects.get(code="gad-7"))
    assert "switched off" in card(answer, own)
    assert "declared by Asha" in card(answer, own)


def test_it_offers_no_switch_for_what_asks_about_self_harm(as_admin):
    told = card(as_admin.get(LIST), Instrument.objects.get(code="phq-9"))

    assert "answers at once" in told
    assert "/switch/" not in told


def test_another_clinics_instrument_is_not_there(as_other_admin, own):
    assert own.title not in words(as_other_admin.get(LIST))
    for name in ("instrument_json", "instrument_fhir"):
        assert as_other_admin.get(reverse(name, args=[own.pk])).status_code == 404
    for name in ("instrument_switch", "instrument_ask", "instrument_declare"):
        assert as_other_admin.post(reverse(name, args=[own.pk]), DECLARED | {"on": "1"}).status_code == 404
    assert own.declarations.get().switched_on is None


@pytest.mark.parametrize("code", FILES)
def test_what_ships_is_a_file_in_both_formats(as_admin, code):
    one = Instrument.objects.get(code=code)
    ours, fhir = (as_admin.get(reverse(f"instrument_{kind}", args=[one.pk])) for kind in ("json", "fhir"))

    assert ours.headers["Content-Disposition"] == f'attachment; filename="{code}.v1.json"'
    assert fhir.headers["Content-Disposition"] == f'attachment; filename="{code}.v1.fhir.json"'
    assert instrument_read(ours.content) == instrument_read(fhir.content) == instrument_read(FILES[code])


def test_a_file_comes_in_with_its_declaration(bring, linden, asha):
    answer = bring()

    made = linden.instruments.get()
    assert (answer.status_code, answer.url) == (302, LIST)
    assert made.declarations.get().expires_on == datetime.date(2999, 12, 31)
    assert made.declarations.get().declared_by == asha


def test_a_fhir_file_comes_in_too(bring, as_admin, linden, own):
    resource = as_admin.get(reverse("instrument_fhir", args=[own.pk])).json()

    assert bring(resource | {"version": "2"}).status_code == 302
    assert linden.instruments.get(version=2).definition == own.definition


def test_posted_twice_it_is_there_once(bring, linden):
    assert [bring().status_code, bring().status_code] == [302, 302]
    assert linden.instruments.count() == Declaration.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{\n"code": }', "line 2, column 9: this is not JSON"),
        (b"\x00\x01", "line 1, column 1: this is not JSON"),
        (b"[" * 40_000, "this is nested too deeply"),
        (b'{"code": NaN}', "code: this is not a number with a size"),
        (b'{"code": 1, "code": 2}', "code: this name is there twice"),
        (b" " * (LARGEST + 1), "This file is larger than 1 MB."),
        (b" " * 10_000_000, "This file is larger than 1 MB."),
        (b"", "This file is empty."),
        (own_file(items=[]), "items: from 1 to 200 belong here"),
        (own_file(items=[{"key": f"q{k}", "text": "x"} for k in range(10_000)]), "items: from 1 to 200"),
        (own_file(items=[{"key": "a", "text": "x"}] * 2), "items[1].key: this key is there twice"),
        (own_file(stem="a\x00b"), "stem: there are characters in it that cannot be read"),
        (own_file(stem="a\ud800b"), "stem: there are characters in it that cannot be read"),
        (own_file(title="<script>alert(1)</script>" * 9), "title: at most 120 characters"),
        (own_file(code="phq-9"), "code: an instrument that comes with Alliance Match has this code"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_malformed_file_is_refused_with_place_and_reason(bring, content, told):
    answer = bring(content)

    assert answer.status_code == 422
    assert told in words(answer)
    assert nothing_stored()


def test_a_version_that_says_something_else_is_refused(bring, own):
    assert "is the next version" in words(bring(own_file(stem="Another")))
    assert Instrument.objects.get(pk=own.pk).definition["stem"] == "Placeholder"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"may_use": ""}, "Without this it cannot be used here."),
        ({"rights_holder": " "}, "This field is required."),
        ({"rights_holder": "x" * 201}, "at most 200 characters"),
        ({"rights_holder": "a\x00b"}, "Null characters are not allowed."),
        ({"licence_number": "x" * 121}, "at most 120 characters"),
        ({"expires_on": "2001-01-01"}, "That day is over."),
        ({"expires_on": "soon"}, "Enter a valid date."),
        ({"expires_on": "99999-01-01"}, "Enter a valid date."),
        ({"file": ""}, "This field is required."),
        ({"file": "text"}, "This field is required."),
    ],
)
def test_without_a_whole_declaration_nothing_is_stored(bring, changes, told):
    answer = bring(**changes)

    assert answer.status_code == 422
    assert told in words(answer)
    assert nothing_stored()


@FEW
@given(data=st.binary(max_size=300) | ANYTHING.map(lambda value: json.dumps(value).encode()))
def test_no_file_brings_it_down(bring, data):
    assert bring(data).status_code == 422
    assert nothing_stored()


def test_it_is_switched_on_and_off(as_admin, linden, own):
    switch = reverse("instrument_switch", args=[own.pk])

    assert as_admin.post(switch, {"on": "1"}).url == LIST
    assert "switched on" in card(as_admin.get(LIST), own)
    as_admin.post(switch)
    assert "switched off" in card(as_admin.get(LIST), own)


def test_what_cannot_be_switched_says_why(as_admin, own):
    Declaration.objects.update(expires_on=datetime.date(2001, 1, 1))
    phq, check = (Instrument.objects.get(code=code) for code in ("phq-9", "alliance-check"))

    for one, on, told in (
        (own, "1", "the licence has run out"),
        (phq, "1", "thoughts of self-harm"),
        (check, "", "It is asked after sessions."),
    ):
        answer = as_admin.post(reverse("instrument_switch", args=[one.pk]), {"on": on}, follow=True)
        assert told in words(answer)
    assert not SwitchedOff.objects.exists()


def test_a_licence_that_has_run_out_is_declared_anew(as_admin, linden, own):
    Declaration.objects.update(expires_on=datetime.date(2001, 1, 1))
    told = card(as_admin.get(LIST), own)
    assert "ran out on 1 January 2001" in told
    assert "/switch/" not in told

    assert as_admin.post(reverse("instrument_declare", args=[own.pk]), DECLARED).url == LIST
    as_admin.post(reverse("instrument_switch", args=[own.pk]), {"on": "1"})

    assert "switched on" in card(as_admin.get(LIST), own)
    assert own.declarations.count() == 2


def test_a_shipped_one_is_not_declared(as_admin):
    check = Instrument.objects.get(code="alliance-check")

    assert as_admin.get(reverse("instrument_declare", args=[check.pk])).status_code == 404


def test_the_one_asked_after_sessions_is_chosen(as_admin, linden, own):
    instrument_switch_on(instrument=own, clinic=linden, by=SystemActor.COMMAND)

    as_admin.post(reverse("instrument_ask", args=[own.pk]))

    assert "asked after sessions" in card(as_admin.get(LIST), own)


def test_the_client_answers_what_the_clinic_chose(as_client, linden, own, third_session):
    instrument_switch_on(instrument=own, clinic=linden, by=SystemActor.COMMAND)
    alliance_instrument_choose(instrument=own, clinic=linden, by=SystemActor.COMMAND)
    page = f"/check-ins/{third_session.pk}/"
    assert "Fairly often" in words(as_client.get(page))

    answers = {item["key"]: "4" for item in own.definition["items"]}
    assert as_client.post(page, answers | {"comment_reader": "nobody"}).status_code == 302

    stored = Response.objects.get()
    assert stored.instrument == own
    assert stored.alliance_rating.total == 75


def test_words_of_a_file_are_words_and_no_markup(as_admin, bring):
    bring(own_file(attribution="<script>alert(1)</script>", title="<b>bold</b>"))

    page = as_admin.get(LIST).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<b>bold" not in page


def test_many_versions_are_turned_over_page_by_page(as_admin, linden, asha):
    for version in range(1, 60):
        make_instrument(linden, asha, version=version)

    first, second = as_admin.get(LIST), as_admin.get(f"{LIST}?page=2")
    assert "Page 1 of 2" in words(first)
    assert second.content.decode().count("<section") == 59 + len(FILES) - 50
