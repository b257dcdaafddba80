"""The state of the estimator as another process would read it."""

from alliance_match.accounts.models import Clinic
from alliance_match.matching.services import estimator_newest, estimators
from alliance_match.prediction import FittedAlliance


def newest_state(clinic: Clinic) -> FittedAlliance:
    """Made of what is stored, whatever this process has kept."""
    estimators._kept.clear()
    return estimator_newest(clinic)
