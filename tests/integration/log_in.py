"""Run as a process of its own: asks for a link and tries passwords in turn, prints the status of each."""

import json
import sys

import django
from django.test.utils import setup_test_environment


def main(email: str, *passwords: str) -> None:
    """Print the status of each form sent."""
    from django.test import Client

    def sent(path: str, form: dict[str, str]) -> int:
        return Client().post(path, form).status_code

    reset = sent("/account/password/reset/", {"email": email})
    tries = [sent("/account/login/", {"login": email, "password": password}) for password in passwords]
    json.dump({"reset": reset, "tries": tries}, sys.stdout)


if __name__ == "__main__":
    django.setup()
    setup_test_environment()
    main(*sys.argv[1:])
