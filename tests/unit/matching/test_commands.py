"""What the commands say to whoever runs them."""

import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from alliance_match.matching.models import PendingRescore


@pytest.fixture
def run():
    """A function that runs a command and gives what it said."""

    def run(*words):
        said = StringIO()
        call_command(*words, stdout=said)
        return said.getvalue()

    return run


def test_suggest_gives_parts_that_add_up(fitted_clinic, cleo, run):
    first = run("suggest", "--client", "cleo").split("\n\n")[1]
    shown = float(re.search(r"([+-][\d.]+) points from the average", first)[1])
    parts = [float(part) for part in re.findall(r"^ +([+-][\d.]+)  \w", first, re.MULTILINE)]
    assert sum(parts) == pytest.approx(shown, abs=0.05 * (len(parts) + 1))
    assert "everything else together" in first


def test_suggest_speaks_to_programs_too(fitted_clinic, cleo, run):
    found = json.loads(run("suggest", "--client", "cleo", "--json"))
    assert found["client"] == "cleo"
    assert [match["rank"] for match in found["matches"]] == list(range(1, len(found["matches"]) + 1))


def test_suggest_says_why_there_is_nobody(fitted_clinic, cleo, run):
    cleo.intake.languages = ["fi"]
    cleo.intake.save()
    assert "No therapist is eligible" in run("suggest", "--client", "cleo")
    cleo.status = "in_care"
    cleo.save()
    assert "This client is in care" in run("suggest", "--client", "cleo")


def test_suggest_names_a_client_it_does_not_know(fitted_clinic, run):
    with pytest.raises(CommandError, match="no client “nobody”"):
        run("suggest", "--client", "nobody")


def test_suggest_asks_for_a_fit_first(linden, cleo, run):
    with pytest.raises(CommandError, match="fit_model first"):
        run("suggest", "--client", "cleo")


def test_fit_model_says_what_it_fitted(fitted_clinic, run):
    said = run("fit_model")
    assert re.search(r"Snapshot 2 of Linden.*: rated pairs \d+, verdict “\w+.*”, match lists \d+", said)


def test_evaluate_says_that_it_needs_more_ratings(fitted_clinic, run):
    assert "nothing can be evaluated yet" in run("evaluate")


def test_evaluate_says_what_rests_on_those_who_left_early(linden, cleo, dropouts, run):
    run("fit_model")
    said = run("evaluate")
    assert f"{len(dropouts)} pairs ended before they could be rated" in said
    assert re.search(r"by 5 points, .* another for [01] of 1 clients who are looking", said)
    assert "by 10 points, " in said
    found = json.loads(run("evaluate", "--json"))["dropouts"]
    assert [one["shift"] for one in found] == [5, 10]
    assert found[0]["dropouts"] == len(dropouts)


def test_evaluate_says_that_nobody_left_early(fitted_clinic, run):
    assert "Dropouts: there are none" in run("evaluate")
    assert json.loads(run("evaluate", "--json"))["dropouts"] == []


def test_rescore_processes_what_is_pending(fitted_clinic, cleo, run):
    cleo.style_preferences.update(position=0)
    assert PendingRescore.objects.exists()
    run("rescore")
    assert not PendingRescore.objects.exists()
