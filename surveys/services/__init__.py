"""What is written about instruments and the answers given to them."""

from surveys.services.installing import instruments_install
from surveys.services.submitting import (
    ClosedError,
    check_in_submit,
    closed,
    rating_withdraw,
    response_to,
    sharing_set,
)

__all__ = [
    "ClosedError",
    "check_in_submit",
    "closed",
    "instruments_install",
    "rating_withdraw",
    "response_to",
    "sharing_set",
]
