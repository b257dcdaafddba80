"""Danger is heard in whatever a client sends, wherever: one place for every form, those to come included."""

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from rest_framework.exceptions import APIException
from rest_framework.response import Response as JsonResponse

from alliance_match.safety.hearing import (
    any_danger,
    is_staff,
    panel_path,
    panel_path_before,
    posted_danger,
    texts_within,
)

LEADS_ON = {302, 303}


class DangerMiddleware:
    """Once a form with words of danger was taken, its sender sees whom to call before anything else.

    A form that comes back, because something in it is amiss, reads `request.danger_heard` and shows numbers
    above what was typed. Nothing of this is stored.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        heard = cache(lambda: posted_danger(request))
        cast(Any, request).danger_heard = heard
        response = self.get_response(request)
        if response.status_code in LEADS_ON and heard():
            return self._led_first(request, response)
        return response

    def process_template_response(self, request: HttpRequest, response: Any) -> Any:
        """The API says where to turn, beside its answer."""
        of_client = isinstance(response, JsonResponse) and request.method == "POST" and not is_staff(request)
        if of_client and isinstance(response.data, dict) and any_danger(texts_within(_given(response))):
            response.data["somebody_now"] = panel_path(request)
        return response

    def _led_first(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """To the panel, and from there to where the form led; with what the response set besides."""
        leads = HttpResponseRedirect(panel_path_before(request, response.headers["Location"]))
        for name, value in response.headers.items():
            if name not in {"Location", "Content-Type"}:
                leads.headers[name] = value
        leads.cookies = response.cookies
        return leads


def _given(response: Any) -> Any:
    """What the API was given; nothing where it could not be read."""
    try:
        return response.renderer_context["request"].data
    except (APIException, RequestDataTooBig):
        return {}
