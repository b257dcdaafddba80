"""How fast the work of a clinic is done, as ratios to peers in one run."""

import numpy as np
from numpy.typing import NDArray

from alliance_match.prediction import (
    Bools,
    FitControl,
    Floats,
    Ints,
    Prior,
    TrainingTable,
    Variances,
    WorldControl,
    assign,
    fit,
    fit_given_variances,
    forecast,
    shortlist,
    simulate,
    update,
)
from benchmarks import memory
from benchmarks.accuracy import installed
from benchmarks.effort import Effort
from benchmarks.peers import Peer, estimator, gpboost_trees, intercepts, lme4_crossed
from benchmarks.report import Report
from benchmarks.timing import Run, clocked, interleaved, spoken
from benchmarks.worlds import Clinic

FIT_PEERS = (estimator.PEER, lme4_crossed.PEER, gpboost_trees.PEER, intercepts.PEER)

# Numbers of ratings and therapists.
SMALL, LARGE = (4_000, 200), (43_000, 2_000)

# Costs of a min-cost flow are whole numbers: this many to a point.
COST_UNIT = 1e7


def speed(report: Report, effort: Effort) -> None:
    """Measure it all, each against its peer."""
    report.say(f"## Speed\n\nMedians of {effort.rounds} interleaved rounds, after one that is not counted.")
    for size in (SMALL, LARGE) if effort.long else (SMALL,):
        clinic = _clinic(size)
        _fits(report, clinic, size, effort.rounds)
        _one_rating(report, clinic.world.table, size, effort.rounds)
    _top_tens(report, effort.rounds)
    _placement(report, effort.rounds)
    memory.of_many_therapists(report, effort.patience)


def _clinic(size: tuple[int, int]) -> Clinic:
    control = WorldControl(ratings=size[0], therapists=size[1], new_clients=100, ceiling=True)
    return Clinic(control, simulate(control, 1))


def _named(size: tuple[int, int]) -> str:
    return f"{size[0]:,} × {size[1]:,}"


def _fits(report: Report, clinic: Clinic, size: tuple[int, int], rounds: int) -> None:
    peers = installed(report, FIT_PEERS)
    table = clinic.world.table
    seconds = interleaved({peer.name: _fit_run(peer, table) for peer in peers}, rounds)
    gaps = {peer.name: clinic.gap_closed(peer.predict(peer.fit(table), clinic.pairs)) for peer in peers}
    ours = estimator.PEER.name
    report.table(
        [f"fit with variances, {_named(size)}", "time", "this / it", "gap closed"],
        [[name, spoken(s), f"{seconds[ours] / s:.2f}", f"{gaps[name]:.3f}"] for name, s in seconds.items()],
    )
    rivals = {"lme4": lme4_crossed.PEER.name, "GPBoost": gpboost_trees.PEER.name}
    there = {word: name for word, name in rivals.items() if name in seconds}
    for word, name in there.items():
        report.gate(f"fit {_named(size)} / {word}", seconds[ours] / seconds[name])
    if there:
        margin = gaps[ours] - max(gaps[name] for name in there.values())
        report.gate(f"gap closed at {_named(size)} minus the best of lme4 and GPBoost", margin)


def _fit_run(peer: Peer, table: TrainingTable) -> Run:
    """The time of a fit; lme4's is taken inside R, without starting R and without reading the rows."""
    if peer is lme4_crossed.PEER:
        return lambda: lme4_crossed.fit(table).seconds
    return clocked(lambda: peer.fit(table))


def _one_rating(report: Report, table: TrainingTable, size: tuple[int, int], rounds: int) -> None:
    """A first rating of a client, added by an update, and by a refit of all rows at the same variances."""
    _, first, count = np.unique(table.client_ids, return_index=True, return_counts=True)
    last = np.arange(len(table)) == first[count == 1][-1]
    fitted = fit(table.rows(~last))
    control = FitControl(prior=Prior(scaling=fitted.scaling))
    # Either is given its rows: cutting one out of many thousands takes longer than adding it.
    row = table.rows(last)
    updated, refitted = update(fitted, row), fit_given_variances(table, fitted.variances, control)
    gap = max(
        float(np.abs(updated.coefficients - refitted.coefficients).max()),
        float(np.abs(updated.therapist_effects - refitted.therapist_effects).max()),
    )
    by_update, by_solve = "update", "refit"
    found = interleaved(
        {
            by_update: clocked(lambda: update(fitted, row).coefficients),
            by_solve: clocked(lambda: fit_given_variances(table, fitted.variances, control).coefficients),
        },
        max(rounds, 5),
    )
    ratio = found[by_solve] / found[by_update]
    report.table(
        [f"one new rating, {_named(size)}", "time"],
        [*([name, spoken(s)] for name, s in found.items()), ["ratio", f"{ratio:,.0f}"]],
    )
    report.gate(f"refit at fixed variances / one update, {_named(size)}", ratio)
    if size == SMALL:
        report.gate("update minus refit, points", gap)


def _top_tens(report: Report, rounds: int) -> None:
    """10,000 clients × 2,000 therapists, the ten best of each; faiss is given the factors, and no masks."""
    control = WorldControl(ratings=20_000, therapists=2_000, new_clients=10_000)
    world = simulate(control, 1)
    fitted = fit_given_variances(world.table, Variances.default(world.table.features))
    candidates, seeds = world.candidates, np.arange(10_000)
    allowed = np.random.default_rng(1).random(candidates.shape) < 0.8

    def ours(allowed: Bools) -> Ints:
        return shortlist(forecast(fitted, candidates), 10, allowed, seeds)

    left, right = (np.ascontiguousarray(f, dtype=np.float32) for f in forecast(fitted, candidates).factors)
    runs = {"this estimator, with masks": clocked(lambda: ours(allowed))}
    everybody = ours(np.ones_like(allowed))
    try:
        theirs = _faiss_top_ten(left, right)
    except ImportError:
        report.say("faiss: not installed.")
    else:
        runs["faiss IndexFlatIP, without masks"] = clocked(lambda: _faiss_top_ten(left, right))
        common = (everybody[:, :, None] == theirs[:, None, :]).any(axis=2)
        report.gate("top tens that faiss finds too", float(common.mean()))
    found = interleaved(runs, rounds)
    seconds = list(found.values())
    report.table(
        ["top ten of 10,000 × 2,000", "time", "this / it"],
        [[name, spoken(s), f"{seconds[0] / s:.2f}"] for name, s in found.items()],
    )
    if len(seconds) > 1:
        report.gate("top ten of all pairs / faiss", seconds[0] / seconds[1])


def _faiss_top_ten(left: NDArray[np.float32], right: NDArray[np.float32]) -> Ints:
    import faiss  # noqa: PLC0415

    index = faiss.IndexFlatIP(right.shape[1])
    index.add(right)
    return np.asarray(index.search(left, 10)[1])


def _placement(report: Report, rounds: int) -> None:
    """1,000 clients, 200 therapists with 6 places each, 35 % of the pairs eligible."""
    world = simulate(WorldControl(ratings=2_000, new_clients=1_000), 1)
    value = forecast(
        fit_given_variances(world.table, Variances.default(world.table.features)), world.candidates
    ).mean
    capacity = np.full(value.shape[1], 6)
    allowed = np.random.default_rng(2).random(value.shape) < 0.35
    placed = assign(value, capacity, allowed, 1)
    runs = {"this estimator": clocked(lambda: assign(value, capacity, allowed, 1))}
    try:
        best = _flow_placement(value, capacity, allowed)
    except ImportError:
        report.say("OR-tools: not installed.")
    else:
        runs["OR-tools min-cost flow"] = clocked(lambda: _flow_placement(value, capacity, allowed))
        gap = _mean_value(value, best) - _mean_value(value, placed)
        report.gate("placement minus the optimum, points a client", gap)
    found = interleaved(runs, rounds)
    seconds = list(found.values())
    report.table(
        ["placement of 1,000 × 200 × 6", "time", "this / it"],
        [[name, spoken(s), f"{seconds[0] / s:.2f}"] for name, s in found.items()],
    )
    if len(seconds) > 1:
        report.gate("placement / OR-tools", seconds[0] / seconds[1])


def _mean_value(value: Floats, placed: Ints) -> float:
    """Points a client; NaN if anybody has no place."""
    if (placed < 0).any():
        return float("nan")
    return float(value[np.arange(len(value)), placed].mean())


def _flow_placement(value: Floats, capacity: Ints, allowed: Bools) -> Ints:
    """Positions of therapists (C,): source → clients → therapists → sink, by OR-tools."""
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415

    C, T = value.shape
    client, therapist = np.nonzero(allowed)
    source, sink = C + T, C + T + 1
    cost = np.round(-value[client, therapist] * COST_UNIT).astype(np.int64)
    flow = min_cost_flow.SimpleMinCostFlow()
    pairs = flow.add_arcs_with_capacity_and_unit_cost(client, C + therapist, np.ones_like(client), cost)
    flow.add_arcs_with_capacity_and_unit_cost(
        np.full(C, source), np.arange(C), np.ones(C, dtype=np.int64), np.zeros(C, dtype=np.int64)
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        C + np.arange(T), np.full(T, sink), capacity, np.zeros(T, dtype=np.int64)
    )
    flow.set_nodes_supplies(np.array([source, sink]), np.array([C, -C]))
    flow.solve_max_flow_with_min_cost()
    taken = flow.flows(pairs) > 0
    placed = np.full(C, -1)
    placed[client[taken]] = therapist[taken]
    return placed
