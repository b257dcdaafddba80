"""A file is read whole, or refused with its line or path and a reason."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.instrument_reading import LARGEST, instrument_read
from surveys.node import DefinitionError
from tests.instruments import ANYTHING, FILES, file_of, own_file

MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def refused(data):
    with pytest.raises(DefinitionError) as error:
        instrument_read(data)
    str(error.value).encode()
    return error.value


def as_bytes(content):
    return json.dumps(content).encode()


@pytest.mark.parametrize("code", FILES)
def test_what_was_read_is_written_as_it_was(code):
    assert instrument_read(FILES[code]).as_json() == json.loads(FILES[code])
    assert list(instrument_read(FILES[code]).as_json()) == list(json.loads(FILES[code]))


def test_a_mark_at_the_beginning_does_no_harm():
    assert instrument_read(b"\xef\xbb\xbf" + FILES["phq-9"]).code == "phq-9"


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        (b"", "line 1, column 1", "not JSON"),
        (b"{", "line 1, column 2", "not JSON"),
        (b'{\n"code": "a",\n"version": }', "line 3, column 12", "not JSON"),
        (b"PK\x03\x04\x14\x00", "line 1, column 1", "not JSON"),
        (b'{\n"code": "\xff"}', "line 2", "UTF-8"),
        ("{}".encode("utf-16"), "line 1", "UTF-8"),
        (b"[" * 40_000, "", "nested too deeply"),
        (b'{"a":' * 40_000, "", "nested too deeply"),
        (b"[" * 20 + b"]" * 20, "[0]" * 16, "nested too deeply"),
        (b"null", "", "object"),
        (b"[]", "", "object"),
        (b'"phq-9"', "", "object"),
        (b'{"a": {"b": 1, "b": 2}}', "a.b", "twice"),
        (b'{"a": [1, NaN]}', "a[1]", "not a number"),
        (b'{"a": -Infinity}', "a", "not a number"),
        (b'{"a": 1e999}', "a", "not a number"),
        (b'{"a": ' + b"9" * 5000 + b"}", "", "too many digits"),
        (b'{"\\ud800": 1, "\\ud800": 2}', "\\ud800", "twice"),
        (b" " * (LARGEST + 1), "", "1 MB"),
        (b"{}", "code", "missing"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_malformed_file_is_refused(data, place, reason):
    error = refused(data)

    assert error.place == place
    assert reason in error.reason


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"code": "PHQ 9"}, "code"),
        ({"code": "-"}, "code"),
        ({"code": "a" * 61}, "code"),
        ({"code": 9}, "code"),
        ({"version": 0}, "version"),
        ({"version": 40_000}, "version"),
        ({"version": True}, "version"),
        ({"version": "1"}, "version"),
        ({"title": ""}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"licence": "a\x00b"}, "licence"),
        ({"source": "a\ud800b"}, "source"),
        ({"attribution": None}, "attribution"),
        ({"verbatim": 1}, "verbatim"),
        ({"validated": "yes"}, "validated"),
        ({"items": []}, "items"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_file_that_says_something_odd_is_refused(changes, place):
    assert refused(as_bytes(file_of(**changes))).place == place


def test_ten_thousand_items_are_refused():
    items = [{"key": f"q{k}", "text": "x"} for k in range(10_000)]

    assert refused(as_bytes(own_file(items=items))).place == "items"


@MANY
@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data):
    refused(data)


@MANY
@given(ANYTHING)
def test_any_json_is_refused(value):
    refused(as_bytes(value))


@MANY
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=4))
def test_a_file_with_a_scratch_is_read_or_refused(where, scratch):
    data = FILES["phq-9"][:where] + scratch + FILES["phq-9"][where + len(scratch) :]
    try:
        instrument_read(data)
    except DefinitionError as error:
        str(error).encode()
