from django.apps import AppConfig

from alliance_match.celery import app


class MatchingConfig(AppConfig):
    name = "alliance_match.matching"
    label = "matching"
    default_auto_field = "django.db.models.BigAutoField"
    # Imported here because a `@shared_task` else binds to Celery's default application, which has no broker.
    celery = app
