"""What a person sees when something of ours is away, or when what was sent cannot be read."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import page_not_found

from alliance_match.pages.outages import is_outage

API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 for a body that is too large. Reads the path alone: the rest may be amiss."""
    too_large = isinstance(exception, RequestDataTooBig)
    status = 413 if too_large else 400
    if request.path.startswith(API):
        most = f"A body may hold at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes."
        return JsonResponse({"detail": most if too_large else "This could not be read."}, status=status)
    return HttpResponse(render_to_string("400.html", {"too_large": too_large}), status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, in the language of whoever asks: a program gets JSON."""
    if request.path.startswith(API):
        return JsonResponse({"detail": "Not found."}, status=404)
    return page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 with a word to come back soon while the database is away or busy; needs neither."""
    away = is_outage(sys.exc_info()[1])
    status = 503 if away else 500
    if request.path.startswith(API):
        ours = "We are away for a moment. Try again soon." if away else "That did not work, by our fault."
        response: HttpResponse = JsonResponse({"detail": ours}, status=status)
    else:
        response = HttpResponse(render_to_string("500.html", {"away": away}), status=status)
    if away:
        response.headers["Retry-After"] = "10"
    return response
