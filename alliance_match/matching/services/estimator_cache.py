"""Decoded snapshots, kept by each process: a snapshot never changes, so neither does what it decodes to."""

from collections import OrderedDict

from alliance_match.matching.models import ModelSnapshot
from alliance_match.prediction import FittedAlliance, from_dict

MOST = 4
_decoded: OrderedDict[int, FittedAlliance] = OrderedDict()


def estimator_load(snapshot: ModelSnapshot) -> FittedAlliance:
    """The estimator a snapshot holds. Raises EstimationError where the snapshot is damaged."""
    if snapshot.pk not in _decoded:
        estimator_keep(snapshot, from_dict(snapshot.state))
    _decoded.move_to_end(snapshot.pk)
    return _decoded[snapshot.pk]


def estimator_keep(snapshot: ModelSnapshot, fitted: FittedAlliance) -> None:
    """Keep the estimator a snapshot was just made of; its key is never used again, even if rolled back."""
    _decoded[snapshot.pk] = fitted
    if len(_decoded) > MOST:
        _decoded.popitem(last=False)
