"""The Celery application; `matching/apps.py` imports it so that every process shares this one broker."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_match.settings")

app = Celery("alliance_match")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add("alliance_match.operations.heartbeats:WorkerHeartbeat")
