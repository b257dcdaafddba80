"""Run as a process of its own: posts a check-in with its environment's settings, prints what came of it."""

import json
import sys
import time

import django
from django.conf import settings


def main(email: str, session: str) -> None:
    """Log in by e-mail, answer the check-in of the session, print status and seconds."""
    from django.test import Client

    from alliance_match.accounts.models import User

    settings.ALLOWED_HOSTS.append("testserver")
    browser = Client()
    browser.force_login(User.objects.get(email=email))
    answers = {f"item_{k}": "2" for k in range(1, 7)} | {"comment_reader": "nobody"}
    began = time.monotonic()
    response = browser.post(f"/check-ins/{session}/", answers)
    json.dump({"status": response.status_code, "seconds": time.monotonic() - began}, sys.stdout)


if __name__ == "__main__":
    django.setup()
    main(*sys.argv[1:])
