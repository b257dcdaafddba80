"""What the estimator knows (snapshots, training rows), what is published of it, and what is pending."""

from alliance_match.matching.models.allowed_trait import AllowedTrait
from alliance_match.matching.models.failed_rescore import FailedRescore
from alliance_match.matching.models.match_list import Match, MatchList
from alliance_match.matching.models.model_snapshot import ModelSnapshot
from alliance_match.matching.models.pending_rescore import PendingRescore
from alliance_match.matching.models.published_state import PublishedState
from alliance_match.matching.models.rescore_lock import RescoreLock
from alliance_match.matching.models.rescore_run import RescoreRun
from alliance_match.matching.models.stored_difference import StoredDifference
from alliance_match.matching.models.training_change import TrainingChange
from alliance_match.matching.models.training_row import TrainingRow

__all__ = [
    "AllowedTrait",
    "FailedRescore",
    "Match",
    "MatchList",
    "ModelSnapshot",
    "PendingRescore",
    "PublishedState",
    "RescoreLock",
    "RescoreRun",
    "StoredDifference",
    "TrainingChange",
    "TrainingRow",
]
