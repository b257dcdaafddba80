from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "alliance_match.operations"
    label = "operations"
    default_auto_field = "django.db.models.BigAutoField"
