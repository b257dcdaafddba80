"""A fit that fails is counted, given up and shown; it neither stops the others nor is tried for ever."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, OperationalError
from django.urls import reverse

from alliance_match.audit.actors import SystemActor
from alliance_match.matching import tasks
from alliance_match.matching.models import FailedRescore, ModelSnapshot, PendingRescore, TrainingRow
from alliance_match.matching.models.pending_rescore import MAX_ATTEMPTS
from alliance_match.matching.services import fitting, needs_fit, trait_allow, trait_forbid
from clients.models import Client
from tests import cast


@pytest.fixture
def absurd(fitted_clinic, raters, asha):
    """Linden with a trait to which nothing can be fitted, and an admin who allowed it."""
    Client.objects.filter(pk=raters[0].pk).update(traits={"far": 1e308})
    Client.objects.filter(pk=raters[1].pk).update(traits={"far": -1e308})
    trait_allow(clinic=fitted_clinic, side="client", name="far", by=asha)
    return fitted_clinic


@pytest.fixture
def broken(fitted_clinic, asha, monkeypatch):
    """A function that lets every fit of Linden fail with an error, while it needs one."""
    trait_allow(clinic=fitted_clinic, side="client", name="openness", by=asha)

    def broken(error):
        def fail(**_):
            raise error

        monkeypatch.setattr(fitting, "fit_and_save", fail)
        return fitted_clinic

    return broken


class Killed(BaseException):
    """What no worker survives."""


def failures():
    """What was given up, as (clinic, client, therapist, error)."""
    return list(FailedRescore.objects.values_list("clinic__slug", "client_id", "therapist_id", "error"))


def test_an_absurd_trait_is_given_up_after_five_fits_and_shown(absurd, sweep, as_admin, caplog):
    asked = [sweep() for _ in range(MAX_ATTEMPTS + 2)]
    assert asked == [[absurd.pk]] * MAX_ATTEMPTS + [[], []]
    assert failures() == [("linden", None, None, "fit: EstimationError")]
    assert "fit: EstimationError" in as_admin.get(reverse("rescoring")).content.decode()
    assert "e+308" not in caplog.text


def test_a_failed_fit_is_logged_without_a_value(broken, sweep, caplog):
    broken(DataError("Infinity of Cleo is no JSON"))
    sweep()
    assert "DataError" in caplog.text
    assert "Cleo" not in caplog.text


def test_what_comes_after_a_fit_was_given_up_asks_for_no_other(absurd, sweep, third_session):
    for _ in range(MAX_ATTEMPTS):
        sweep()
    cast.make_check_in(third_session, 3)
    assert sweep() == []
    assert PendingRescore.objects.filter(client_id=third_session.episode.client_id).exists()


def test_a_permission_taken_back_brings_all_that_waited(absurd, sweep, third_session):
    cast.make_check_in(third_session, 3)
    for _ in range(MAX_ATTEMPTS):
        sweep()
    trait_forbid(clinic=absurd, side="client", name="far", by=SystemActor.COMMAND)
    assert sweep() == []
    assert not PendingRescore.objects.exists()
    assert TrainingRow.objects.filter(rating__session=third_session).exists()
    assert len(failures()) == 1


def test_another_permission_lets_the_fit_be_tried_again(absurd, sweep, asha):
    for _ in range(MAX_ATTEMPTS):
        sweep()
    trait_allow(clinic=absurd, side="client", name="openness", by=asha)
    assert [sweep() for _ in range(MAX_ATTEMPTS + 1)] == [[absurd.pk]] * MAX_ATTEMPTS + [[]]
    assert len(failures()) == 2


def test_the_nightly_fit_tries_again_and_ends_the_waiting(absurd, sweep):
    for _ in range(MAX_ATTEMPTS):
        sweep()
    Client.objects.update(traits={})
    tasks.refit(absurd.pk)
    assert not PendingRescore.objects.exists()
    assert not needs_fit(absurd)


def test_a_nightly_fit_that_fails_is_shown_at_once_and_holds_up_nothing(
    fitted_clinic, monkeypatch, sweep, third_session
):
    monkeypatch.setattr("alliance_match.matching.services.fit_computation.fit", lambda *_: 1 / 0)
    cast.make_check_in(third_session, 3)
    tasks.refit(fitted_clinic.pk)
    assert failures() == [("linden", None, None, "fit: ZeroDivisionError")]
    sweep()
    assert TrainingRow.objects.filter(rating__session=third_session).exists()


def test_a_lost_database_is_no_failure_of_a_fit(broken, sweep):
    clinic = broken(OperationalError())
    for _ in range(MAX_ATTEMPTS + 2):
        with pytest.raises(OperationalError):
            sweep()
        with pytest.raises(OperationalError):
            tasks.refit(clinic.pk)
    assert failures() == []
    assert not PendingRescore.objects.filter(attempts__gt=0).exists()


def test_a_fit_that_kills_its_worker_is_given_up_too(broken, sweep):
    clinic = broken(Killed())
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(Killed):
            sweep()
    assert sweep() == [clinic.pk]
    assert sweep() == []
    assert failures() == [("linden", None, None, "fit: the worker was lost each time")]


def test_rescore_says_that_a_fit_failed_and_gives_up_nothing_else(absurd, cleo):
    cleo.style_preferences.update(position=0)
    for _ in range(MAX_ATTEMPTS + 1):
        with pytest.raises(CommandError, match="no fit for its present features"):
            call_command("rescore", clinic="linden")
    assert failures() == [("linden", None, None, "fit: EstimationError")]


def test_a_clinic_whose_fit_fails_keeps_its_snapshot(absurd, sweep):
    before = ModelSnapshot.objects.in_clinic(absurd).newest()
    sweep()
    assert ModelSnapshot.objects.in_clinic(absurd).newest() == before


def test_another_clinics_fit_goes_on(absurd, birch, bea, britta, sweep):
    for _ in range(MAX_ATTEMPTS):
        sweep()
    assert ModelSnapshot.objects.in_clinic(birch).exists()
    assert not PendingRescore.objects.in_clinic(birch).exists()
