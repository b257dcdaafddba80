"""What a client may do about a therapist is drawn once a page for all alike; only keys differ."""

import re
from types import SimpleNamespace

import pytest
from django.template import Context, Engine

from alliance_match.matching.templatetags.marks import PLACE

PAGE = "{% load marks %}{% for one in people %}<li>{% marks one %}</li>{% endfor %}"


def people(*keys, takes_clients=True):
    return [SimpleNamespace(pk=key, takes_clients=takes_clients) for key in keys]


def drawn(rf, shown, **said):
    request = rf.get("/browse/?page=2")
    said = {"favourites": set(), "asked": [], "without_capacity": (), "drawn_marks": {}} | said
    context = Context({"request": request, "people": shown, "csrf_token": "token"} | said)
    template = Engine.get_default().from_string(PAGE)
    return template.render(context).split("<li>")[1:], context["drawn_marks"]


def test_each_is_named_by_their_own_key(rf):
    (seven, eight), _ = drawn(rf, people(7, 8))
    assert set(re.findall(r"(?:marks|therapist)-(\d+)", seven)) == {"7"}
    assert seven.replace("-7", "-8").replace("/7/", "/8/") == eight
    assert PLACE not in seven


def test_what_is_alike_is_drawn_once(rf):
    _, looks = drawn(rf, people(*range(1, 21)), favourites={3, 4}, asked=[5])
    assert len(looks) == 3


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Ask to meet"),
        ({"without_capacity": {7}}, "Wait for a place"),
        ({"asked": [7]}, "You asked to meet"),
        ({"favourites": {7}}, "A favourite"),
    ],
)
def test_one_of_whom_something_else_is_said_looks_otherwise(rf, said, words):
    (seven, eight), _ = drawn(rf, people(7, 8), **said)
    assert words in seven
    assert (words in eight) == (said == {})


def test_who_takes_nobody_has_no_room(rf):
    ((seven,), _) = drawn(rf, people(7, takes_clients=False))
    assert "Wait for a place" in seven


def test_an_address_stays_as_it_is(rf):
    (seven, _), _ = drawn(rf, people(7, 8))
    assert 'value="/browse/?page=2"' in seven
