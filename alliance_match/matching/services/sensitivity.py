"""What would be suggested if those who left early had felt worse than is forecast for them."""

from collections.abc import Sequence

from alliance_match.accounts.models import Clinic
from alliance_match.matching import dataset
from alliance_match.matching.eligibility import eligible_pairs
from alliance_match.matching.services.estimators import estimator_newest
from alliance_match.matching.services.snapshots import needs_fit
from alliance_match.matching.training_data import training_data
from alliance_match.prediction import Sensitivity, sensitivity
from clients.models import Client
from surveys.models.instrument import DEFAULT

# Points below the forecast: as large as the therapists' own spread, and twice that.
SHIFTS = (5.0, 10.0)


def clinic_sensitivity(*, clinic: Clinic) -> Sequence[Sensitivity]:
    """How far the newest state's suggestions to those who are looking rest on who stayed, by shift.

    Empty where no state is in force, nobody left early or no therapist is listed. Nothing is stored.
    """
    if needs_fit(clinic):
        return []
    data = training_data(clinic)
    started = dataset.started_pairs(clinic, data.rating_ids, data.table)
    seeking = dataset.watched_only(Client.objects.in_clinic(clinic).seeking())
    people = dataset.clinic_people(clinic, seeking.order_by("pk"))
    listed = [one for one in people.therapists if one.takes_clients]
    if not listed or not started.dropped_out.any():
        return []
    mask, candidates = eligible_pairs(people.clients, listed), people.candidates(DEFAULT)
    fitted = estimator_newest(clinic)
    return [sensitivity(fitted, started, candidates, mask, shift) for shift in SHIFTS]
