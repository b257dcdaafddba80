"""A number to dial is made only of what is one number."""

import pytest

from alliance_match.safety.templatetags.safety import tel


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("0800 111 0 111", "08001110111"),
        ("112", "112"),
        ("+49 (0) 30 1234-5", "+493012345"),
        ("(030) 12 34", "0301234"),
        ("116 123 or 0800 1", ""),
        ("ask at the desk", ""),
        ("", ""),
        ("()", ""),
    ],
)
def test_a_line_becomes_a_number_or_nothing(line, number):
    assert tel(line) == number
