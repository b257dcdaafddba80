"""Training rows beside the ratings that they are of, and as the newest state should rest on them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from alliance_match.accounts.models import Clinic
from alliance_match.matching import dataset
from alliance_match.matching.models import PendingRescore, TrainingChange, TrainingRow
from alliance_match.matching.services.attempts import clinic_lock
from alliance_match.matching.services.estimators import EstimatorState
from alliance_match.matching.training_data import StoredRow, stored_rows
from alliance_match.prediction import SumsDifferences, TrainingTable
from surveys.models import AllianceRating


@dataclass
class RowComparison:
    """What differs so far. `rows`: how many training rows are lost, foreign, or hold something else.

    `set_aside`: whose rows say nothing about the state, because they differ or because something is pending.
    """

    clinic: Clinic
    state: EstimatorState
    rows: int = 0
    set_aside: set[int] = field(default_factory=set)

    @transaction.atomic
    def compare(self, client_ids: Collection[int]) -> TrainingTable:
        """Compare the rows of some clients; returns those that the state should rest on."""
        clinic_lock(self.clinic)
        found = TrainingRow.objects.in_clinic(self.clinic).filter(client__in=client_ids).order_by("pk")
        rows = list(stored_rows(found))
        changes = TrainingChange.objects.in_clinic(self.clinic).filter(client_id__in=client_ids)
        since = list(changes.filter(pk__gt=self.state.last_change).order_by("-pk"))
        ratings = AllianceRating.objects.in_clinic(self.clinic)
        theirs = ratings.filter(session__episode__client__in=client_ids)
        wanted = {rated.rating_id: rated for rated in dataset.ratings_to_train_on(theirs)}
        waiting = PendingRescore.objects.in_clinic(self.clinic).filter(list_only=False)
        named = waiting.filter(client_id__in=client_ids).values_list("client_id", flat=True)
        pending = {client_id for client_id in named if client_id is not None}
        self.set_aside |= self._differing(rows, wanted, pending) | pending
        return self._table_of_state(rows, since)

    def _differing(
        self, rows: Sequence[StoredRow], wanted: dict[int, dataset.RatedPair], pending: set[int]
    ) -> set[int]:
        """The clients of rows that differ; who has something pending may differ."""
        altered = [row for row in rows if not row.is_as_written]
        of_other = [row for row in rows if dataset.rated_pair_of_row(row) != wanted.get(row.rating_id)]
        here = {row.rating_id for row in rows}
        lost = [rated for rating_id, rated in wanted.items() if rating_id not in here]
        stored = {(row.rating_id, row.client_id) for row in (*altered, *of_other)}
        differing = stored | {(rated.rating_id, rated.client_id) for rated in lost}
        self.rows += sum(client_id not in pending for _, client_id in differing)
        return {client_id for _, client_id in differing}

    def _table_of_state(self, rows: Sequence[StoredRow], since: Sequence[TrainingChange]) -> TrainingTable:
        """The rows without the changes since the state was read, newest first."""
        kept: dict[int, StoredRow | TrainingChange] = {row.pk: row for row in rows}
        for change in since:
            if change.removed:
                kept[change.row_id] = change
            else:
                kept.pop(change.row_id, None)
        usable = [row for row in kept.values() if row.client_id not in self.set_aside]
        fitted = self.state.fitted
        return dataset.training_table(fitted.features, fitted.instruments, usable)

    def state_differences(self, found: SumsDifferences) -> int:
        """Of how many raters the sums differ; of how many therapists, if of none and none is set aside."""
        of_raters = len(set(found.rater_ids.tolist()) - self.set_aside)
        if of_raters or self.set_aside:
            return of_raters
        return len(found.therapist_ids) or int(found.shared)
