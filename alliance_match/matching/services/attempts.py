"""Who may work for a clinic, how often work was tried, and when it is given up."""

from alliance_match.accounts.models import Clinic
from alliance_match.matching.models import RescoreLock


def lock_if_free(clinic: Clinic) -> bool:
    """Take the clinic for this transaction; False where another worker has it."""
    return RescoreLock.objects.select_for_update(skip_locked=True).filter(clinic=clinic).first() is not None
