"""What a person sees when something of ours is away."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 with a word to come back soon while the database is away; needs neither."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    response = HttpResponse(render_to_string("500.html", {"away": away}), status=503 if away else 500)
    if away:
        response.headers["Retry-After"] = "10"
    return response
