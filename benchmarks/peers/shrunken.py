"""Each therapist's mean rating, shrunken towards the overall mean."""

from alliance_match.prediction import TrainingTable, shrunken_means
from benchmarks.peers import Peer, Prediction


def fit(train: TrainingTable) -> TrainingTable:
    """The product's own yardstick learns when it predicts."""
    return train


def predict(fitted: TrainingTable, rows: TrainingTable) -> Prediction:
    """The shrunken mean of each row's therapist."""
    return Prediction(shrunken_means(fitted, rows))


PEER = Peer("shrunken therapist mean", fit, predict)
