"""What a client told before, and which parts of it go to the next therapist: nobody should tell it twice."""

from typing import Any

from django.utils.translation import gettext as _

from alliance_match.vocabulary import Concern
from clients.forms.style import StyleForm
from clients.models import Client, Introduction


def story(client: Client) -> dict[str, Any]:
    """Each part there is, by the column of an introduction that lets it be shown, in the client's words."""
    parts = {}
    if concerns := _concerns(client):
        parts["shows_concerns"] = _("Show what brings me here: %(concerns)s") % {"concerns": concerns}
    if client.style_preferences.all():
        parts["shows_style"] = _("Show how I like to work")
    if hasattr(client, "intake") and client.intake.helped_before:
        parts["shows_before"] = _("Show what has helped me before, and what has not")
    return parts


def shown(introduction: Introduction) -> list[tuple[Any, str]]:
    """What a request shows of it, with the label of each part."""
    client, told = introduction.client, []
    if introduction.shows_concerns and (concerns := _concerns(client)):
        told.append((_("What brings them"), concerns))
    if introduction.shows_style:
        told += StyleForm(client=client).told()
    if introduction.shows_before and hasattr(client, "intake") and client.intake.helped_before:
        told.append((_("What has helped before, and what has not"), client.intake.helped_before))
    return told


def _concerns(client: Client) -> str:
    told = client.intake.concerns if hasattr(client, "intake") else []
    return ", ".join(str(Concern(code).label) for code in told)
