"""Making releases: who is counted, what is due, and the rounding before anything is stored."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import events_record
from alliance_match.insights import contributors, rounding
from alliance_match.insights.contributors import ClientOutcome, EpisodeCounts
from alliance_match.insights.models import Release
from alliance_match.insights.profile import fit_profile
from alliance_match.matching import dataset
from alliance_match.matching.features import STYLE
from alliance_match.matching.models import ModelSnapshot, TrainingRow
from alliance_match.matching.services import clinic_lock, estimator_newest
from alliance_match.prediction import FittedAlliance, downdate
from alliance_match.vocabulary import StyleDimension

DIMENSIONS = dict(zip(STYLE, StyleDimension.values, strict=True))


@dataclass(frozen=True)
class ReleaseFit:
    """The estimator without whoever must not be in a release, and the rows it still knows, by therapist."""

    fitted: FittedAlliance
    rows: dict[int, list[TrainingRow]] = field(default_factory=dict)

    def profile(self, therapist_id: int) -> list[dict[str, Any]]:
        """One therapist's answers as stored."""
        fitted, rows = self.fitted, self.rows.get(therapist_id, [])
        table = dataset.training_table(fitted.features, fitted.instruments, rows)
        return [asdict(answer) for answer in fit_profile(self.fitted, table, DIMENSIONS)]


@transaction.atomic
def releases_make(*, clinic: Clinic, by: Actor) -> list[Release]:
    """Make the releases that are due; run again, it makes none.

    A first release is due from ten distinct clients on, a next one after five who were in none before. So
    an erasure or a withdrawal, which only takes clients away, never makes one due. Waits for a worker that
    is at work for this clinic, so that snapshot and training rows belong together.
    """
    clinic_lock(clinic)
    outcomes = contributors.outcomes_by_therapist(clinic)
    before = contributors.contributors_by_therapist(clinic)
    due = [t for t, own in outcomes.items() if is_due({outcome.client_id for outcome in own}, before.get(t))]
    if not due:
        return []
    counts, fit = contributors.episode_counts(clinic), fit_for_release(clinic)
    made = [
        release_make(
            clinic=clinic,
            therapist_id=t,
            outcomes=outcomes[t],
            figures=release_figures(t, outcomes, counts.get(t, EpisodeCounts()), fit),
        )
        for t in due
    ]
    rows = [(release.pk, clinic.pk) for release in made]
    events_record(by=by, verb="releases_make", of=Release, rows=rows)
    return made


def is_due(clients: Collection[int], before: Collection[int] | None) -> bool:
    """Whether these clients make a release, after those of all earlier ones (None: there was none)."""
    if len(clients) < rounding.FIRST:
        return False
    return before is None or len(set(clients) - set(before)) >= rounding.NEW


@transaction.atomic
def release_make(
    *, clinic: Clinic, therapist_id: int, outcomes: Sequence[ClientOutcome], figures: dict[str, Any]
) -> Release:
    """Store a therapist's next release with its contributors."""
    newest = Release.objects.in_clinic(clinic).filter(therapist=therapist_id).order_by("-number").first()
    release = Release.objects.create(
        clinic=clinic,
        therapist_id=therapist_id,
        number=newest.number + 1 if newest else 1,
        clients=rounding.down_to_five(len(outcomes)),
        figures=figures,
    )
    release.contributors.set([outcome.client_id for outcome in outcomes])
    return release


def release_figures(
    t: int, outcomes: dict[int, list[ClientOutcome]], counts: EpisodeCounts, fit: ReleaseFit | None
) -> dict[str, Any]:
    """One therapist's figures, all of them rounded."""
    own = outcomes[t]
    others = [outcome for of, group in outcomes.items() if of != t for outcome in group]
    prior = rounding.prior_share(_established_count(others), len({outcome.client_id for outcome in others}))
    return {
        "established": asdict(rounding.established_share(_established_count(own), len(own), prior)),
        "answered": rounding.answered_of_ten(counts.answered, counts.reached),
        "left_early": rounding.down_to_five(counts.left_early),
        "fit_profile": fit.profile(t) if fit else [],
    }


def _established_count(outcomes: Iterable[ClientOutcome]) -> int:
    return sum(outcome.established for outcome in outcomes)


def fit_for_release(clinic: Clinic) -> ReleaseFit | None:
    """The newest estimator, without whoever is not counted or does not agree to training any more."""
    try:
        fitted = estimator_newest(clinic)
    except ModelSnapshot.DoesNotExist:
        return None
    kept = contributors.ratings_to_release(clinic)
    rows: dict[int, list[TrainingRow]] = {}
    gone = []
    for row in TrainingRow.objects.in_clinic(clinic).order_by("pk"):
        if row.rating_id in kept:
            rows.setdefault(row.therapist_id, []).append(row)
        else:
            gone.append(row)
    if gone:
        fitted = downdate(fitted, dataset.training_table(fitted.features, fitted.instruments, gone))
    return ReleaseFit(fitted, rows)
