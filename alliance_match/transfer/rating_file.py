"""ratings.csv: how strong the alliance was in a session, on 0–100."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, QuerySet

from alliance_match.accounts.models import Clinic
from alliance_match.transfer.cell_times import Moment
from alliance_match.transfer.cell_types import Code, Number, WholeNumber
from alliance_match.transfer.columns import Column
from alliance_match.transfer.file_definition import FileDefinition
from alliance_match.transfer.import_run import ImportRun, Row, RowCounts
from alliance_match.transfer.row_writer import RowWriter, rows_by
from clients.models import Session
from surveys.models import AllianceRating, Instrument
from surveys.models.instrument import DEFAULT

SCORES = (
    Column("total", Number(0, 100), required=True, may_be_empty=True),
    Column("bond", Number(0, 100)),
    Column("task", Number(0, 100)),
    Column("goal", Number(0, 100)),
)
COLUMNS = (
    Column("session", Code(), required=True),
    Column("instrument", Code(), DEFAULT),
    Column("version", WholeNumber(1, 32767)),
    *SCORES,
    Column("withdrawn_at", Moment()),
)


def _stored_ratings(clinic: Clinic) -> QuerySet[AllianceRating]:
    # A check-in with too few answers leaves a rating without any number, which says nothing elsewhere.
    empty = {f"{score.name}__isnull": True for score in SCORES}
    return AllianceRating.objects.in_clinic(clinic).exclude(**empty).select_related("session", "instrument")


class _RatingBatch:
    """One batch of rows: what they refer to, and the ratings there are."""

    def __init__(self, run: ImportRun, rows: Sequence[Row]) -> None:
        self.run = run
        codes = {row.values["session"] for row in rows}
        found = Session.objects.in_clinic(run.clinic).filter(code__in=codes)
        self.sessions = dict(found.values_list("code", "pk"))
        ratings = AllianceRating.objects.in_clinic(run.clinic).filter(session__in=self.sessions.values())
        self.ratings = rows_by(ratings, "session_id", "instrument_id")
        # The clinic's own come last, and so before a shipped one of the same name.
        alliance = Instrument.objects.for_clinic(run.clinic).for_alliance()
        known = alliance.order_by(F("clinic").asc(nulls_first=True), "version")
        self.instruments: dict[tuple[str, int | None], int] = {}
        for instrument in known.only("code", "version"):
            for version in (None, instrument.version):
                self.instruments[instrument.code, version] = instrument.pk

    def key(self, row: Row) -> tuple[int, int] | None:
        """Session and instrument of a row; None, with the fault noted, where one does not exist."""
        code = row.values["session"]
        session = self.sessions.get(code)
        instrument = self.instrument(row)
        if session is None and not self.run.may_refer("session", code):
            self.run.fault(row, "session", "there is no session with this code")
        return (session, instrument) if session is not None and instrument is not None else None

    def instrument(self, row: Row) -> int | None:
        """The instrument of a row, its newest version where none is given."""
        name, version = row.values.get("instrument", DEFAULT), row.values.get("version")
        found = self.instruments.get((name, version))
        if found is None:
            known = (name, None) in self.instruments
            self.run.fault(
                row,
                "version" if known else "instrument",
                f"there is no such {'version of the instrument' if known else 'instrument'} at this clinic",
            )
        return found

    def agrees(self, row: Row, rating: AllianceRating) -> bool:
        """Whether the scores say something, and do not contradict answers given in the app."""
        scores = {score.name: row.values.get(score.name, getattr(rating, score.name)) for score in SCORES}
        if all(value is None for value in scores.values()):
            self.run.fault(row, "total", "a rating needs a total")
            return False
        if rating.response_id is not None:
            for name, value in scores.items():
                if value != getattr(rating, name):
                    self.run.fault(row, name, "the client answered in the app; that answer stays")
                    return False
        return True

    def values(self, row: Row, rating: AllianceRating) -> dict[str, Any]:
        """What a row says of a rating. What a client took back, a file cannot give again."""
        names = [*(score.name for score in SCORES), "withdrawn_at"]
        values = {name: row.values[name] for name in names if name in row.values}
        if rating.withdrawn_at is not None and "withdrawn_at" in values and values["withdrawn_at"] is None:
            self.run.warn(row, "withdrawn_at", "this rating was withdrawn before and stays so")
            del values["withdrawn_at"]
        return values


def _ratings_store(run: ImportRun, rows: Sequence[Row]) -> RowCounts:
    batch = _RatingBatch(run, rows)
    writer, tally = RowWriter(AllianceRating), RowCounts()
    for row in rows:
        key = batch.key(row)
        if key is None or not run.once(row, "session", key, "a rating of this session by this instrument"):
            continue
        known = batch.ratings.get(key)
        rating = known or AllianceRating(clinic=run.clinic, session_id=key[0], instrument_id=key[1])
        if batch.agrees(row, rating):
            changed = writer.put(rating, batch.values(row, rating))
            tally.count(new=known is None, changed=changed)
    if not run.faults:
        writer.write()
    return tally


def _rating_as_cells(rating: AllianceRating) -> Mapping[str, Any]:
    return {
        "session": rating.session.code,
        "instrument": rating.instrument.code,
        "version": rating.instrument.version,
        **{score.name: getattr(rating, score.name) for score in SCORES},
        "withdrawn_at": rating.withdrawn_at,
    }


RATINGS = FileDefinition(
    file="ratings.csv",
    code="",
    columns=COLUMNS,
    store=_ratings_store,
    stored=_stored_ratings,
    written=_rating_as_cells,
)
