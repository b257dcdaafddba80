"""Notifies the worker after a write, so that no room below needs to know of matching."""

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from alliance_match.matching.models import PendingRescore
from alliance_match.matching.tasks import notify_worker

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


class RescoreNotificationMiddleware:
    """After an unsafe request: where re-scores are pending, send the worker an empty message."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in SAFE and response.status_code < 500 and rescores_are_pending():
            notify_worker()
        return response


def rescores_are_pending() -> bool:
    """Whether any row is pending; the answer was given already, so a database gone by now is no error."""
    try:
        return PendingRescore.objects.exists()
    except DatabaseError:
        return False
