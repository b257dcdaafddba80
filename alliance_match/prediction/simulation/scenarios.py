"""The clinics that can be simulated: what is true in them, and named ones that are not all friendly."""

from dataclasses import dataclass

from alliance_match.prediction.data import validation as check
from alliance_match.prediction.data.errors import EstimationError


@dataclass(frozen=True)
class WorldControl:
    """What is true in a simulated clinic.

    A rating has a standard deviation of 15 points about 70, of which therapist, learnable and client are
    shares of the variance; the rest is noise.

    Parameters
    ----------
    ratings, therapists, new_clients : int
    therapist : float
        Share of the therapists' level.
    learnable : float
        Share of what differs between pairs and can be learned.
    client : float
        Share of the clients' level, a quarter of it predictable.
    ceiling : bool
        The mean is 85 and ratings above 100 become 100.
    returning : float
        Share of clients who come back and rate a second therapist.
    non_linear : bool
        A mismatch of styles does no harm up to a threshold and no more beyond a second one, and only if it
        matters to the client, while the features speak of weighted squares.
    confounding : float
        Correlation, over past pairs, of the client's severity (the level, reversed) with the therapist's
        seniority (the level).
    dropout : float
        Share of the pairs that end before a rating, the sooner the weaker the alliance.
    instruments : int
        How many are in use; a therapist keeps to one, each but the first has an offset and noise of its
        own, and the truth is in points of the first.
    drift : float
        Variance of what a therapist's level changes by from the first rating to now, as a share of a
        rating's variance, on top of the others; the change is even over time, and rows are in order of
        time.

    Raises
    ------
    EstimationError
        If shares exceed 1 or an option is out of its range.
    """

    ratings: int = 1000
    therapists: int = 200
    new_clients: int = 200
    therapist: float = 0.10
    learnable: float = 0.105
    client: float = 0.40
    ceiling: bool = False
    returning: float = 0.05
    non_linear: bool = False
    confounding: float = 0.0
    dropout: float = 0.0
    instruments: int = 1
    drift: float = 0.0

    def __post_init__(self) -> None:
        for name, fewest in (("ratings", 1), ("therapists", 2), ("new_clients", 0), ("instruments", 1)):
            check.require_whole_number(getattr(self, name), fewest, f"world: {name}")
        for name in ("therapist", "learnable", "client", "returning", "drift"):
            check.require_number(getattr(self, name), 0, 1, f"world: {name}")
        if self.therapist + self.learnable + self.client > 1:
            raise EstimationError("world: the shares add up to more than 1")
        ranges = {"confounding": -1 <= self.confounding <= 1, "dropout": 0 <= self.dropout < 1}
        for name, inside in ranges.items():
            if not inside:
                raise EstimationError(f"world: {name} {getattr(self, name):g} is out of range")

    @property
    def past_clients(self) -> int:
        """How many clients have seen somebody; each saw one therapist or two."""
        return max(round(self.ratings / (1 + self.returning)), (self.ratings + 1) // 2)


WORLDS: dict[str, WorldControl] = {
    "friendly": WorldControl(ratings=2000),
    "ceiling": WorldControl(ratings=2000, ceiling=True),
    "non-linear": WorldControl(ratings=2000, non_linear=True),
    "confounded": WorldControl(ratings=2000, confounding=0.4),
    # A fifth of clients drop out (Swift & Greenberg 2012).
    "early dropout": WorldControl(ratings=2000, dropout=0.2),
    "instruments": WorldControl(ratings=2000, instruments=3),
    "drift": WorldControl(ratings=2000, drift=0.10),
    "two therapists": WorldControl(ratings=2000, returning=0.5),
}
