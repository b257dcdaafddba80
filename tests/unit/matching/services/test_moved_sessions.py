"""A session that a corrected file gives to somebody else counts where it now belongs, and nowhere else."""

import pytest

from alliance_match.audit.actors import SystemActor
from alliance_match.matching import dataset
from alliance_match.matching.models import (
    FailedRescore,
    PendingRescore,
    TrainingRow,
)
from alliance_match.matching.services import clinic_fit, pending_rescores_process
from alliance_match.transfer.importing import clinic_import
from clients.models import Consent, Episode, Purpose, Session
from surveys.models import AllianceRating
from tests import cast
from tests.unit.matching.states import newest_state
from tests.unit.prediction.laws import from_scratch, same_means


@pytest.fixture
def moved(fitted_clinic, tmp_path):
    """A function that imports a sessions.csv which gives a session to these two, and works it off."""

    def moved(session, client, therapist):
        (tmp_path / "sessions.csv").write_text(
            "session,client,therapist,episode,number\n"
            f"{session.code},{client.code},{therapist.code},9,{session.number}\n"
        )
        report = clinic_import(clinic=fitted_clinic, directory=tmp_path, by=SystemActor.COMMAND)
        assert [str(fault) for fault in report.faults.kept()] == []
        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)

    return moved


@pytest.fixture
def trained(fitted_clinic):
    """A function that says which pair of a session the estimator is fitted to, after checking all of them."""

    def trained(session):
        assert_trained_on_what_may_be_used(fitted_clinic)
        rows = TrainingRow.objects.filter(rating__session=session)
        return [(row.client_id, row.therapist_id) for row in rows]

    return trained


def assert_trained_on_what_may_be_used(clinic):
    """The newest state is a solve over exactly the ratings of today, and nothing was left or given up."""
    assert not FailedRescore.objects.exists()
    assert not PendingRescore.objects.exists()
    kept = newest_state(clinic)
    wanted = dataset.ratings_to_train_on(AllianceRating.objects.in_clinic(clinic))
    rows = dataset.training_rows(clinic, wanted)
    assert kept.ratings == len(wanted)
    same_means(kept, from_scratch(kept, dataset.training_table(kept.features, kept.instruments, rows)))


@pytest.fixture
def rated(raters):
    """The third session of the first rater, who saw Mara."""
    return Session.objects.get(episode__client=raters[0], number=3)


def test_a_session_given_to_another_therapist_counts_for_that_one(trained, moved, rated, raters, jonas):
    moved(rated, raters[0], jonas)
    assert trained(rated) == [(raters[0].pk, jonas.pk)]


def test_a_fit_too_takes_a_session_of_whoever_held_it(fitted_clinic, trained, rated, raters, jonas):
    Episode.objects.filter(pk=rated.episode_id).update(therapist=jonas)
    clinic_fit(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert trained(rated) == [(raters[0].pk, jonas.pk)]


@pytest.mark.parametrize("to", [1, -1])
def test_a_session_given_to_another_client_counts_for_that_one(trained, moved, rated, raters, mara, to):
    moved(rated, raters[to], mara)
    assert trained(rated) == [(raters[to].pk, mara.pk)]


def test_a_session_given_to_one_who_did_not_agree_is_removed(trained, moved, rated, wim, mara):
    moved(rated, wim, mara)
    assert trained(rated) == []


def test_a_withdrawal_after_the_move_is_removed(fitted_clinic, trained, moved, rated, raters, mara):
    moved(rated, raters[1], mara)
    Consent.objects.filter(client=raters[1], purpose=Purpose.MATCHING).update(
        withdrawn_at="2099-01-01T00:00Z"
    )
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert trained(rated) == []


def test_a_session_given_away_makes_room_for_the_one_beside_it(trained, moved, rated, raters, mara):
    beside = rated.episode.sessions.get(number=2)
    cast.make_rating(beside, 30)
    moved(rated, raters[1], mara)
    assert trained(beside) == [(raters[0].pk, mara.pk)]


def test_an_episode_given_to_another_client_counts_for_that_one(fitted_clinic, trained, rated, raters):
    Episode.objects.filter(pk=rated.episode_id).update(client=raters[1], number=9)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert trained(rated) == [(raters[1].pk, rated.episode.therapist_id)]


def test_a_rating_given_to_another_clients_session_counts_for_that_one(fitted_clinic, trained, rated, cleo):
    episode = cast.make_episode(cleo, rated.episode.therapist)
    there = episode.sessions.get(number=3)
    AllianceRating.objects.filter(session=rated).update(session=there)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert trained(there) == [(cleo.pk, episode.therapist_id)]


def test_whoever_gets_a_session_may_be_processed_before_whoever_had_it(fitted_clinic, trained, rated, raters):
    Episode.objects.filter(pk=rated.episode_id).update(client=raters[1], number=9)
    PendingRescore.objects.exclude(client_id=raters[1].pk).delete()
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert trained(rated) == [(raters[1].pk, rated.episode.therapist_id)]


def test_a_fit_after_all_moves_changes_nothing_that_was_fitted(
    fitted_clinic, trained, moved, rated, raters, jonas, mara
):
    moved(rated, raters[0], jonas)
    moved(Session.objects.get(episode__client=raters[3], number=3), raters[2], mara)
    columns = ("rating", "client", "therapist", "session", "score", "features")
    before = list(TrainingRow.objects.order_by("rating").values_list(*columns))
    clinic_fit(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert list(TrainingRow.objects.order_by("rating").values_list(*columns)) == before
    trained(rated)
