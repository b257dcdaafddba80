"""The nightly comparison: what is stored for a clinic beside the same made anew, slice by slice.

Each slice is a short transaction of its own under the clinic's lock, so that nothing stored changes
meanwhile. Base data may change: whoever has something pending, asked after all else was read, is left out.
"""

import logging
from collections import Counter

from django.db import transaction

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from alliance_match.matching.dataset import client_slices
from alliance_match.matching.models import ModelSnapshot, RescoreLock, StoredDifference
from alliance_match.matching.services.attempts import clinic_lock
from alliance_match.matching.services.estimators import EstimatorState, StateDamagedError, estimator_stored
from alliance_match.matching.services.list_comparison import lists_compare
from alliance_match.matching.services.publishing import publication_stored
from alliance_match.matching.services.row_comparison import RowComparison
from alliance_match.matching.services.snapshots import needs_fit
from alliance_match.prediction import EstimationError, sums_differences

log = logging.getLogger(__name__)
Kind = StoredDifference.Kind
# So many clients take less than two seconds at once, at any clinic.
ROWS_AT_ONCE, LISTS_AT_ONCE = 1_000, 200


def clinic_verify(*, clinic: Clinic, by: Actor) -> Counter[Kind]:
    """Compare, tell, and mark what differs for the fit, publication and re-scores that follow.

    Returns how much differs, by kind. A clinic that has to be fitted first has nothing to compare.
    """
    found: Counter[Kind] = Counter()
    if not needs_fit(clinic):
        _rows_and_state_compare(clinic, found)
        _published_and_lists_compare(clinic, found)
        _tell(clinic, found, by)
    return +found


def _rows_and_state_compare(clinic: Clinic, found: Counter[Kind]) -> None:
    with transaction.atomic():
        clinic_lock(clinic)
        try:
            state = estimator_stored(clinic)
        except StateDamagedError:
            found[Kind.STATE] += 1
            return
    comparison = RowComparison(clinic, state)
    try:
        differences = sums_differences(
            state.fitted, (comparison.compare(keys) for keys in client_slices(clinic, ROWS_AT_ONCE))
        )
    except EstimationError:
        found[Kind.TRAINING_ROWS] += 1
        return
    if _is_in_force(clinic, state):
        found[Kind.TRAINING_ROWS] += comparison.rows
        found[Kind.STATE] += comparison.state_differences(differences)


def _is_in_force(clinic: Clinic, state: EstimatorState) -> bool:
    """Whether no fit and no checkpoint came meanwhile: a fit sets weights, and both let changes go."""
    newest = ModelSnapshot.objects.in_clinic(clinic).without_state().newest()
    return newest is not None and newest.pk == state.snapshot_id


def _published_and_lists_compare(clinic: Clinic, found: Counter[Kind]) -> None:
    with transaction.atomic():
        clinic_lock(clinic)
        try:
            publication = publication_stored(clinic)
        except EstimationError:
            found[Kind.PUBLISHED] += 1
            return
    if publication:
        for keys in client_slices(clinic, LISTS_AT_ONCE):
            found[Kind.LISTS] += lists_compare(clinic, publication, keys)


@transaction.atomic
def _tell(clinic: Clinic, found: Counter[Kind], by: Actor) -> None:
    """Of rows and state only a fit knows what they should be, so it is asked for until one succeeds."""
    if found[Kind.TRAINING_ROWS] or found[Kind.STATE]:
        RescoreLock.objects.filter(clinic=clinic).update(state_damaged=True)
    for kind, count in (+found).items():
        log.error("stored differently than made anew: %s %s", count, kind.value)
        row = StoredDifference.objects.create(clinic=clinic, kind=kind, count=count)
        event_record(by=by, verb="clinic_verify", of=row, clinic_id=clinic.pk)
