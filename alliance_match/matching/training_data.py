"""Stored training rows as they are read in numbers: values and arrays, never model instances."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import islice
from typing import NamedTuple

import numpy as np
from django.db.models import F

from alliance_match.accounts.models import Clinic
from alliance_match.matching import dataset
from alliance_match.matching.features import feature_set
from alliance_match.matching.models import TrainingRow
from alliance_match.matching.models.training_row import TrainingRowQuerySet, training_row_digest
from alliance_match.prediction import Floats, Ints, TrainingTable

READ_AT_ONCE = 5_000


class StoredRow(NamedTuple):
    """What a training row holds."""

    pk: int
    rating_id: int
    client_id: int
    therapist_id: int
    instrument: str
    session: int
    score: float
    features: Sequence[float]
    weight: float
    digest: int | None

    @property
    def is_as_written(self) -> bool:
        """Whether it holds what was written."""
        return self.digest is None or self.digest == training_row_digest(self)


def stored_rows(rows: TrainingRowQuerySet) -> Iterator[StoredRow]:
    """These rows, of which only a few thousand are held at a time."""
    values = rows.values_list(*StoredRow._fields)
    return (StoredRow(*one) for one in values.iterator(chunk_size=READ_AT_ONCE))


class TrainingData(NamedTuple):
    """All training rows of a clinic, oldest first: keys of rows and ratings (n,), the weights that are stored
    (n,), and the table."""

    row_ids: Ints
    rating_ids: Ints
    stored_weight: Floats
    table: TrainingTable


def training_data(clinic: Clinic) -> TrainingData:
    """Read what a clinic's estimator is fitted to."""
    features, instruments = feature_set(clinic), dataset.instrument_codes(clinic)
    oldest = F("rating__session__held_on").asc(nulls_first=True)
    rows = stored_rows(TrainingRow.objects.in_clinic(clinic).order_by(oldest, "rating"))
    keys, tables = [np.empty((0, 2), dtype=np.int64)], [dataset.training_table(features, instruments, [])]
    while some := list(islice(rows, READ_AT_ONCE)):
        keys.append(np.array([(row.pk, row.rating_id) for row in some], dtype=np.int64))
        tables.append(dataset.training_table(features, instruments, some))
    row_ids, rating_ids = np.concatenate(keys).T
    table = _joined(tables)
    return TrainingData(row_ids, rating_ids, table.weight, table)


def _joined(tables: Sequence[TrainingTable]) -> TrainingTable:
    same = ("features", "instruments")
    columns = {
        field.name: getattr(tables[0], field.name)
        if field.name in same
        else np.concatenate([getattr(table, field.name) for table in tables])
        for field in fields(TrainingTable)
    }
    return TrainingTable(**columns)  # type: ignore[arg-type]
