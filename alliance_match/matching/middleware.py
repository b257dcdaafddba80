"""Rings the worker's bell after a write, so that no room below needs to know of matching."""

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from alliance_match.matching.models import RescoreOwed
from alliance_match.matching.tasks import hint

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


class RescoreHintMiddleware:
    """After an unsafe request: where work is owed, send the worker an empty hint."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in SAFE and response.status_code < 500 and work_is_owed():
            hint()
        return response


def work_is_owed() -> bool:
    """Whether any row is owed; the answer was given already, so a database gone by now is no error."""
    try:
        return RescoreOwed.objects.exists()
    except DatabaseError:
        return False
