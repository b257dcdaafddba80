"""Everything that differs between installations is read from the environment here, and nowhere else.

`ALLIANCE_DEMO=1` is the only switch: it allows a throw-away secret and offers log-ins without a password.
Without it a missing secret stops the start with one clear line.
"""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from kombu import Queue

BASE_DIR = Path(__file__).resolve().parent.parent

# One thread for each process's linear algebra, set before NumPy is loaded: threads that wait for each other
# on a busy machine make a fit ten times slower.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def environment_flag(name: str) -> bool:
    """Whether an environment variable is switched on."""
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def required_variable(name: str, why: str) -> str:
    """The value of an environment variable. Raises ImproperlyConfigured with one line where it is missing."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {why}")
    return value


def environment_list(name: str, default: str = "") -> list[str]:
    """A comma-separated environment variable as a list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def connection_options(timeouts: dict[str, int]) -> str:
    """Timeouts (seconds) as the options of a connection to PostgreSQL, after those that DATABASE_URL has."""
    given = DATABASES["default"]["OPTIONS"].get("options", "")
    return " ".join([given, *(f"-c {name}={seconds}s" for name, seconds in timeouts.items())]).strip()


DEMO = environment_flag("ALLIANCE_DEMO")
DEBUG = DEMO and environment_flag("DEBUG")
SECRET_KEY = (
    os.environ.get("SECRET_KEY") or get_random_secret_key()
    if DEMO
    else required_variable("SECRET_KEY", "a long random text that signs sessions and links; keep it secret")
)
ALLOWED_HOSTS = environment_list("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]" if DEMO else "")
CSRF_TRUSTED_ORIGINS = environment_list("CSRF_TRUSTED_ORIGINS")
# Where links in mails lead, whatever name a page was asked for by.
PORT = os.environ.get("PORT", "8000")
SITE_URL = f"http://127.0.0.1:{PORT}" if DEMO else "https://" + "".join(ALLOWED_HOSTS[:1]).removeprefix(".")

DATABASE_URL = required_variable(
    "DATABASE_URL",
    "say which PostgreSQL to use, or start with `python -m alliance_match.embedded run -- …`",
)
REDIS_URL = required_variable(
    "REDIS_URL",
    "say which Redis or Valkey to use, or start with `python -m alliance_match.embedded run -- …`",
)

# --- Applications, lowest room first ---------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "rest_framework",
    "alliance_match.audit",
    "alliance_match.accounts",
    "alliance_match.pages",
    "therapists",
    "clients",
    "surveys",
    "alliance_match.safety",
    "alliance_match.matching",
    "alliance_match.insights",
    "alliance_match.transfer",
    "alliance_match.operations",
    "alliance_match.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "alliance_match.pages.middleware.ValidRequestMiddleware",
    "alliance_match.pages.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "alliance_match.accounts.middleware.KeepSessionMiddleware",
    "alliance_match.accounts.middleware.MembershipMiddleware",
    "alliance_match.safety.middleware.DangerMiddleware",
    "alliance_match.matching.middleware.RescoreNotificationMiddleware",
]

ROOT_URLCONF = "alliance_match.urls"
WSGI_APPLICATION = "alliance_match.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- Data ------------------------------------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True),
}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"] |= {"connect_timeout": 3, "application_name": "alliance_match"}
# Somebody waits for a page, and threads are few: `wsgi.py` gives these to the web server. Worker, beat and
# commands wait for each other's fits, which compute for long between two statements.
WEB_TIMEOUTS = {"statement_timeout": 10, "lock_timeout": 3, "idle_in_transaction_session_timeout": 30}
WORK_TIMEOUTS = {"statement_timeout": 1800, "lock_timeout": 1800, "idle_in_transaction_session_timeout": 3600}
WEB_CONNECTION_OPTIONS = connection_options(WEB_TIMEOUTS)
DATABASES["default"]["OPTIONS"]["options"] = connection_options(WORK_TIMEOUTS)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Only the limits on log-ins are counted here, and nobody may be kept out by a broker that is away.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_limit",
        "OPTIONS": {"MAX_ENTRIES": 10_000},  # beyond these some are forgotten, so not Django's 300
    }
}
SESSION_ENGINE = "alliance_match.accounts.sessions"

# --- The worker: messages only notify, so a lost one does no harm and none may hold up a request ---------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 60
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
    "max_retries": 0,  # else a page waits seven seconds for a broker that is away
}
# Mail has a queue and a worker of its own: no re-score may delay it, least of all mail about danger.
DEFAULT_QUEUE, MAIL_QUEUE = "celery", "mail"
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in (DEFAULT_QUEUE, MAIL_QUEUE)]
CELERY_TASK_ROUTES = {
    task: {"queue": MAIL_QUEUE}
    for task in (
        "alliance_match.safety.tasks.risk_alerts_sweep",
        "clients.tasks.introductions_sweep",
        "surveys.tasks.bond_alerts_notify",
        "surveys.tasks.invitations_sweep",
        "therapists.tasks.confirmation_requests_send",
    )
}
CELERY_BEAT_SCHEDULER = "alliance_match.operations.heartbeats:HeartbeatScheduler"
CELERY_BEAT_SCHEDULE = {
    task: {"task": task, "schedule": seconds}
    for task, seconds in {
        "alliance_match.matching.tasks.sweep": 30.0,
        "clients.tasks.introductions_sweep": 30.0,
        "alliance_match.safety.tasks.risk_alerts_sweep": 30.0,
        "clients.tasks.sign_ups_forget": 3600.0,
        "therapists.tasks.confirmation_requests_send": 3600.0,
        "surveys.tasks.invitations_sweep": 60.0,
        "surveys.tasks.bond_alerts_notify": 60.0,
        "alliance_match.matching.tasks.refit_all": 24 * 3600.0,
        "alliance_match.insights.tasks.release_all": 24 * 3600.0,
        "alliance_match.accounts.tasks.sessions_forget": 24 * 3600.0,
    }.items()
}

# --- Accounts --------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["alliance_match.accounts.backends.MemberBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
ACCOUNT_ADAPTER = "alliance_match.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "alliance_match.accounts.forms.LoginForm",
    "reset_password": "alliance_match.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "alliance_match.accounts.forms.ResetPasswordKeyForm",
    "set_password": "alliance_match.accounts.forms.SetPasswordForm",
    "change_password": "alliance_match.accounts.forms.ChangePasswordForm",
    "add_email": "alliance_match.accounts.forms.AddEmailForm",
    "reauthenticate": "alliance_match.accounts.forms.ReauthenticateForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional" if DEMO else "mandatory"
ACCOUNT_RATE_LIMITS = {"join": "20/m/ip,3/h/key"}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False  # a shared device must not stay logged in
ACCOUNT_PREVENT_ENUMERATION = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "home"

# --- Words and files -------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "alliance_match.formats"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEMO
# The demo keeps its mail as files, which a page of its own shows.
EMAIL_FILE_PATH = (
    f"{os.environ['ALLIANCE_DATA_DIR']}/mail" if DEMO and "ALLIANCE_DATA_DIR" in os.environ else None
)
EMAIL_KIND = "filebased" if EMAIL_FILE_PATH else "console" if DEMO else "smtp"
EMAIL_BACKEND = f"django.core.mail.backends.{EMAIL_KIND}.EmailBackend"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_TIMEOUT = 10  # seconds; a mail server that says nothing must not hold up whoever else is to be told
EMAIL_USE_TLS = environment_flag("EMAIL_USE_TLS")
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "alliance-match@localhost")

# --- Browser and transport -------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SESSION_COOKIE_AGE = 30 * 60
BEHIND_TLS_PROXY = environment_flag("BEHIND_TLS_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS_PROXY else None
# Whose address counts for the limits on log-ins: else everybody behind the proxy would share one.
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_TLS_PROXY)
SECURE_SSL_REDIRECT = not DEMO
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 0 if DEMO else 31536000

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {
        "no_links": {"()": "alliance_match.pages.log_filters.NoLinks"},
        "no_outage_tracebacks": {"()": "alliance_match.pages.log_filters.NoOutageTracebacks"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_links"]}},
    "loggers": {"django.request": {"filters": ["no_outage_tracebacks"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
