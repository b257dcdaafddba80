"""An admin brings an instrument, switches it on, and a client is asked it after a session."""

import json

import pytest
from playwright.sync_api import expect

from clients.models import Session
from surveys.models import AllianceChoice, Declaration, Instrument
from tests.browser.test_every_page import ASHA, CLEO, hurdles
from tests.instruments import own_file

pytestmark = pytest.mark.browser


@pytest.fixture
def own_instruments_forgotten(site):
    """What the admin brought is gone afterwards."""
    yield
    AllianceChoice.objects.all().delete()
    Declaration.objects.all().delete()
    Instrument.objects.filter(clinic__isnull=False).delete()


def bring(page, content):
    file = {"name": "wai.json", "mimeType": "application/json", "buffer": content}
    page.goto("/instruments/new/")
    page.get_by_label("File").set_input_files(file)
    page.get_by_label("Who gave you the right to use it").fill("The society")
    page.get_by_label("Last day of the licence").fill("2999-12-31")
    page.get_by_label("We may use it").check()
    page.get_by_role("button", name="Bring it").click()


@pytest.mark.usefixtures("own_instruments_forgotten")
def test_an_instrument_goes_from_a_file_to_a_check_in(new_page):
    admin = new_page(ASHA)

    bring(admin, json.dumps(own_file(), indent=2).replace('"task"', "task", 1).encode())
    expect(admin.get_by_role("alert")).to_contain_text("this is not JSON")
    assert hurdles(admin) == []

    bring(admin, json.dumps(own_file()).encode())
    own = admin.get_by_role("region", name="WAI-SR")
    expect(own).to_contain_text("switched off")
    own.get_by_role("button", name="Switch on").click()
    own.get_by_role("button", name="Ask it after sessions").click()
    expect(own).to_contain_text("asked after sessions")
    assert hurdles(admin) == []
    own.get_by_role("link", name="Declare anew").click()
    assert hurdles(admin) == []

    client = new_page(CLEO)
    client.goto(f"/check-ins/{Session.objects.get(episode__client__user__email=CLEO, number=3).pk}/")
    expect(client.get_by_role("group", name="Placeholder 12").get_by_label("Fairly often")).to_be_visible()
    assert hurdles(client) == []


@pytest.mark.usefixtures("own_instruments_forgotten")
def test_a_short_row_of_numbers_fits_a_small_phone(new_page):
    ends = {"lowest": 1, "highest": 7, "lowest_label": "hardly", "highest_label": "altogether"}
    admin = new_page(ASHA)
    bring(admin, json.dumps(own_file(code="seven", title="Seven", scale=ends)).encode())
    own = admin.get_by_role("region", name="Seven")
    own.get_by_role("button", name="Switch on").click()
    own.get_by_role("button", name="Ask it after sessions").click()

    client = new_page(CLEO)
    client.goto(f"/check-ins/{Session.objects.get(episode__client__user__email=CLEO, number=3).pk}/")

    expect(client.get_by_text("7 · altogether").first).to_be_visible()
    assert hurdles(client) == []
