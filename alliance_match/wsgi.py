"""What the web server runs."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_match.settings")
settings.DATABASES["default"]["OPTIONS"]["options"] = settings.WEB_CONNECTION_OPTIONS
application = get_wsgi_application()
# What stands after the start stays for good. Looking through it for garbage held up one page in twenty.
get_resolver().url_patterns  # noqa: B018  # loads every view
gc.collect()
gc.freeze()
