"""Taking one client's own ratings out of a published state, for that client's eyes alone."""

import numpy as np

from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.data.tables import TrainingTable
from alliance_match.prediction.inference.fitted import FittedAlliance
from alliance_match.prediction.inference.update import downdate

ROUNDING = 1e-9


def remove_from_published(published: FittedAlliance, table: TrainingTable) -> FittedAlliance:
    """Remove ratings from a blurred state.

    Blur leaves less of ratings than they told. Where it has left less than these alone told, there is too
    little of them to be taken out: what remained would know less than before any rating.

    Parameters
    ----------
    published : FittedAlliance
        The `fitted` of a `Publication`.
    table : TrainingTable
        Rows as they were when they were published.

    Returns
    -------
    FittedAlliance

    Raises
    ------
    EstimationError
        Where blur has left too little of the rows, or a row is not in the state.
    """
    left = downdate(published, table)
    moments, prior = left.moments, left.coefficient_prior
    of_therapists = np.diagonal(moments.own, axis1=1, axis2=2) * prior.own
    if max(of_therapists.max(), (np.diag(moments.of_global) * prior.column).max()) > 1.0 + ROUNDING:
        raise EstimationError("blur has left too little of these ratings to take them out")
    return left
