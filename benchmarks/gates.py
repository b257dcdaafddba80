"""Every target, with where it was set. A target is never changed to fit a measurement."""

from dataclasses import dataclass

CURVE, WORLDS, REAL = "learning curve", "ten fixed worlds", "InstEval"
SPEED, HONESTY, PARITY, PRIVACY = "how fast", "honesty", "parity", "published, not live"

# The rated dyads at which the learning curve is measured, and the share of the gap to close there.
SIZES = (218, 419, 1046, 2014, 4019, 8035)
CURVE_TARGETS = (0.56, 0.61, 0.72, 0.78, 0.82, 0.85)


@dataclass(frozen=True)
class Gate:
    """A measurement must lie from `low` to `high`, ends included; `source` is the section of the design
    (prediction.md) that says so."""

    low: float = float("-inf")
    high: float = float("inf")
    source: str = ""

    def met(self, measured: float) -> bool:
        """Whether the target is reached; not a number is not."""
        return self.low <= measured <= self.high

    def short(self, measured: float) -> float:
        """How far the measurement is beyond the nearer end, 0 if the target is reached."""
        return max(self.low - measured, measured - self.high, 0.0)

    def __str__(self) -> str:
        if self.low == float("-inf"):
            return f"≤ {self.high:g}"
        return f"≥ {self.low:g}" if self.high == float("inf") else f"{self.low:g} to {self.high:g}"


def _curve() -> dict[str, Gate]:
    gates = {}
    for size, target in zip(SIZES, CURVE_TARGETS, strict=True):
        gates[f"gap closed, {size} dyads"] = Gate(low=target, source=CURVE)
        gates[f"wrong prior minus free bilinear, {size} dyads"] = Gate(low=-0.03, source=CURVE)
    return gates


def _coverage() -> dict[str, Gate]:
    return {
        f"{level} % intervals of {what}": Gate(level / 100 - 0.03, level / 100 + 0.03, HONESTY)
        for what in ("ratings", "differences, no ceiling", "differences, ceiling")
        for level in (50, 80, 90)
    }


GATES: dict[str, Gate] = {
    **_curve(),
    "gap closed, 10.5 % learnable": Gate(low=0.76, source=WORLDS),
    "gap closed, 6 % learnable": Gate(low=0.65, source=WORLDS),
    "gap closed, 3 % learnable": Gate(low=0.755, source=WORLDS),
    "gap closed, 0 % learnable, minus intercepts only": Gate(low=-0.01, source=WORLDS),
    "share of null worlds without a detectable effect": Gate(low=0.95, source=HONESTY),
    **_coverage(),
    **{
        f"puppet's error / prior's, {size} ratings": Gate(low=0.85, source=PRIVACY) for size in (60, 150, 400)
    },
    **{
        f"puppet's “below 60” minus base rate, {size} ratings": Gate(high=0.02, source=PRIVACY)
        for size in (60, 150, 400)
    },
    "gap closed, exact minus published, 200 × 1000": Gate(high=0.04, source=PRIVACY),
    "gap closed, exact minus published, 30 × 1000": Gate(high=0.01, source=PRIVACY),
    "gap closed, exact minus published, 30 × 300": Gate(high=0.02, source=PRIVACY),
    "InstEval cold RMSE": Gate(high=1.238, source=REAL),
    "InstEval cold Spearman": Gate(low=0.388, source=REAL),
    "InstEval cold 90 % coverage": Gate(0.89, 0.92, REAL),
    "InstEval warm RMSE": Gate(high=1.195, source=REAL),
    "fit 4,000 × 200 / lme4": Gate(high=1.0, source=SPEED),
    "fit 4,000 × 200 / GPBoost": Gate(high=1.0, source=SPEED),
    "fit 43,000 × 2,000 / lme4": Gate(high=1.0, source=SPEED),
    "fit 43,000 × 2,000 / GPBoost": Gate(high=1.0, source=SPEED),
    "gap closed at 4,000 × 200 minus the best of lme4 and GPBoost": Gate(low=0.0, source=SPEED),
    "gap closed at 43,000 × 2,000 minus the best of lme4 and GPBoost": Gate(low=0.0, source=SPEED),
    "refit at fixed variances / one update, 4,000 × 200": Gate(low=1000.0, source=SPEED),
    "refit at fixed variances / one update, 43,000 × 2,000": Gate(low=1000.0, source=SPEED),
    "update minus refit, points": Gate(high=1e-8, source="the estimator"),
    "top ten of all pairs / faiss": Gate(high=1.5, source=SPEED),
    "top tens that faiss finds too": Gate(low=0.999, source=SPEED),
    "placement / OR-tools": Gate(high=3.0, source=SPEED),
    "placement minus the optimum, points a client": Gate(-1e-6, 1e-6, SPEED),
    "peak memory of 100,000 therapists, GiB": Gate(high=2.0, source=SPEED),
    "intercepts minus statsmodels, points": Gate(high=1e-3, source=PARITY),
    "crossed intercepts minus lme4, points": Gate(high=1e-3, source=PARITY),
    "log likelihood minus a dense one, nats": Gate(high=1e-8, source=PARITY),
}
