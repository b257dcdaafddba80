"""A browser without a screen: logs in, reads a form, posts it, as anybody would."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
TIMEOUT = 10


class Browser:
    """Keeps cookies and the form token between pages of one site. Raises OSError where a page is not had."""

    def __init__(self, site: str) -> None:
        self._site = site.rstrip("/")
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

    def read(self, path: str) -> str:
        """A page as text."""
        return self._open(urllib.request.Request(self._site + path))  # noqa: S310  # the site is ours

    def submit(self, path: str, fields: dict[str, str]) -> str:
        """Read the form at a path, post it filled in, and return the page that follows."""
        token = TOKEN.search(self.read(path))
        if token is None:
            raise OSError(f"{path}: there is no form")
        filled = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        headers = {"Referer": self._site + path}
        return self._open(
            urllib.request.Request(self._site + path, data=filled, headers=headers)  # noqa: S310
        )

    def _open(self, request: urllib.request.Request) -> str:
        with self._opener.open(request, timeout=TIMEOUT) as answer:
            text: str = answer.read().decode("utf-8")
            return text
