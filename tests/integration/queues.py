"""Queues of a test run's own, so that runs beside each other share no message."""

from celery import Celery
from django.conf import settings
from kombu import Queue


def use_own_queues(app: Celery, name: str) -> None:
    """Let an application send to, and take from, queues of this name, before its first message."""
    mail = f"{name}-mail"
    app.conf.task_default_queue = name
    app.conf.task_queues = [Queue(queue, routing_key=queue) for queue in (name, mail)]
    app.conf.task_routes = {task: {"queue": mail} for task in settings.CELERY_TASK_ROUTES}
