"""Run as a process of its own: posts a check-in with its environment's settings, prints what came of it.

Of the time it takes only what is slept is told: the wait for the broker, however busy the machine is.
"""

import json
import sys
import time
from typing import SupportsIndex

import django
from django.conf import settings

slept: list[float] = []
sleep = time.sleep


def counted(seconds: float | SupportsIndex, /) -> None:
    """Sleep, and remember for how long."""
    slept.append(float(seconds))
    sleep(seconds)


def main(email: str, session: str) -> None:
    """Log in by e-mail, answer the check-in of the session, print status and seconds slept meanwhile."""
    from django.test import Client

    from alliance_match.accounts.models import User

    settings.ALLOWED_HOSTS.append("testserver")
    browser = Client()
    browser.force_login(User.objects.get(email=email))
    answers = {f"item_{k}": "2" for k in range(1, 7)} | {"comment_reader": "nobody"}
    slept.clear()
    response = browser.post(f"/check-ins/{session}/", answers)
    json.dump({"status": response.status_code, "slept": sum(slept)}, sys.stdout)


if __name__ == "__main__":
    time.sleep = counted  # before anything imports it by name
    django.setup()
    main(*sys.argv[1:])
