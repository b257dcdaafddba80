"""What the estimator knows (snapshots, training rows), what follows for clients (matches), what is owed."""

from alliance_match.matching.models.learning import AllowedTrait, ModelSnapshot, TrainingRow
from alliance_match.matching.models.match import Match
from alliance_match.matching.models.rescoring import RescoreClaim, RescoreDeadLetter, RescoreOwed, RescoreRun

__all__ = [
    "AllowedTrait",
    "Match",
    "ModelSnapshot",
    "RescoreClaim",
    "RescoreDeadLetter",
    "RescoreOwed",
    "RescoreRun",
    "TrainingRow",
]
