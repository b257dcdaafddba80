"""A fit whose search for variances stopped too early is never served, and never in silence."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from django.urls import reverse

from alliance_match.audit.actors import SystemActor
from alliance_match.matching import tasks
from alliance_match.matching.models import (
    FailedRescore,
    MatchList,
    ModelSnapshot,
    PendingRescore,
    TrainingRow,
)
from alliance_match.matching.services import (
    FitNotConvergedError,
    clinic_fit,
    fit_computation,
    needs_fit,
    pending_rescores_process,
    trait_allow,
)
from alliance_match.prediction import FitControl
from tests import cast
from tests.unit.matching.states import newest_state


@pytest.fixture
def hurried(monkeypatch):
    """No search may take a step, until this is undone."""
    with monkeypatch.context() as patch:
        patch.setattr(fit_computation, "FitControl", partial(FitControl, max_iterations=0))
        yield patch


def kept(clinic):
    """All that a fit would change."""
    return [
        list(rows.objects.in_clinic(clinic).order_by("pk").values())
        for rows in (ModelSnapshot, MatchList, TrainingRow)
    ]


def failures():
    return list(FailedRescore.objects.values_list("clinic__slug", "client_id", "therapist_id", "error"))


RECORDED = [("linden", None, None, "fit: not converged")]


def test_it_leaves_snapshot_matches_and_rows_as_they_were(fitted_clinic, third_session, hurried):
    cast.make_check_in(third_session, 3)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    before = kept(fitted_clinic)
    with pytest.raises(FitNotConvergedError):
        clinic_fit(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert kept(fitted_clinic) == before
    assert failures() == RECORDED


def test_new_ratings_go_on_into_the_snapshot_in_force(fitted_clinic, third_session, sweep, hurried):
    cast.make_check_in(third_session, 3)
    tasks.refit(fitted_clinic.pk)
    assert sweep() == []
    assert TrainingRow.objects.filter(rating__session=third_session).exists()
    assert failures() == RECORDED


def test_it_is_tried_again_at_night_and_not_before(fitted_clinic, third_session, sweep, asha, hurried):
    trait_allow(clinic=fitted_clinic, side="client", name="openness", by=asha)
    assert [sweep() for _ in range(3)] == [[fitted_clinic.pk], [], []]
    cast.make_check_in(third_session, 3)
    assert sweep() == []
    assert failures() == RECORDED
    hurried.undo()
    tasks.refit(fitted_clinic.pk)
    assert not needs_fit(fitted_clinic)
    assert not PendingRescore.objects.exists()


def test_another_permission_lets_it_be_tried_at_once(fitted_clinic, sweep, asha, hurried):
    for name in ("openness", "calm"):
        trait_allow(clinic=fitted_clinic, side="client", name=name, by=asha)
        assert [sweep(), sweep()] == [[fitted_clinic.pk], []]


def test_what_was_withdrawn_is_removed_though_no_fit_for_other_features_converges(
    fitted_clinic, raters, sweep, asha, hurried
):
    trait_allow(clinic=fitted_clinic, side="client", name="openness", by=asha)
    sweep()
    raters[0].consents.update(withdrawn_at=Now())
    tasks.refit(fitted_clinic.pk)
    sweep()
    assert not TrainingRow.objects.filter(client=raters[0]).exists()
    snapshot = ModelSnapshot.objects.in_clinic(fitted_clinic).newest()
    assert snapshot.verdict == "preference fit"
    assert newest_state(fitted_clinic).ratings == len(raters) - 1
    assert not PendingRescore.objects.exists()


def test_a_clinic_without_a_snapshot_gets_a_preference_fit(linden, cleo, raters, sweep, hurried):
    sweep()
    snapshot = ModelSnapshot.objects.in_clinic(linden).get()
    assert (snapshot.verdict, snapshot.evaluation, snapshot.part_importance) == ("preference fit", {}, {})
    assert cast.matches_of(cleo)
    assert not PendingRescore.objects.in_clinic(linden).exists()
    assert not needs_fit(linden)
    assert failures() == RECORDED


def test_fit_model_says_so_and_fails(fitted_clinic, hurried):
    with pytest.raises(CommandError, match=r"did not converge.*Snapshot 1 of Linden.* is in force"):
        call_command("fit_model", clinic="linden")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "did not converge"), ("de", "hat kein Ende gefunden")]
)
def test_the_page_says_so_until_a_later_fit(fitted_clinic, as_admin, asha, language, words, hurried):
    def page():
        return as_admin.get(reverse("rescoring"), headers={"accept-language": language}).content.decode()

    assert words not in page()
    tasks.refit(fitted_clinic.pk)
    assert words in page()
    FailedRescore.objects.update(failed_at=ModelSnapshot.objects.get().created_at - timedelta(days=1))
    assert words not in page()
