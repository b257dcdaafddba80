"""Making releases: who is counted, what is due, and the rounding before anything is stored."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import events_record
from alliance_match.insights import counting
from alliance_match.insights import figures as rounded
from alliance_match.insights.counting import Care, Voice
from alliance_match.insights.models import Release
from alliance_match.insights.profile import fit_profile
from alliance_match.matching import dataset
from alliance_match.matching.features import STYLE
from alliance_match.matching.models import ModelSnapshot, RescoreLock, TrainingRow
from alliance_match.prediction import FittedAlliance, downdate, from_dict
from alliance_match.vocabulary import StyleDimension

DIMENSIONS = dict(zip(STYLE, StyleDimension.values, strict=True))


@dataclass(frozen=True)
class Learnt:
    """The estimator without whoever must not be in a release, and the rows it still knows, by therapist."""

    fitted: FittedAlliance
    rows: dict[int, list[TrainingRow]] = field(default_factory=dict)

    def profile(self, therapist_id: int) -> list[dict[str, Any]]:
        """One therapist's answers as stored."""
        layout = self.fitted.layout
        table = dataset.training_table(layout.features, layout.instruments, self.rows.get(therapist_id, []))
        return [asdict(answer) for answer in fit_profile(self.fitted, table, DIMENSIONS)]


@transaction.atomic
def releases_make(*, clinic: Clinic, by: Actor) -> list[Release]:
    """Make the releases that are due; run again, it makes none.

    A first release is due from ten distinct clients on, a next one after five who were in none before. So
    an erasure or a withdrawal, which only takes clients away, never makes one due. Waits for a worker that
    is at work for this clinic, so that snapshot and training rows belong together.
    """
    RescoreLock.objects.get_or_create(clinic=clinic)
    RescoreLock.objects.select_for_update().get(clinic=clinic)
    voices = counting.voices(clinic)
    before = counting.contributors(clinic)
    due = [t for t, own in voices.items() if is_due({voice.client_id for voice in own}, before.get(t))]
    if not due:
        return []
    care, learnt = counting.care(clinic), learnt_of(clinic)
    made = [
        release_make(
            clinic=clinic,
            therapist_id=t,
            voices=voices[t],
            figures=figures_of(t, voices, care.get(t, Care()), learnt),
        )
        for t in due
    ]
    rows = [(release.pk, clinic.pk) for release in made]
    events_record(by=by, verb="releases_make", of=Release, rows=rows)
    return made


def is_due(clients: Collection[int], before: Collection[int] | None) -> bool:
    """Whether these clients make a release, after those of all earlier ones (None: there was none)."""
    if len(clients) < rounded.FIRST:
        return False
    return before is None or len(set(clients) - set(before)) >= rounded.NEW


@transaction.atomic
def release_make(
    *, clinic: Clinic, therapist_id: int, voices: Sequence[Voice], figures: dict[str, Any]
) -> Release:
    """Store a therapist's next release with its contributors."""
    newest = Release.objects.in_clinic(clinic).filter(therapist=therapist_id).order_by("-number").first()
    release = Release.objects.create(
        clinic=clinic,
        therapist_id=therapist_id,
        number=newest.number + 1 if newest else 1,
        clients=rounded.down_to_five(len(voices)),
        figures=figures,
    )
    release.contributors.set([voice.client_id for voice in voices])
    return release


def figures_of(t: int, voices: dict[int, list[Voice]], care: Care, learnt: Learnt | None) -> dict[str, Any]:
    """One therapist's figures, all of them rounded."""
    own = voices[t]
    others = [voice for of, group in voices.items() if of != t for voice in group]
    prior = rounded.prior_share(_bonds(others), len({voice.client_id for voice in others}))
    return {
        "established": asdict(rounded.established(_bonds(own), len(own), prior)),
        "answered": rounded.answered(care.answered, care.reached),
        "left_early": rounded.down_to_five(care.left_early),
        "fit_profile": learnt.profile(t) if learnt else [],
    }


def _bonds(voices: Iterable[Voice]) -> int:
    return sum(voice.established for voice in voices)


def learnt_of(clinic: Clinic) -> Learnt | None:
    """The newest estimator, having unlearnt whoever is not counted or may not be learnt from any more."""
    snapshot = ModelSnapshot.objects.in_clinic(clinic).newest()
    if snapshot is None:
        return None
    fitted, kept = from_dict(snapshot.state), counting.may_be_told(clinic)
    rows: dict[int, list[TrainingRow]] = {}
    gone = []
    for row in TrainingRow.objects.in_clinic(clinic).order_by("pk"):
        if row.rating_id in kept:
            rows.setdefault(row.therapist_id, []).append(row)
        else:
            gone.append(row)
    if gone:
        layout = fitted.layout
        fitted = downdate(fitted, dataset.training_table(layout.features, layout.instruments, gone))
    return Learnt(fitted, rows)
