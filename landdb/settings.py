"""The one settings file. What differs between machines comes from the environment, read with types."""

from pathlib import Path

import pgtrigger
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from landdb import env, mail
from landdb.database import settings_from
from landdb.working_days import read as read_working_days

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = env.path("LANDDB_VAR", BASE_DIR / "var")

DEBUG = env.flag("LANDDB_DEBUG", False)
SECRET_KEY = env.text("LANDDB_SECRET_KEY", "only-for-checks-without-a-running-site" * 2)
ALLOWED_HOSTS = env.text("LANDDB_HOSTS", "localhost 127.0.0.1 [::1]").split()
CSRF_TRUSTED_ORIGINS = env.text("LANDDB_ORIGINS", "").split()
IS_PUBLIC = env.flag("LANDDB_HTTPS", False)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "axes",
    "csp",
    "django_htmx",
    "landdb",
    "parcels",
    "citizens",
    "reconciliation",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "landdb.web.language.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "landdb.web.drafts.Accepted",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "landdb.web.gate.Gate",
    "landdb.web.errors.Unreadable",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "landdb.urls"
WSGI_APPLICATION = "landdb.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "landdb.web.shell.shell",
                "reconciliation.web.notices.notices",
            ],
            "builtins": ["landdb.templatetags.landdb"],
            "libraries": {"i18n": "landdb.words_once"},
        },
    }
]
# That `i18n` is not Django's is wanted.
SILENCED_SYSTEM_CHECKS = ["templates.W003"]

# Data
DATABASES = {
    "default": {
        **settings_from(env.text("DATABASE_URL", "postgresql://landdb@/landdb")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
}
# In each process of its own: up to some 60 MB of what closed weeks told and of parts of pages.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    }
}
REDIS_URL = env.text("REDIS_URL", "redis://localhost:6379/0")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A process opens what its jobs need before it is up; on a busy machine that may take a while.
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A worker's connection lasts from task to task, as a request's does (`celery.leave_dead_connections`): closed
# after each, every task would read the catalogue anew, and a workbook's dry run wait for it.
CELERY_DB_REUSE_MAX = 1_000_000_000
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Above the longest chunk; a lost message is made good by `nudge` long before.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "unacked_restore_throttle": 1}
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")
# Weekday and time are the province's: Sunday 23:30 closes the week.
CELERY_BEAT_SCHEDULE = {
    "nudge": {"task": "landdb.jobs.nudge", "schedule": 10.0},
    "weekly-snapshot": {"task": "reconciliation.take_weekly_snapshot", "schedule": 3600.0},
    "weekly-reports": {"task": "reconciliation.keep_weekly_reports", "schedule": 3600.0},
    "day-figures": {"task": "reconciliation.take_day_figures", "schedule": 3600.0},
    "what-is-due": {"task": "reconciliation.judge_what_is_due", "schedule": 600.0},
    "what-was-decided": {"task": "reconciliation.settle", "schedule": 10.0, "options": {"queue": "desk"}},
    "week-alerts": {"task": "reconciliation.keep_week_alerts", "schedule": 3600.0},
    # Whoever comes first sends: where the worker slept on Monday morning, the next full hour does.
    "digests": {
        "task": "reconciliation.send_digests",
        "schedule": crontab(minute="0", hour="7-18", day_of_week="mon-fri"),
    },
    "work-counts": {"task": "reconciliation.gather_work_counts", "schedule": 300.0},
    "second-eyes": {"task": "reconciliation.draw_second_eyes", "schedule": 6 * 3600.0},
    "expired-workbooks": {"task": "reconciliation.drop_expired_workbooks", "schedule": 3600.0},
    "old-uploads": {"task": "reconciliation.close_old_uploads", "schedule": 24 * 3600.0},
}

# Accounts
AUTH_USER_MODEL = "landdb.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "landdb.web.accounts_backend.Accounts"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "landdb.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
SESSION_ENGINE = "landdb.web.session_store"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "landdb.web.signing.locked_out"
AXES_ENABLED = not env.flag("LANDDB_TESTING", False)

# Safety
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_PUBLIC
SECURE_HSTS_SECONDS = 31_536_000 if IS_PUBLIC else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_PUBLIC else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "landdb.web.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
# A commune's workbook above this is refused before it is read (bytes, rows).
WORKBOOK_MAX_BYTES = 20 * 2**20
WORKBOOK_MAX_ROWS = 50_000
FILES_DIR = VAR / "files"

# Mail: the weekly digest. Without a server it is written to the log of the worker.
_MAIL = mail.read(env.url("LANDDB_MAIL", None, schemes=("smtp", "smtps")))
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _MAIL.host else 'console'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _MAIL.host, _MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.user, _MAIL.password
EMAIL_USE_SSL, EMAIL_USE_TLS = _MAIL.is_tls, _MAIL.starts_tls
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("LANDDB_MAIL_FROM", "landdb@localhost")

# Audit
PGHISTORY_LEVEL = pgtrigger.Statement
PGHISTORY_MIDDLEWARE_METHODS = ("POST",)

# Words and places
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "landdb" / "locale"]
FORMAT_MODULE_PATH = ["landdb.formats"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
# What the province says of its own days off, beside those that hold in all Viet Nam.
WORKING_DAYS = read_working_days(env.path("LANDDB_WORKING_DAYS", None, must_exist=True))
USE_I18N = True
# Off: ids in addresses stay whole. Numbers to be read are written by the `num` filter.
USE_THOUSAND_SEPARATOR = False
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_DIR}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if env.flag("LANDDB_TESTING", False):
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    WHITENOISE_USE_FINDERS = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["stderr"],
        "level": env.choice("LANDDB_LOG", ["DEBUG", "INFO", "WARNING"], "WARNING"),
    },
    # What it complains of it quotes, and scans are of people's papers.
    "loggers": {"pypdf": {"handlers": [], "level": "CRITICAL", "propagate": False}},
}
