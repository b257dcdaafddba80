"""`--clinic SLUG`, which one may leave out where there is only one."""

import pytest
from django.core.management import CommandError

from alliance_match.accounts.commands import clinic_named


def test_the_only_clinic_need_not_be_named(linden):
    assert clinic_named(None) == linden


def test_a_clinic_is_found_by_its_slug(linden, birch):
    assert clinic_named("birch") == birch


def test_of_several_one_must_be_named(linden, birch):
    with pytest.raises(CommandError, match=r"say --clinic SLUG; there are: birch, linden"):
        clinic_named(None)


def test_an_unknown_name_is_told_the_known_ones(linden, birch):
    with pytest.raises(CommandError, match=r"no such clinic; there are: birch, linden"):
        clinic_named("elm")


def test_it_says_when_there_is_none_yet(db):
    with pytest.raises(CommandError, match="none yet"):
        clinic_named(None)
