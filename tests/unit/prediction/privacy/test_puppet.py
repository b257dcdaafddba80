"""The puppet attack in a few small clinics; the targets are those of `benchmarks run --only privacy`."""

import pytest

from alliance_match.prediction import PublicationControl
from benchmarks import puppet

RUNS = 30


@pytest.fixture
def error(monkeypatch):
    """The attacker's error as a share of what it is where nothing shown holds the answer; few looks."""
    monkeypatch.setattr(puppet, "WATCHED", 3)
    variances = puppet.usual_variances()

    def error(control, event=puppet.Event.ANSWER):
        return puppet.attack(60, RUNS, variances, control, event=event).error

    return error


@pytest.mark.parametrize("control", [None, PublicationControl(own_blur=0, shared_blur=0)])
def test_exact_figures_tell_the_answer(error, control):
    assert error(control) < 0.8


def test_published_figures_hide_it(error):
    assert error(PublicationControl()) > 0.8


@pytest.mark.parametrize("control", [None, PublicationControl(own_blur=0, shared_blur=0)])
def test_exact_figures_tell_what_was_withdrawn(error, control):
    assert error(control, puppet.Event.WITHDRAWAL) < 0.8


def test_published_figures_hide_what_was_withdrawn(error):
    assert error(PublicationControl(), puppet.Event.WITHDRAWAL) > 0.8
