"""What the worker does for accounts."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from alliance_match.accounts import tasks
from alliance_match.celery import app


@pytest.mark.django_db
def test_sessions_that_have_run_out_are_forgotten_and_no_others():
    now = timezone.now()
    for key, ends in (("over", now - timedelta(minutes=1)), ("open", now + timedelta(minutes=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    tasks.sessions_forget()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]


def test_beat_asks_for_it_every_day_and_for_nothing_that_no_worker_knows():
    app.loader.import_default_modules()
    asked = {entry["task"]: entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert asked["alliance_match.accounts.tasks.sessions_forget"] == 24 * 3600
    assert asked.keys() <= app.tasks.keys()
