"""What is published is not what is known, and is the same for the same ratings."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import PublishedState, RescoreLock, TrainingRow
from alliance_match.matching.services import clinic_fit, pending_rescores_process, publish, publish_if_due
from alliance_match.matching.services.publishing import publication_in_force
from alliance_match.prediction import publication_from_dict
from surveys.models import AllianceRating
from surveys.services import rating_withdraw
from tests import cast
from tests.unit.matching import fitted
from tests.unit.matching.states import newest_state


@pytest.fixture
def unblurred():
    """Nothing is, for blur is what is tested here."""


@pytest.fixture(scope="module")
def fitted_world(django_db_setup, django_db_blocker):
    """Linden, blurred from the first publication on."""
    with django_db_blocker.unblock():
        return fitted.world(fitted.fitted_linden, blurred=True)


@pytest.fixture
def published(fitted_clinic):
    """A function that publishes anew and says each therapist's own level as others see it."""

    def published():
        publish(clinic=fitted_clinic, by=SystemActor.WORKER)
        return publication_in_force(fitted_clinic, SystemActor.WORKER).fitted.therapist_effects[:, 0]

    return published


def test_what_is_published_is_blurred(fitted_clinic, published):
    known = newest_state(fitted_clinic).therapist_effects[:, 0]
    assert np.abs(published() - known).min() > 0.01


def test_the_same_ratings_are_published_alike(fitted_clinic, published):
    first = published()
    clinic_fit(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert published() == pytest.approx(first, abs=1e-6)


def test_another_secret_has_another_blur(fitted_clinic, published):
    first = published()
    RescoreLock.objects.update(blur_secret=b"another secret of tests")
    assert np.abs(published() - first).min() > 0.01


def test_a_clinic_has_a_secret_of_its_own(linden, birch, monkeypatch):
    monkeypatch.undo()
    secrets = [bytes(RescoreLock.objects.create(clinic=clinic).blur_secret) for clinic in (linden, birch)]
    assert [len(secret) for secret in secrets] == [32, 32]
    assert len(set(secrets)) == 2


def test_a_rating_waits_until_a_fifth_of_the_therapists_raters_is_new(
    fitted_clinic, third_session, raters, pavel
):
    cast.make_check_in(third_session, 1)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    own = TrainingRow.objects.get(rating__session=third_session).pk

    assert own not in publish(clinic=fitted_clinic, by=SystemActor.WORKER).row_ids
    for rater in raters[:3]:
        episode = cast.make_episode(rater, pavel, number=2)
        cast.make_rating(episode.sessions.get(number=3), 70)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert own in publish(clinic=fitted_clinic, by=SystemActor.WORKER).row_ids


def test_a_rating_that_waits_is_in_the_raters_own_list_once(fitted_clinic, cleo, third_session):
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    before = [match.mean for match in cast.matches_of(cleo)]
    cast.make_check_in(third_session, 1)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    own = [match.mean for match in cast.matches_of(cleo)]

    publish(clinic=fitted_clinic, by=SystemActor.WORKER)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)

    assert own != before
    assert [match.mean for match in cast.matches_of(cleo)] == own
    state = PublishedState.objects.get()
    assert (state.rated, sum(state.rated_by_therapist.values())) == (45, 45)


@pytest.fixture
def withdrawn(fitted_clinic, raters):
    """The training row of a rating that was published, and is withdrawn."""
    rating = AllianceRating.objects.get(training_row__client=raters[0])
    row = TrainingRow.objects.get(rating=rating).pk
    rating_withdraw(rating=rating, by=SystemActor.COMMAND)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    return row


def rows_held():
    """The training rows of all that is published, the global coefficients among it."""
    held: set[int] = set()
    for one in PublishedState.objects.all():
        publication = publication_from_dict(one.state)
        held |= {*one.row_ids, *publication.ratings.versions, *publication.renewed.versions}
    return held


def nights(clinic, time_machine, count):
    """So many nights, one a day."""
    for _ in range(count):
        time_machine.move_to(timezone.now() + timedelta(days=1))
        publish_if_due(clinic=clinic, by=SystemActor.WORKER)


def test_a_withdrawal_alone_changes_nothing_before_the_next_publication(fitted_clinic, cleo, raters):
    before = list(cast.matches_of(cleo)), rows_held()
    rating = AllianceRating.objects.get(training_row__client=raters[0])
    rating_withdraw(rating=rating, by=SystemActor.COMMAND)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert (list(cast.matches_of(cleo)), rows_held()) == before


def test_nothing_published_holds_a_withdrawn_rating_for_thirty_days(fitted_clinic, withdrawn, time_machine):
    assert withdrawn in rows_held()
    nights(fitted_clinic, time_machine, 18)
    assert withdrawn not in PublishedState.objects.get().row_ids
    assert withdrawn in rows_held()  # in the global coefficients, which a single rating does not renew
    nights(fitted_clinic, time_machine, 7)
    assert withdrawn not in rows_held()
    assert PublishedState.objects.get().withdrawn_since is None


def test_it_is_renewed_in_time_though_some_nights_were_missed(fitted_clinic, withdrawn, time_machine):
    nights(fitted_clinic, time_machine, 1)
    time_machine.move_to(timezone.now() + timedelta(days=27))
    nights(fitted_clinic, time_machine, 1)
    assert withdrawn not in rows_held()


def test_nothing_is_published_anew_where_nothing_changed(fitted_clinic, withdrawn, time_machine):
    nights(fitted_clinic, time_machine, 2)
    number = PublishedState.objects.get().number
    nights(fitted_clinic, time_machine, 15)
    assert PublishedState.objects.get().number == number


def test_a_later_withdrawal_does_not_put_off_what_is_due(fitted_clinic, withdrawn, raters, time_machine):
    nights(fitted_clinic, time_machine, 12)
    rating = AllianceRating.objects.get(training_row__client=raters[1])
    rating_withdraw(rating=rating, by=SystemActor.COMMAND)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    nights(fitted_clinic, time_machine, 12)
    assert withdrawn not in rows_held()
