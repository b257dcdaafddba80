"""therapists.csv: who works at the clinic, how, when, and with room for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet

from alliance_match.accounts.models import Clinic
from alliance_match.matching.models import AllowedTrait
from alliance_match.transfer.cell_times import FIRST_YEAR, LAST_YEAR, Day, Hour, Hours, Moment
from alliance_match.transfer.cell_types import Choice, Code, Languages, Money, Text, WholeNumber, Words, YesNo
from alliance_match.transfer.columns import Column
from alliance_match.transfer.file_definition import FileDefinition
from alliance_match.transfer.import_run import ImportRun, Row, RowCounts
from alliance_match.transfer.person_columns import (
    style_columns,
    wanted_styles,
    wanted_traits,
    written_styles,
    written_traits,
)
from alliance_match.transfer.row_writer import RowWriter, rows_by, write_all
from alliance_match.vocabulary import Concern, Format
from therapists.models import MAX_PRIMARY_CONCERNS, NAME_LENGTH, TITLE_LENGTH, PractisedStyle, Slot, Therapist
from therapists.names import name_read
from therapists.services import log_in_end

OWN = (
    Column("therapist", Code(), required=True, field="code"),
    Column("name", Text(NAME_LENGTH), required=True),
    Column("short_name", Text(NAME_LENGTH), ""),
    Column("pronouns", Text(40), ""),
    Column("title", Text(TITLE_LENGTH), ""),
    Column("licence", Text(80), ""),
    Column("licensed_since", WholeNumber(FIRST_YEAR, LAST_YEAR)),
    Column("licence_expires_on", Day()),
    Column("tagline", Text(160), ""),
    Column("about", Text(4000), ""),
    Column("gender", Text(40), ""),
    Column("age_group", Text(20), ""),
    Column("concerns", Words(40, Concern.values), ()),
    Column("primary_concerns", Words(40, Concern.values, MAX_PRIMARY_CONCERNS), ()),
    Column("approaches", Words(40), ()),
    Column("populations", Words(40), ()),
    Column("languages", Languages(), ()),
    Column("insurers", Words(60), ()),
    Column("formats", Words(40, Format.values), ()),
    Column("places", Words(80), ()),
    Column("accessibility", Words(40), ()),
    Column("fee", Money()),
    Column("lowest_fee", Money()),
    Column("status", Choice(Therapist.Status.values), Therapist.Status.ACTIVE.value),
    Column("accepting", YesNo(), True),
    Column("confirmed_at", Moment()),
    Column("returns_on", Day()),
    Column("caseload_cap", WholeNumber(0, 32767)),
)
COLUMNS = (*OWN, Column("slots", Hours(with_format=True), ()), *style_columns("reach", 6))


def _stored_therapists(clinic: Clinic) -> QuerySet[Therapist]:
    return Therapist.objects.in_clinic(clinic).with_practice().select_related("user", "clinic")


def _therapists_store(run: ImportRun, rows: Sequence[Row]) -> RowCounts:
    codes = [row.values["therapist"] for row in rows]
    stored = rows_by(_stored_therapists(run.clinic).filter(code__in=codes), "code")
    people, styles, slots = RowWriter(Therapist), RowWriter(PractisedStyle), RowWriter(Slot)
    tally = RowCounts()
    for row in rows:
        known = stored.get(row.values["therapist"])
        therapist = known or Therapist(clinic=run.clinic)
        practised = rows_by(known.styles.all(), "dimension") if known else {}
        wanted = wanted_styles(run, row, practised, "reach")
        if not _columns_agree(run, row, therapist):
            run.spoilt["therapist"].add(row.values["therapist"])
            continue
        values = _therapist_columns(row, therapist)
        if values.get("status") == Therapist.Status.LEFT and known is not None:
            log_in_end(therapist=therapist, by=run.by)
            therapist.user = None  # else the database would refuse the row that is proposed
        changed = people.put(therapist, values)
        changed |= styles.replace_all(practised, wanted, _style_of(therapist))
        changed |= _slots_replace(slots, row, therapist)
        tally.count(new=known is None, changed=changed)
    write_all(run, people, styles, slots)
    return tally


def _therapist_columns(row: Row, therapist: Therapist) -> dict[str, Any]:
    values = {
        column.field or column.name: row.values[column.name] for column in OWN if column.name in row.values
    }
    traits = {"traits": wanted_traits(row, therapist.traits)}
    return values | _name_columns(row.values, therapist) | traits


def _name_columns(given: Mapping[str, Any], therapist: Therapist) -> dict[str, str]:
    """Title, name and what they are called; beside a short name the name is taken as written."""
    if given.get("short_name"):
        return {"short_name": given["short_name"] if given["short_name"] != given["name"] else ""}
    read = name_read(given["name"], given.get("title", therapist.title))
    if "short_name" not in given and read.name == therapist.name:
        # Somebody may have said by hand what they are called.
        return {"name": read.name} | ({"title": read.title} if "title" in given else {})
    fits = len(read.name) <= NAME_LENGTH and len(read.title) <= TITLE_LENGTH
    return asdict(read) if fits else {}


def _columns_agree(run: ImportRun, row: Row, therapist: Therapist) -> bool:
    """Whether the columns agree with each other, and with what is stored where one is absent."""
    before = len(run.faults)

    def value(name: str) -> Any:
        return row.values.get(name, getattr(therapist, name))

    extra = set(value("primary_concerns")) - set(value("concerns"))
    if extra:
        run.fault(row, "primary_concerns", f"{', '.join(sorted(extra))} must also be among the concerns")
    fee, lowest = value("fee"), value("lowest_fee")
    if fee is not None and lowest is not None and lowest > fee:
        run.fault(row, "lowest_fee", "the lowest fee is above the fee")
    return len(run.faults) == before


def _style_of(therapist: Therapist) -> Any:
    return lambda dimension: PractisedStyle(therapist=therapist, dimension=dimension)


def _slots_replace(slots: RowWriter[Slot], row: Row, therapist: Therapist) -> bool:
    if "slots" not in row.values:
        return False
    stored = rows_by(therapist.slots.all(), "weekday", "starts") if therapist.pk else {}
    hours: Sequence[Hour] = row.values["slots"]
    wanted = {(hour.weekday, hour.starts): {"ends": hour.ends, "format": hour.format} for hour in hours}
    return slots.replace_all(
        stored, wanted, lambda key: Slot(therapist=therapist, weekday=key[0], starts=key[1])
    )


def _therapist_as_cells(therapist: Therapist) -> Mapping[str, Any]:
    hours = [Hour(slot.weekday, slot.starts, slot.ends, slot.format) for slot in therapist.slots.all()]
    return {
        **{column.name: getattr(therapist, column.field or column.name) for column in OWN},
        "short_name": therapist.called,
        "slots": sorted(hours),
        **written_styles(rows_by(therapist.styles.all(), "dimension"), "reach"),
        **written_traits(therapist.traits),
    }


THERAPISTS = FileDefinition(
    file="therapists.csv",
    code="therapist",
    columns=COLUMNS,
    store=_therapists_store,
    stored=_stored_therapists,
    written=_therapist_as_cells,
    side=AllowedTrait.Side.THERAPIST,
)
