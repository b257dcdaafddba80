"""Everything that is stored about one client, for that client."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance_match.matching.models import Match, TrainingRow
from alliance_match.safety.models import RiskAlert, RiskNotice, RiskStep, SymptomCheck
from clients.models import (
    Client,
    Consent,
    Episode,
    EpisodeEnding,
    Intake,
    Introduction,
    LastVisit,
    Mark,
    ProposedHour,
    Session,
    StylePreference,
    Switch,
    TimeWindow,
    Wait,
    Wish,
)
from surveys.models import (
    AllianceRating,
    BondAlertOutcome,
    Cadence,
    Flag,
    Invitation,
    Note,
    Recheck,
    Response,
)

# By its name in the file: what is stored, and the way from there to the client.
PARTS: Mapping[str, tuple[type[models.Model], str]] = {
    "consents": (Consent, "client"),
    "intake": (Intake, "client"),
    "style_preferences": (StylePreference, "client"),
    "hours_that_suit": (TimeWindow, "client"),
    "wishes": (Wish, "client"),
    "marks": (Mark, "client"),
    "introductions": (Introduction, "client"),
    "proposed_hours": (ProposedHour, "introduction__client"),
    "suggestions_seen": (LastVisit, "client"),
    "waiting_for": (Wait, "client"),
    "episodes_of_care": (Episode, "client"),
    "endings": (EpisodeEnding, "episode__client"),
    "looking_for_somebody_else": (Switch, "episode__client"),
    "sessions": (Session, "episode__client"),
    "how_often_asked": (Cadence, "client"),
    "invitations": (Invitation, "session__episode__client"),
    "check_ins": (Response, "session__episode__client"),
    "alliance_ratings": (AllianceRating, "session__episode__client"),
    "one_more_session": (Recheck, "episode__client"),
    "words_to_a_therapist": (Note, "episode__client"),
    "what_a_therapist_noted": (BondAlertOutcome, "episode__client"),
    "flags": (Flag, "rating__session__episode__client"),
    "symptom_checks": (SymptomCheck, "client"),
    "care_alerts": (RiskAlert, "client"),
    "steps_of_care_alerts": (RiskStep, "alert__client"),
    "told_of_care_alerts": (RiskNotice, "alert__client"),
    "estimates": (Match, "client"),
    "learnt_by_the_estimator": (TrainingRow, "client"),
}
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
    own = Client.objects.filter(pk=client.pk)
    return {
        "what_this_is": _("Everything that is stored about you here, but for your password."),
        "how_to_read_estimates": _(
            "mean and sd: points of 0–100 that the estimator expects of your third session with this "
            "therapist, and how unsure it is. difference and difference_sd: the same beside the average "
            "therapist here, for you. parts: what the difference is made of."
        ),
        "clinic": client.clinic.name,
        "written_at": timezone.now(),
        "you": next(_rows(own)) | {"email": client.user.email if client.user else None},
        **{
            name: list(_rows(model._default_manager.filter(**{path: client})))
            for name, (model, path) in PARTS.items()
        },
    }


def _rows(found: "models.QuerySet[Any]") -> Iterator[dict[str, Any]]:
    fields = [field for field in found.model._meta.concrete_fields if not field.primary_key]
    said = [name for field in fields for name in _names(field)]
    words = {field.name: dict(field.flatchoices) for field in fields if field.choices}
    for row in found.order_by("pk").values(*said):
        yield {name.replace("__", "_"): _in_words(words.get(name, {}), value) for name, value in row.items()}


def _names(field: "models.Field[Any, Any]") -> list[str]:
    if field.name in UNSAID:
        return []
    return [f"{field.name}__{end}" for end in NAMES[field.name]] if field.is_relation else [field.name]


def _in_words(words: Mapping[Any, Any], value: Any) -> Any:
    if isinstance(value, list):
        return [_in_words(words, one) for one in value]
    return str(words[value]) if words and value in words else value
