"""The Celery application on a queue of its own, so that test runs beside each other share no message."""

import os

from alliance_match.celery import app

app.conf.task_default_queue = os.environ["TEST_QUEUE"]
