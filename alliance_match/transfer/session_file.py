"""sessions.csv: the meetings, and with them the episodes of care they belong to."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from alliance_match.accounts.models import Clinic
from alliance_match.transfer.cell_times import Day
from alliance_match.transfer.cell_types import Choice, Code, WholeNumber
from alliance_match.transfer.columns import Column
from alliance_match.transfer.file_definition import FileDefinition
from alliance_match.transfer.import_run import ImportRun, Row, RowCounts
from alliance_match.transfer.row_writer import RowWriter, rows_by
from clients.models import Client, Episode, Session
from therapists.models import Therapist

EPISODE = (
    Column("started_on", Day()),
    Column("ended_on", Day()),
    Column("ending", Choice(Episode.Ending.values), ""),
)
COLUMNS = (
    Column("session", Code(), required=True),
    Column("client", Code(), required=True),
    Column("therapist", Code(), required=True),
    Column("episode", WholeNumber(0, 32767), 1),
    Column("number", WholeNumber(1, 32767), required=True),
    Column("date", Day()),
    *EPISODE,
)
Place = tuple[int, int, int]


def _stored_sessions(clinic: Clinic) -> QuerySet[Session]:
    return Session.objects.in_clinic(clinic).with_pair()


class _SessionBatch:
    """One batch of rows: what they refer to, and the writes they make."""

    def __init__(self, run: ImportRun, rows: Sequence[Row]) -> None:
        self.run = run
        self.people = {
            "client": _ids_by_code(Client, run.clinic, {row.values["client"] for row in rows}),
            "therapist": _ids_by_code(Therapist, run.clinic, {row.values["therapist"] for row in rows}),
        }
        self.episodes = self._stored_episodes(rows)
        self.moved: set[Place] = set()

    def _stored_episodes(self, rows: Iterable[Row]) -> dict[Place, Episode]:
        ids = [{self.people[kind].get(row.values[kind]) for row in rows} - {None} for kind in self.people]
        found = Episode.objects.in_clinic(self.run.clinic).filter(client__in=ids[0], therapist__in=ids[1])
        return rows_by(found, "client_id", "therapist_id", "number")

    def place(self, row: Row) -> Place | None:
        """Which episode a row belongs to; None, with the fault noted, where there is none."""
        ids = []
        for kind, known in self.people.items():
            code = row.values[kind]
            if code in known:
                ids.append(known[code])
            elif not self.run.may_refer(kind, code):
                self.run.fault(row, kind, f"there is no {kind} with this code")
        return (ids[0], ids[1], row.values.get("episode", 1)) if len(ids) == 2 else None

    def agrees(self, row: Row, place: Place) -> bool:
        """Whether a row says the same of its episode as the rows before it, and nothing impossible."""
        given = {column.name: row.values[column.name] for column in EPISODE if column.name in row.values}
        line, before = self.run.episodes.setdefault(place, (row.line, tuple(given.values())))
        for name, value, other in zip(given, given.values(), before, strict=True):
            if value != other:
                self.run.fault(row, name, f"differs from line {line}, which is of the same episode")
        return self._is_possible(row, self.episodes.get(place) or Episode()) and before == tuple(
            given.values()
        )

    def _is_possible(self, row: Row, episode: Episode) -> bool:
        started, ended, ending = (
            row.values.get(name, getattr(episode, name)) for name in ("started_on", "ended_on", "ending")
        )
        if ending and ended is None:
            self.run.fault(row, "ending", "an ending needs the day in ended_on")
        elif started and ended and ended < started:
            self.run.fault(row, "ended_on", "the episode ends before it starts")
        else:
            return True
        return False

    def episodes_write(self, rows: Mapping[Place, Row]) -> None:
        """Store the episodes that rows belong to, each as its first row says."""
        writer = RowWriter(Episode)
        for place, row in rows.items():
            client, therapist, number = place
            values = {column.name: row.values[column.name] for column in EPISODE if column.name in row.values}
            episode = self.episodes.get(place) or Episode(
                clinic=self.run.clinic, client_id=client, therapist_id=therapist, number=number
            )
            if writer.put(episode, values):
                self.moved.add(place)
            self.episodes[place] = episode
        writer.write()


def _session_rows_store(run: ImportRun, rows: Sequence[Row]) -> RowCounts:
    batch = _SessionBatch(run, rows)
    places: list[tuple[Row, Place]] = []
    firsts: dict[Place, Row] = {}
    for row in rows:
        place = batch.place(row)
        number = row.values["number"]
        if (
            place is not None
            and batch.agrees(row, place)
            and run.once(row, "number", (place, number), f"session {number} of this episode")
        ):
            places.append((row, place))
            firsts.setdefault(place, row)
        else:
            run.spoilt["session"].add(row.values["session"])
    batch.episodes_write(firsts)
    return _sessions_write(run, batch, places)


def _sessions_write(run: ImportRun, batch: _SessionBatch, places: Sequence[tuple[Row, Place]]) -> RowCounts:
    codes = [row.values["session"] for row, _ in places]
    stored = rows_by(Session.objects.in_clinic(run.clinic).filter(code__in=codes), "code")
    numbered = _codes_by_number({batch.episodes[place].pk for _, place in places})
    writer, tally = RowWriter(Session), RowCounts()
    for row, place in places:
        code, number = row.values["session"], row.values["number"]
        episode = batch.episodes[place]
        if numbered.get((episode.pk, number), code) != code:
            run.fault(row, "number", f"another session is stored as number {number} of this episode")
            run.spoilt["session"].add(code)
            continue
        known = stored.get(code)
        values = {"episode_id": episode.pk, "number": number}
        if "date" in row.values:
            values["held_on"] = row.values["date"]
        changed = writer.put(known or Session(clinic=run.clinic, code=code), values)
        tally.count(new=known is None, changed=changed or place in batch.moved)
    writer.write()
    return tally


def _ids_by_code(model: type[Client] | type[Therapist], clinic: Clinic, codes: set[str]) -> dict[str, int]:
    return dict(model._default_manager.filter(clinic=clinic, code__in=codes).values_list("code", "pk"))


def _codes_by_number(episodes: set[int]) -> dict[tuple[int, int], str]:
    """The codes of the stored sessions by episode and number."""
    found = Session.objects.filter(episode__in=episodes).values_list("episode_id", "number", "code")
    return {(episode, number): code for episode, number, code in found}


def _session_as_cells(session: Session) -> Mapping[str, Any]:
    episode = session.episode
    return {
        "session": session.code,
        "client": episode.client.code,
        "therapist": episode.therapist.code,
        "episode": episode.number,
        "number": session.number,
        "date": session.held_on,
        "started_on": episode.started_on,
        "ended_on": episode.ended_on,
        "ending": episode.ending,
    }


SESSIONS = FileDefinition(
    file="sessions.csv",
    code="session",
    columns=COLUMNS,
    store=_session_rows_store,
    stored=_stored_sessions,
    written=_session_as_cells,
)
