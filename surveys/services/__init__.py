"""What is written about instruments and the answers given to them."""

from surveys.services.installing import instruments_install
from surveys.services.submitting import AlreadyAnsweredError, check_in_submit, rating_withdraw

__all__ = ["AlreadyAnsweredError", "check_in_submit", "instruments_install", "rating_withdraw"]
