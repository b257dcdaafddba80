"""Everything that is stored about one client, for that client."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance_match.person_tables import PersonTable, person_tables
from clients.models import Client

YOU = "you"
# Keys of ours say nothing to a person; these say whom or what they name.
NAMES = {
    "therapist": ("name",),
    "episode": ("therapist__name", "number"),
    "session": ("episode__therapist__name", "number"),
    **dict.fromkeys(["introduction", "meeting"], ("therapist__name",)),
    "note": ("written_at",),
    "instrument": ("code", "version"),
    "alert": ("opened_at",),
    **dict.fromkeys(["acknowledged_by", "contacted_by", "closed_by", "by", "to"], ("name",)),
}
# A closing note is written by those who act on alerts, for each other.
UNSAID = {"clinic", "client", "user", "response", "rating", "logged_by", "key", "closing_note", "sheet"}


def own_data(client: Client) -> dict[str, Any]:
    """Everything stored about the client, in plain names and values; one query for each part."""
    parts: dict[str, list[dict[str, Any]]] = {
        table.part: list(table.read(client) if table.read else _rows_in_words(_own_rows(table, client)))
        for table in person_tables()
        if table.part
    }
    (you,) = parts.pop(YOU)
    return {
        "what_this_is": _("Everything that is stored about you here, but for your password."),
        "how_to_read_estimates": _(
            "mean and sd: points of 0–100 that the estimator expects of your third session with this "
            "therapist, and how unsure it is. difference and difference_sd: the same beside the average "
            "therapist here, for you. parts: what the difference is made of."
        ),
        "clinic": client.clinic.name,
        "written_at": timezone.now(),
        YOU: you | {"email": client.user.email if client.user else None},
        **parts,
    }


def _own_rows(table: PersonTable, client: Client) -> "models.QuerySet[Any]":
    """A client's own rows of a table: its first way is the one to the client."""
    return table.model._default_manager.filter(**{table.ways[0]: client.pk})


def _rows_in_words(found: "models.QuerySet[Any]") -> Iterator[dict[str, Any]]:
    fields = [field for field in found.model._meta.concrete_fields if not field.primary_key]
    said = [name for field in fields for name in _readable_names(field)]
    words = {field.name: dict(field.flatchoices) for field in fields if field.choices}
    for row in found.order_by("pk").values(*said):
        yield {name.replace("__", "_"): _in_words(words.get(name, {}), value) for name, value in row.items()}


def _readable_names(field: "models.Field[Any, Any]") -> list[str]:
    if field.name in UNSAID:
        return []
    return [f"{field.name}__{end}" for end in NAMES[field.name]] if field.is_relation else [field.name]


def _in_words(words: Mapping[Any, Any], value: Any) -> Any:
    if isinstance(value, list):
        return [_in_words(words, one) for one in value]
    return str(words[value]) if words and value in words else value
