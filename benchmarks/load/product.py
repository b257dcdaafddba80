"""The one place that knows how the application keeps what it was trained on; all else reads base tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Max
from numpy.typing import NDArray

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import (
    FailedRescore,
    MatchList,
    ModelSnapshot,
    PendingRescore,
    PublishedState,
    RescoreRun,
    StoredDifference,
    TrainingChange,
)
from alliance_match.matching.services import publish
from alliance_match.matching.services.estimators import with_changes
from alliance_match.matching.tasks import notify_worker, refit
from alliance_match.prediction import from_dict, publication_from_dict, to_dict

Floats = NDArray[np.float64]

# Which of these sessions' ratings count already, with nothing of their clients left to do: then their own
# lists are renewed.
COUNTED = """
    SELECT rating.session_id FROM matching_trainingrow AS row
    JOIN surveys_alliancerating AS rating ON rating.id = row.rating_id
    WHERE rating.session_id = ANY(%s) AND row.score = rating.total
    AND NOT EXISTS (SELECT FROM matching_pendingrescore AS pending WHERE pending.client_id = row.client_id
        AND NOT pending.everybody)
"""
# The training rows as they were published, those that were removed since among them.
PUBLISHED = """
    SELECT id, client_id AS client, therapist_id AS therapist, instrument AS code, session, score, features,
        weight FROM matching_trainingrow WHERE clinic_id = %(clinic)s AND id = ANY(%(rows)s)
    UNION ALL
    SELECT row_id, client_id, therapist_id, instrument, session, score, features, weight
    FROM matching_trainingchange WHERE clinic_id = %(clinic)s AND row_id = ANY(%(rows)s) AND removed
"""
LISTS = """
    SELECT client_id, therapist_ids, means, sds, differences, difference_sds FROM matching_matchlist
    WHERE clinic_id = %s
"""

# The sums in which a published state differs from one of its rows.
BLURRED = ("gram", "moment", "own_gram", "own_cross", "own_moment")
# One number of the stored state is another.
CORRUPT_STATE = """
    ALTER TABLE matching_modelsnapshot DISABLE TRIGGER USER;
    UPDATE matching_modelsnapshot SET state = jsonb_set(state, '{widening}', '2.5') WHERE clinic_id = %s;
    ALTER TABLE matching_modelsnapshot ENABLE TRIGGER USER
"""


@dataclass(frozen=True)
class Claimed:
    """What the application says: given is what it stores (names, numbers), the rest follows.

    coefficients (p,) of the global columns; own (T, q) of the therapists of `therapist_ids`.
    """

    given: Mapping[str, Any]
    coefficients: Floats
    own: Floats
    therapist_ids: list[int]
    ratings: int


def newest_state(clinic: Clinic) -> Claimed:
    """The estimator that was trained on everything."""
    snapshot = ModelSnapshot.objects.in_clinic(clinic).newest()
    assert snapshot is not None, "no snapshot"
    since = TrainingChange.objects.in_clinic(clinic).filter(pk__gt=snapshot.last_change).order_by("pk")
    fitted = with_changes(from_dict(snapshot.state), list(since))
    return Claimed(
        given=to_dict(fitted),
        coefficients=fitted.coefficients,
        own=fitted.therapist_effects,
        therapist_ids=fitted.roster.therapist_ids.tolist(),
        ratings=fitted.ratings,
    )


@dataclass(frozen=True)
class Published:
    """What others see: given as in `Claimed`, its stored sums by name, and which training rows are in it."""

    given: Mapping[str, Any]
    terms: Mapping[str, Floats]
    therapist_ids: list[int]
    row_ids: list[int]


def published_state(clinic: Clinic) -> Published:
    """What every list is scored with, together with a client's own ratings."""
    published = PublishedState.objects.in_clinic(clinic).newest()
    assert published is not None, "nothing is published"
    fitted = publication_from_dict(published.state).fitted
    sums = {name: getattr(fitted.sums, name) for name in BLURRED}
    therapists = fitted.roster.therapist_ids.tolist()
    return Published(to_dict(fitted), sums, therapists, list(published.row_ids))


def pending(clinic: Clinic) -> int:
    """How much is left to do."""
    return PendingRescore.objects.in_clinic(clinic).count()


def recomputes(clinic: Clinic) -> int:
    """How often everybody's lists were to be computed since the clinic was made: at each publication."""
    published = PublishedState.objects.in_clinic(clinic).newest()
    return published.number if published else 0


def failures(clinic: Clinic) -> list[FailedRescore]:
    """What was given up, newest first."""
    return list(FailedRescore.objects.in_clinic(clinic).recent())


def differences(clinic: Clinic) -> list[StoredDifference]:
    """What nights found stored otherwise than made anew, newest first."""
    return list(StoredDifference.objects.in_clinic(clinic))


def notify(times: int = 1) -> None:
    """Send the worker its empty message."""
    for _ in range(times):
        notify_worker()


def last_fit(clinic: Clinic) -> int:
    """The number of the last full fit."""
    fit = ModelSnapshot.objects.in_clinic(clinic).newest_fit()
    return fit.number if fit else 0


def nightly(clinic: Clinic) -> None:
    """Let the worker do what it does every night."""
    refit.apply_async(args=(clinic.pk,))


def lists(clinic: Clinic) -> int:
    """How many clients have suggestions."""
    return MatchList.objects.in_clinic(clinic).count()


def publish_now(clinic: Clinic) -> None:
    """Publish, as the night does."""
    publish(clinic=clinic, by=SystemActor.WORKER)


def slowest_step(clinic: Clinic) -> float:
    """The seconds of the longest transaction of the worker's so far."""
    return RescoreRun.objects.in_clinic(clinic).aggregate(most=Max("seconds"))["most"] or 0.0
