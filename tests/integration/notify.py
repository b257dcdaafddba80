"""Run as a process of its own: notifies the worker some times, and prints how many seconds each time took."""

import json
import sys
import time

import django

django.setup()

from alliance_match.matching.tasks import notify_worker  # noqa: E402 settings first

seconds = []
for _ in range(int(sys.argv[1])):
    began = time.monotonic()
    notify_worker()
    seconds.append(time.monotonic() - began)
json.dump(seconds, sys.stdout)
