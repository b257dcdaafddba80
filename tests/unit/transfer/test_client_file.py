"""clients.csv becomes clients with intake, wishes and consents."""

from datetime import date, time
from decimal import Decimal

import pytest

from clients.models import Client, Consent, Intake

FULL = """\
client,name,status,formats,languages,insurer,highest_fee,place,start_from,concerns,about,times,\
style_warmth,importance_warmth,wish_gender,consents,trait_age
c1,Cleo,waiting,telehealth,en,AOK,0,Nord,2026-05-01,sleep,"two
lines",Mon 09:00-12:00; Sun 10:00-11:00,-2,3,woman; nonbinary,matching; care,31
"""


@pytest.fixture
def client(load):
    """The client of FULL, imported."""
    assert not load(clients=FULL).faults
    return Client.objects.get()


def in_force(client):
    return set(client.consents.filter(withdrawn_at=None).values_list("purpose", flat=True))


def test_stores_every_column(client):
    intake = client.intake
    assert (client.code, client.name, client.status, client.traits) == ("c1", "Cleo", "waiting", {"age": 31})
    assert (intake.formats, intake.languages, intake.insurer) == (["telehealth"], ["en"], "AOK")
    assert (intake.highest_fee, intake.place, intake.start_from) == (Decimal(0), "Nord", date(2026, 5, 1))
    assert (intake.concerns, intake.about) == (["sleep"], "two\nlines")


def test_stores_times_styles_wishes_and_consents(client):
    times = [(one.weekday, one.starts, one.ends) for one in client.time_windows.all()]
    assert times == [(0, time(9), time(12)), (6, time(10), time(11))]
    style = client.style_preferences.get()
    assert (style.dimension, style.position, style.importance) == ("warmth", -2, 3)
    wish = client.wishes.get()
    assert (wish.attribute, wish.accepted) == ("gender", ["woman", "nonbinary"])
    assert in_force(client) == {"matching", "care"}


def test_makes_no_intake_where_nothing_is_told(load):
    load(clients="client,about,concerns\nc1,,\n")
    assert not Intake.objects.exists()


def test_takes_a_fee_of_nothing_for_an_answer(load):
    load(clients="client,highest_fee\nc1,0\n")
    assert Intake.objects.get().highest_fee == 0


def test_leaves_alone_what_has_no_column(client, load):
    assert load(clients="client\nc1\n").tallies["clients.csv"].same == 1
    assert client.wishes.count() == client.style_preferences.count() == 1
    assert in_force(client) == {"matching", "care"}


def test_clears_what_has_an_empty_cell(client, load):
    header = "client,status,about,highest_fee,times,style_warmth,wish_gender,trait_age"
    assert load(clients=f"{header}\nc1{',' * header.count(',')}\n").tallies["clients.csv"].changed == 1
    client.refresh_from_db()
    assert (client.status, client.traits) == ("searching", {})
    assert (client.intake.about, client.intake.highest_fee, client.intake.place) == ("", None, "Nord")
    assert not client.time_windows.exists()
    assert not client.style_preferences.exists()
    assert not client.wishes.exists()


def test_withdraws_a_consent_that_is_gone_and_keeps_the_row(client, load):
    load(clients="client,consents\nc1,care\n")
    assert in_force(client) == {"care"}
    assert client.consents.get(purpose="matching").withdrawn_at is not None


def test_never_gives_back_a_consent_that_was_withdrawn(client, load):
    load(clients="client,consents\nc1,care\n")
    report = load(clients="client,consents\nc1,care; matching\n")
    assert report.warnings == ["clients.csv:2:consents: matching was withdrawn before and stays so"]
    assert report.tallies["clients.csv"].same == 1
    assert in_force(client) == {"care"}


def test_gives_a_consent_never_given_before(client, load):
    load(clients="client,consents\nc1,care; matching; statistics\n")
    assert in_force(client) == {"care", "matching", "statistics"}
    assert Consent.objects.count() == 3
