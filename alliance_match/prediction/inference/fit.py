"""Fitting: freeze the layout, find the variances, sum the ratings, solve."""

import numpy as np

from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.data.tables import TrainingTable
from alliance_match.prediction.inference.fitted import FittedAlliance
from alliance_match.prediction.inference.likelihood import likelihood_of
from alliance_match.prediction.inference.statistics_update import SufficientStatistics, statistics_of
from alliance_match.prediction.inference.sufficient_statistics import roster_of
from alliance_match.prediction.inference.variance_search import VarianceSearch, find_variances
from alliance_match.prediction.model.columns import Layout, layout_of
from alliance_match.prediction.model.design import Design, design_of
from alliance_match.prediction.model.priors import USUAL_VARIANCE, FitControl, Variances

# Scores closer than this, in points, are the same.
SAME = 1e-6


def fit(table: TrainingTable, control: FitControl | None = None) -> FittedAlliance:
    """Find the variances and solve: one exact Gaussian mixed model (docs/prediction.md).

    Parameters
    ----------
    table : TrainingTable
        The ratings.
    control : FitControl, optional
        Prior, and when the search for variances ends.

    Returns
    -------
    FittedAlliance
        Of which `converged` says whether the search came to rest.

    Raises
    ------
    EstimationError
        On no rows, a single therapist, scores that are all equal, or a prior that names what does not
        exist.

    References
    ----------
    Dempster, Laird & Rubin (1977); Harville (1977).
    """
    _check_informative(table)
    return fit_unchecked(table, control or FitControl())


def fit_unchecked(table: TrainingTable, control: FitControl) -> FittedAlliance:
    """Fit without asking whether the table can inform anything: for evaluations of a part of it.

    What the rows do not tell stays as it is expected: of a single therapist how far therapists differ, of
    scores that are all equal every variance.
    """
    layout = layout_of(table, control.prior)
    design = design_of(layout, table)
    expected = Variances.default(table.features, len(table.instruments), _total_variance(table))
    likelihood = likelihood_of(layout, control.prior, design)
    variances, search = find_variances(likelihood, expected, control)
    statistics = statistics_of(design, variances, likelihood.roster, likelihood.pattern.symbolic)
    return _fitted_at_variances(layout, variances, control, statistics, search)


def fit_given_variances(
    table: TrainingTable, variances: Variances, control: FitControl | None = None
) -> FittedAlliance:
    """Solve at given variances: no search, and no rows are needed.

    With no rows the posterior is the prior: a new clinic's preference fit.

    Parameters
    ----------
    table : TrainingTable
        The ratings; zero rows are allowed.
    variances : Variances
        In points², one of noise for each instrument that the table names.
    control : FitControl, optional
        Of which the prior and the widening count.

    Returns
    -------
    FittedAlliance

    Raises
    ------
    EstimationError
        If the variances are not of as many instruments, or the prior names what does not exist.
    """
    control = control or FitControl()
    if len(variances.residual) != len(table.instruments):
        raise EstimationError("variances: one residual variance is needed for each instrument")
    layout = layout_of(table, control.prior)
    return fit_design(layout, design_of(layout, table), variances, control)


def fit_design(layout: Layout, design: Design, variances: Variances, control: FitControl) -> FittedAlliance:
    """Sum the rows of a design and solve, all else given."""
    roster = roster_of(design.client_ids, design.therapist_ids)
    return _fitted_at_variances(layout, variances, control, statistics_of(design, variances, roster))


def is_informative(table: TrainingTable) -> bool:
    """Whether a fit can learn anything from a table.

    Parameters
    ----------
    table : TrainingTable

    Returns
    -------
    bool
        False on no rows, a single therapist, or scores that are all equal.
    """
    return len(np.unique(table.therapist_ids)) > 1 and not _all_equal(table)


def _all_equal(table: TrainingTable) -> bool:
    return bool(np.ptp(table.score) <= SAME)


def _total_variance(table: TrainingTable) -> float:
    return USUAL_VARIANCE if _all_equal(table) else float(table.score.var())


def _check_informative(table: TrainingTable) -> None:
    if not len(table):
        raise EstimationError("table: no rows; use fit_given_variances for a clinic without ratings")
    if len(np.unique(table.therapist_ids)) < 2:
        raise EstimationError(f"table: all ratings are of therapist {table.therapist_ids[0]}")
    if _all_equal(table):
        raise EstimationError(f"score: every rating is {table.score[0]:g}")


def _fitted_at_variances(
    layout: Layout,
    variances: Variances,
    control: FitControl,
    statistics: SufficientStatistics,
    search: VarianceSearch | None = None,
) -> FittedAlliance:
    fitted = FittedAlliance(layout, control.prior, variances, statistics, search, control.widening)
    _ = fitted.posterior  # A fit that cannot be solved must fail here, not where it is used.
    return fitted
