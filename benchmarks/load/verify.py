"""Hold what is stored for a clinic against the oracle."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
import psycopg2
from psycopg2.extras import RealDictCursor

from benchmarks.load import oracle, product
from benchmarks.load.clinic import LoadClinic

DIMENSIONS = ("structure", "feelings", "time", "warmth")
PREFERENCES = """
    SELECT c.id, p.dimension, p.position, p.importance FROM clients_client c
    JOIN clients_stylepreference p ON p.client_id = c.id
    WHERE c.clinic_id = %s AND c.status IN ('searching', 'waiting')
"""
PRACTICE = """
    SELECT t.id, s.dimension, s.position, s.reach FROM therapists_therapist t
    JOIN therapists_practisedstyle s ON s.therapist_id = t.id WHERE t.clinic_id = %s
"""
SEEN = "SELECT client_id AS client, therapist_id AS therapist FROM clients_episode WHERE clinic_id = %s"
People = dict[int, np.ndarray]
CLOSE = 1e-9  # of the largest coefficient


@dataclass
class Verdict:
    """What is wrong, and how far the posterior is from a dense solve."""

    faults: list[str] = field(default_factory=list)
    gap: float = float("nan")
    rows: int = 0
    lists: int = 0

    def __str__(self) -> str:
        said = f"{self.rows} rows, posterior within {self.gap:.0e}, {self.lists} lists"
        return "; ".join([said, *self.faults])


class Base:
    """Rows of base tables over a connection of its own, so that no transaction of ours is in the way."""

    def __init__(self, url: str) -> None:
        self.url = url

    def rows(self, statement: str, *values: object) -> list[oracle.Row]:
        """What a statement finds; values by place, or one mapping of them by name."""
        named = values[0] if values and isinstance(values[0], dict) else values
        with closing(psycopg2.connect(self.url)) as connection:
            cursor = connection.cursor(cursor_factory=RealDictCursor)
            cursor.execute(statement, named)
            return [dict(row) for row in cursor.fetchall()]

    def run(self, statement: str, *values: object) -> None:
        """Run a statement that finds nothing."""
        with closing(psycopg2.connect(self.url)) as connection, connection:
            connection.cursor().execute(statement, values)


def verify(base: Base, made: LoadClinic, *, lists: bool = True) -> Verdict:
    """Everything the oracle can say of one clinic with nothing left to do."""
    clinic = made.clinic
    verdict = Verdict()
    trained = base.rows(oracle.TRAINED, clinic.pk)
    verdict.rows = len(trained)
    wanted = oracle.ratings_that_count(base.rows(oracle.RATINGS, clinic.pk))
    verdict.faults += oracle.training_faults(wanted, trained)
    claimed = product.newest_state(clinic)
    if claimed.ratings != len(trained):
        verdict.faults.append(f"the state has {claimed.ratings} ratings")
    seeking = _by_person(base.rows(PREFERENCES, clinic.pk), "importance")
    practice = _by_person(base.rows(PRACTICE, clinic.pk), "reach")
    solved = oracle.dense_solve(oracle.Columns(claimed.given), trained, sorted(practice), sorted(seeking))
    verdict.gap = posterior_gap(solved, claimed)
    if not verdict.gap <= CLOSE:
        verdict.faults.append(f"posterior off by {verdict.gap:.1e}")
    if lists:
        _verify_lists(base, made, verdict, (seeking, practice), trained)
    return verdict


def posterior_gap(solved: oracle.Dense, claimed: product.Claimed) -> float:
    """The largest difference of a posterior mean, as a share of the largest mean."""
    theirs = np.concatenate([claimed.coefficients, claimed.own.ravel()])
    ours = np.concatenate([solved.coefficients, solved.own_of(claimed.therapist_ids).ravel()])
    return float(np.abs(theirs - ours).max() / np.abs(ours).max())


def _verify_lists(
    base: Base, made: LoadClinic, verdict: Verdict, people: tuple[People, People], trained: list[oracle.Row]
) -> None:
    seeking, practice = people
    stored = {row["client_id"]: row for row in base.rows(product.LISTS, made.clinic.pk)}
    seen = {(row["client"], row["therapist"]) for row in base.rows(SEEN, made.clinic.pk)}
    verdict.lists = len(stored)
    if stored.keys() != seeking.keys():
        verdict.faults.append(f"{len(seeking.keys() - stored.keys())} lists missing")
    solutions = Solutions(base, made, trained, sorted(practice))
    wrong: list[str] = []
    for client in sorted(seeking.keys() & stored.keys()):
        solved = solutions.of_client(client)
        figures = oracle.client_figures(
            solved, client, _pair_features(seeking[client], practice), solutions.instrument
        )
        eligible = {t for t in solved.therapists if (client, t) not in seen}
        wrong += oracle.list_faults(stored[client], figures, solved.therapists, eligible)[:1]
    if wrong:
        verdict.faults.append(f"{len(wrong)} lists wrong, as: {wrong[0]}")


class Solutions:
    """What each client's list is scored with: the rows as they were published, and their own as they are."""

    def __init__(
        self, base: Base, made: LoadClinic, trained: list[oracle.Row], therapists: list[int]
    ) -> None:
        published = product.published_state(made.clinic)
        given = {"clinic": made.clinic.pk, "rows": published.row_ids}
        self.published = base.rows(product.PUBLISHED, given)
        self.trained, self.therapists = trained, therapists
        self.columns = oracle.Columns(published.given)
        self.blur = oracle.blur_of(self.columns, self.published, published.terms, published.therapist_ids)
        self.instrument: str = published.given["layout"]["instruments"][0]

    def of_client(self, client: int) -> oracle.Dense:
        """The dense solution for one client."""
        others = [row for row in self.published if row["client"] != client]
        own = [row for row in self.trained if row["client"] == client]
        return oracle.dense_solve(self.columns, [*others, *own], self.therapists, [client], self.blur)


def _pair_features(wanted: np.ndarray, practice: People) -> np.ndarray:
    """The raw features of one client with every therapist, by key: (T, features)."""
    position, importance = wanted
    style, reach = (np.array([practice[t][k] for t in sorted(practice)]) for k in range(2))
    single, pooled = oracle.agreement(position, importance, style, reach)
    repeated = np.tile(position, (len(style), 1))
    return np.column_stack([repeated, style, single, pooled, np.zeros(len(style))])


def _by_person(rows: Sequence[oracle.Row], second: str) -> dict[int, np.ndarray]:
    """Position and `second` by dimension, (2, d), of each person."""
    found: dict[int, np.ndarray] = {}
    for row in rows:
        of_person = found.setdefault(row["id"], np.full((2, len(DIMENSIONS)), np.nan))
        of_person[:, DIMENSIONS.index(row["dimension"])] = row["position"], row[second]
    return found
