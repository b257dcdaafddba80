"""Mail: one person, one language, and a log that names nobody."""

import logging
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

log = logging.getLogger(__name__)


def mail(address: str, language: str, subject: Any, template: str, **context: Any) -> bool:
    """Mail a text made of a template; whether the mail server took it. `subject` is translated lazily."""
    with translation.override(language):
        text = render_to_string(template, context)
        title = str(subject)
    try:
        send_mail(title, text, None, [address])
    except (SMTPException, OSError, ValueError) as error:  # the last: an address that cannot be written
        log.warning("a mail was not sent: %s", type(error).__name__)
        return False
    return True


def page_link(name: str, **where: Any) -> str:
    """The address of a page for a mail: by the site's own name, whatever name it was asked for by."""
    return f"{settings.SITE_URL}{reverse(name, kwargs=where)}"
