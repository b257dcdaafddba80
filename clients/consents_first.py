"""What comes before anything is asked or sent: what a client agrees to. No form is lost on the way there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def to_consents_first(request: HttpRequest) -> HttpResponse:
    """To the consents, and from there back to this page."""
    return redirect(f"{reverse('consents')}?{urlencode({'next': request.get_full_path()})}")


def consents_missing() -> SafeString:
    """Why a form was not taken; the link opens beside it, so that what was typed stays."""
    words = _("Nothing was sent yet: {link} first, on a page beside this one. Then send it again from here.")
    link = format_html(
        '<a href="{}" target="_blank" rel="noopener">{}</a>', reverse("consents"), _("say what you agree to")
    )
    return format_html(words, link=link)
