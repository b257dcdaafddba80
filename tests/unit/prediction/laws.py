"""What the laws quantify over."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from alliance_match.prediction import FitControl, FittedAlliance, forecast

law = settings(deadline=None, max_examples=25, derandomize=True)

seeds = st.integers(0, 10_000)


def same_state(one: FittedAlliance, other: FittedAlliance, candidates, tolerance: float = 1e-8) -> None:
    """Both know the same people, and forecast the same with the same spreads."""
    assert one.roster.rater_ids.tolist() == other.roster.rater_ids.tolist()
    assert one.roster.therapist_ids.tolist() == other.roster.therapist_ids.tolist()
    assert one.posterior.repeat.tolist() == other.posterior.repeat.tolist()
    assert np.abs(one.posterior.mean - other.posterior.mean).max() < tolerance
    for name in ("own", "with_global", "with_rater", "rater", "rater_with_global", "of_global"):
        difference = getattr(one.moments, name) - getattr(other.moments, name)
        assert np.abs(difference).max(initial=0.0) < tolerance, name
    a, b = forecast(one, candidates), forecast(other, candidates)
    for name in ("mean", "sd", "difference_sd"):
        assert np.abs(getattr(a, name) - getattr(b, name)).max() < tolerance, name


def same_means(one: FittedAlliance, other: FittedAlliance, tolerance: float = 1e-9) -> None:
    """All coefficients are the same, those of every therapist whom the other knows included."""
    np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=0, atol=tolerance)
    known = one.roster.therapists(other.roster.therapist_ids)
    assert (known >= 0).all()
    np.testing.assert_allclose(one.therapist_effects[known], other.therapist_effects, rtol=0, atol=tolerance)


def weight_of_single_raters(fitted: FittedAlliance, client_ids) -> np.ndarray:
    """What the only rating of each client weighs in the fit, (n,), for a single instrument."""
    precision = fitted.sums.rater_weight[fitted.roster.raters(np.array(client_ids))]
    return precision * fitted.variances.residual[0]


def from_scratch(fitted: FittedAlliance, table) -> FittedAlliance:
    """Sum the rows anew under the same layout and variances."""
    from alliance_match.prediction.inference.fit import fit_design
    from alliance_match.prediction.model.design import design_of

    design = design_of(fitted.layout, table)
    return fit_design(fitted.layout, design, fitted.variances, FitControl(fitted.prior))
