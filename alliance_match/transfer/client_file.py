"""clients.csv: who looks for a therapist or is in care, what they asked for and agreed to."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now

from alliance_match.accounts.models import Clinic
from alliance_match.matching.models import AllowedTrait
from alliance_match.transfer.cell_times import Day, Hour, Hours
from alliance_match.transfer.cell_types import Choice, Code, Languages, Money, Text, Words
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
from clients.models import Client, Consent, Intake, Purpose, StylePreference, TimeWindow, Wish

OWN = (
    Column("client", Code(), required=True, field="code"),
    Column("name", Text(120), ""),
    Column("status", Choice(Client.Status.values), Client.Status.SEARCHING.value),
)
INTAKE = (
    Column("formats", Words(12, Format.values), ()),
    Column("languages", Languages(), ()),
    Column("insurer", Text(60), ""),
    Column("highest_fee", Money()),
    Column("place", Text(80), ""),
    Column("start_from", Day()),
    Column("concerns", Words(20, Concern.values), ()),
    Column("about", Text(4000), ""),
    Column("helped_before", Text(4000), ""),
)
WISHES = tuple(Column(f"wish_{attribute}", Words(40), ()) for attribute in Wish.Attribute.values)
COLUMNS = (
    *OWN,
    *INTAKE,
    Column("times", Hours(with_format=False), ()),
    *style_columns("importance", 3),
    *WISHES,
    Column("consents", Words(12, Purpose.values), ()),
)


def _stored_clients(clinic: Clinic) -> QuerySet[Client]:
    related = ("time_windows", "wishes", "consents")
    return Client.objects.in_clinic(clinic).with_intake().prefetch_related(*related)


class _ClientBatch:
    """The writes of one batch of rows."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self.clients = RowWriter(Client)
        self.intakes = RowWriter(Intake)
        self.styles = RowWriter(StylePreference)
        self.windows = RowWriter(TimeWindow)
        self.wishes = RowWriter(Wish)
        self.consents = RowWriter(Consent)
        self.withdrawn: list[int] = []

    def put(self, row: Row, client: Client) -> bool:
        """Take a row in; returns whether it makes a difference."""
        changed = self.clients.put(client, _client_columns(row, client))
        changed |= self._styles(row, client)
        if self.run.faults:
            # Nothing will be stored: only what can be at fault is looked at, and whom others may refer to.
            return changed
        changed |= self._intake(row, client)
        changed |= self._windows(row, client)
        changed |= self._wishes(row, client)
        return changed | self._consents(row, client)

    def _intake(self, row: Row, client: Client) -> bool:
        given = {column.name: row.values[column.name] for column in INTAKE if column.name in row.values}
        intake = getattr(client, "intake", None)
        if intake is None and not any(value or value == 0 for value in given.values()):
            return False
        return self.intakes.put(intake or Intake(client=client), given)

    def _windows(self, row: Row, client: Client) -> bool:
        if "times" not in row.values:
            return False
        stored = rows_by(client.time_windows.all(), "weekday", "starts") if client.pk else {}
        wanted = {(hour.weekday, hour.starts): {"ends": hour.ends} for hour in row.values["times"]}
        return self.windows.replace_all(
            stored, wanted, lambda key: TimeWindow(client=client, weekday=key[0], starts=key[1])
        )

    def _styles(self, row: Row, client: Client) -> bool:
        stored = rows_by(client.style_preferences.all(), "dimension") if client.pk else {}
        wanted = wanted_styles(self.run, row, stored, "importance")
        if self.run.faults:
            return False
        return self.styles.replace_all(
            stored, wanted, lambda key: StylePreference(client=client, dimension=key)
        )

    def _wishes(self, row: Row, client: Client) -> bool:
        stored = rows_by(client.wishes.all(), "attribute") if client.pk else {}
        wanted: dict[str, dict[str, Any]] = {name: {} for name in stored}
        for attribute in Wish.Attribute.values:
            accepted = row.values.get(f"wish_{attribute}")
            if accepted:
                wanted[attribute] = {"accepted": accepted}
            elif accepted is not None:
                wanted.pop(attribute, None)
        return self.wishes.replace_all(stored, wanted, lambda key: Wish(client=client, attribute=key))

    def _consents(self, row: Row, client: Client) -> bool:
        """Withdraw what is no longer agreed to. What a client took back, a file cannot give again."""
        if "consents" not in row.values:
            return False
        every = list(client.consents.all()) if client.pk else []
        in_force = rows_by((one for one in every if one.withdrawn_at is None), "purpose")
        agreed = set(row.values["consents"])
        withdrawn = (agreed - in_force.keys()) & {one.purpose for one in every}
        for purpose in sorted(withdrawn):
            self.run.warn(row, "consents", f"{purpose} was withdrawn before and stays so")
        gone = [one.pk for purpose, one in in_force.items() if purpose not in agreed]
        new = [one for one in Purpose.values if one in agreed - in_force.keys() - withdrawn]
        self.withdrawn += gone
        for purpose in new:
            self.consents.put(Consent(client=client, purpose=purpose), {})
        return bool(gone or new)

    def write(self) -> None:
        """Write everything, whoever is referred to first."""
        details = (self.intakes, self.styles, self.windows, self.wishes, self.consents)
        write_all(self.run, self.clients, *details)
        if self.withdrawn:
            Consent.objects.filter(pk__in=self.withdrawn).update(withdrawn_at=Now())


def _clients_store(run: ImportRun, rows: Sequence[Row]) -> RowCounts:
    codes = [row.values["client"] for row in rows]
    stored = rows_by(_stored_clients(run.clinic).filter(code__in=codes), "code")
    batch = _ClientBatch(run)
    tally = RowCounts()
    for row in rows:
        known = stored.get(row.values["client"])
        changed = batch.put(row, known or Client(clinic=run.clinic))
        tally.count(new=known is None, changed=changed)
    batch.write()
    return tally


def _client_columns(row: Row, client: Client) -> dict[str, Any]:
    values = {
        column.field or column.name: row.values[column.name] for column in OWN if column.name in row.values
    }
    return values | {"traits": wanted_traits(row, client.traits)}


def _client_as_cells(client: Client) -> Mapping[str, Any]:
    intake = getattr(client, "intake", None) or Intake()
    agreed = {consent.purpose for consent in client.consents.all() if consent.withdrawn_at is None}
    hours = [Hour(window.weekday, window.starts, window.ends) for window in client.time_windows.all()]
    return {
        **{column.name: getattr(client, column.field or column.name) for column in OWN},
        **{column.name: getattr(intake, column.name) for column in INTAKE},
        "times": sorted(hours),
        **written_styles(rows_by(client.style_preferences.all(), "dimension"), "importance"),
        **{f"wish_{wish.attribute}": wish.accepted for wish in client.wishes.all()},
        "consents": [purpose for purpose in Purpose.values if purpose in agreed],
        **written_traits(client.traits),
    }


CLIENTS = FileDefinition(
    file="clients.csv",
    code="client",
    columns=COLUMNS,
    store=_clients_store,
    stored=_stored_clients,
    written=_client_as_cells,
    side=AllowedTrait.Side.CLIENT,
)
