"""The one error this package raises on purpose."""


class EstimationError(ValueError):
    """Input from which no honest estimate follows; the message names the column, row or therapist."""
