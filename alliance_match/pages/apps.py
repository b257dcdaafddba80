from django.apps import AppConfig


class PagesConfig(AppConfig):
    """What every page shares, and the pages that belong to no room."""

    name = "alliance_match.pages"
    label = "pages"
