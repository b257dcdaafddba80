"""What the estimator knows (snapshots, training rows), what follows for clients (matches), what is owed."""

from alliance_match.matching.models.learning import AllowedTrait, ModelSnapshot, TrainingRow
from alliance_match.matching.models.match import Match
from alliance_match.matching.models.rescoring import FailedRescore, PendingRescore, RescoreLock, RescoreRun

__all__ = [
    "AllowedTrait",
    "FailedRescore",
    "Match",
    "ModelSnapshot",
    "PendingRescore",
    "RescoreLock",
    "RescoreRun",
    "TrainingRow",
]
