"""Run as a process of its own: asks for a link and tries passwords in turn, prints what came of each."""

import json
import sys
import time

import django
from django.test.utils import setup_test_environment


def main(email: str, *passwords: str) -> None:
    """Print status and seconds of each form sent."""
    from django.test import Client

    def sent(path: str, form: dict[str, str]) -> dict[str, float]:
        began = time.monotonic()
        answer = Client().post(path, form)
        return {"status": answer.status_code, "seconds": time.monotonic() - began}

    Client().get("/account/login/")  # the first page of a process waits for all our code to be loaded
    reset = sent("/account/password/reset/", {"email": email})
    tries = [sent("/account/login/", {"login": email, "password": password}) for password in passwords]
    json.dump({"reset": reset, "tries": tries}, sys.stdout)


if __name__ == "__main__":
    django.setup()
    setup_test_environment()
    main(*sys.argv[1:])
