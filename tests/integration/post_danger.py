"""Run as a process of its own: taps an answer that tells of danger, and prints what came of it.

The rest of its form is never sent.
"""

import json
import sys

import django
from django.conf import settings


def main(email: str, answer: str) -> None:
    """Log in by e-mail, tap the answer, print the status and whether the page names whom to call."""
    from django.test import Client

    from alliance_match.accounts.models import User

    settings.ALLOWED_HOSTS.append("testserver")
    browser = Client()
    browser.force_login(User.objects.get(email=email))
    response = browser.post("/how-you-have-been/mood/hear/", {"item_9": answer})
    json.dump({"status": response.status_code, "calm": "tel:" in response.text}, sys.stdout)


if __name__ == "__main__":
    django.setup()
    main(*sys.argv[1:])
