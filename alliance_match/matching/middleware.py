"""Notifies the worker after a write, so that no room below needs to know of matching."""

from collections.abc import Callable
from contextlib import suppress
from queue import Full, Queue
from threading import Lock, Thread

from django.http import HttpRequest, HttpResponse

from alliance_match.matching.tasks import notify_worker

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


class BackgroundNotifier:
    """Notifies the worker from a thread of its own: no answer waits for the broker, and requests that come
    while it is asked share the next message. One that is lost with the process a sweep makes up for."""

    def __init__(self) -> None:
        self._asked: Queue[None] = Queue(maxsize=1)
        self._lock = Lock()
        self._thread: Thread | None = None

    def notify(self) -> None:
        """Have the worker notified soon."""
        with suppress(Full):
            self._asked.put_nowait(None)
        with self._lock:
            # It is made by the first request, as a server's processes begin as copies, without threads.
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._notify_forever, name="notify-worker", daemon=True)
                self._thread.start()

    def _notify_forever(self) -> None:
        while True:
            self._asked.get()
            notify_worker()


class RescoreNotificationMiddleware:
    """After an unsafe request have an empty message sent: the worker sees for itself what is pending."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.notifier = BackgroundNotifier()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in SAFE and response.status_code < 500:
            self.notifier.notify()
        return response
