"""Answers that a client can share with a therapist whom they ask to meet, instead of repeating them."""

from typing import Any

from django.utils.translation import gettext as _

from alliance_match.vocabulary import Concern
from clients.forms.style import StyleForm
from clients.models import Client, Introduction


def shareable_answers(client: Client) -> dict[str, Any]:
    """Each answer there is, by the column of an introduction that shares it, in the client's words."""
    parts = {}
    if concerns := _concerns(client):
        parts["shows_concerns"] = _("Show what brings me here: %(concerns)s") % {"concerns": concerns}
    if _about(client):
        parts["shows_about"] = _("Show what I wrote about it")
    if client.style_preferences.all():
        parts["shows_style"] = _("Show how I like to work")
    if hasattr(client, "intake") and client.intake.helped_before:
        parts["shows_before"] = _("Show what has helped me before, and what has not")
    return parts


def shared_answers(introduction: Introduction) -> list[tuple[Any, str]]:
    """Those that are shared with a request, each with its label."""
    client, shared = introduction.client, []
    if introduction.shows_concerns and (concerns := _concerns(client)):
        shared.append((_("What brings them"), concerns))
    if introduction.shows_about and (about := _about(client)):
        shared.append((_("What they write about it"), about))
    if introduction.shows_style:
        shared += StyleForm(client=client).answers_in_words()
    if introduction.shows_before and hasattr(client, "intake") and client.intake.helped_before:
        shared.append((_("What has helped before, and what has not"), client.intake.helped_before))
    return shared


def _about(client: Client) -> str:
    return client.intake.about if hasattr(client, "intake") else ""


def _concerns(client: Client) -> str:
    concerns = client.intake.concerns if hasattr(client, "intake") else []
    return ", ".join(str(Concern(code).label) for code in concerns)
