"""What every request must be, and what every response must say."""

import codecs
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


class ValidRequestMiddleware:
    """Refuse any charset but UTF-8, which no browser sends here; forget a session key that we never gave."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.encoding and codecs.lookup(request.encoding).name != "utf-8":
            raise BadRequest("a charset that is not UTF-8")
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if key and not (key.isascii() and key.isalnum()):
            # The database takes no NUL; and refusing would keep whoever holds such a cookie out for good.
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        return self.get_response(request)


class NoStoreMiddleware:
    """Let nobody keep what was shown in a session: a shared device's “back” must not show it to the next.

    The cookie decides, not the user: that needs no database, which may be away.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES.keys() | response.cookies.keys():
            response.headers["Cache-Control"] = "no-store, private"
        return response
