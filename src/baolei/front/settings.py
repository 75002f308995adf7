"""Settings: read from the environment, safe when it is empty.

BAOLEI_HOME          folder of the database, the key and the collected static files (default: var/ where you stand)
BAOLEI_DATABASE_URL  sqlite:///file or postgresql://user:password@host:port/name (default: SQLite in BAOLEI_HOME)
BAOLEI_SECRET_KEY    signs sessions (default: the key file in BAOLEI_HOME, written by `baolei serve`)
BAOLEI_HOSTS         host names the pages answer to, separated by commas (default: this machine only)
BAOLEI_HTTPS         1 where the pages are reached by https: cookies are then never sent in the clear
BAOLEI_PROXY         addresses or networks of the reverse proxy, separated by commas (default: this machine); what
                     anybody else says about whom he speaks for is not believed
BAOLEI_PASSWORD_PROFILE  mlps3 (classified protection, level 3; the default) or asvs: see rulebook/passwords.yaml
BAOLEI_DEMO          1 in a demo: the log-in page offers the demo accounts, every page says that the data are invented
BAOLEI_URN_URL       where ballots are cast, like BAOLEI_DATABASE_URL (default: urn.sqlite3 in BAOLEI_HOME)
BAOLEI_URN_ORIGIN    under which origin voters reach the casting host, such as https://ballots.example.gov.cn; slips
                     name it (default: this host, port 8001)
BAOLEI_ORIGIN        under which origin members reach these pages, such as https://baolei.example.gov.cn; the ballot
                     page sends them back to it for a token (default: the one at which the polls are set up)
BAOLEI_RESULTS       the results folder that the pages show (default: results in BAOLEI_HOME)
BAOLEI_DEBUG         1 while developing
"""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from baolei.front.environment import database_from_url, home_folder, networks, one_of, said_yes, secret_key

PACKAGE = Path(__file__).resolve().parent.parent
HOME = home_folder(os.environ)

DEBUG = said_yes(os.environ, "BAOLEI_DEBUG")
SECRET_KEY = secret_key(os.environ, HOME)
ALLOWED_HOSTS = [
    host.strip() for host in os.environ.get("BAOLEI_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host.strip()
]

BAOLEI_PROXY = networks(os.environ, "BAOLEI_PROXY", "127.0.0.1,::1")

BAOLEI_DEMO = said_yes(os.environ, "BAOLEI_DEMO")
# Where rounds keep their snapshots and results; and the results folder that the pages show.
BAOLEI_HOME = str(HOME)
BAOLEI_RESULTS = os.environ.get("BAOLEI_RESULTS", "") or str(HOME / "results")
# Files that were sent, until they have been read.
BAOLEI_UPLOADS = str(HOME / "uploads")
# Files that branches put beside their answers.
BAOLEI_PAPERS = str(HOME / "papers")
# Networks of roads that were read in.
BAOLEI_NETWORKS = str(HOME / "networks")
# Whether jobs run where they are asked for, without a worker. For tests.
BAOLEI_JOBS_AT_ONCE = False
# Not a secret: it opens invented accounts over invented data, and the log-in page of a demo shows it.
BAOLEI_DEMO_PASSWORD = "baolei-demo"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "ninja",
    "baolei.ledger",
    "baolei.people",
    "baolei.organisations",
    "baolei.life",
    "baolei.centres",
    "baolei.dues",
    "baolei.training",
    "baolei.wishes",
    "baolei.matters",
    "baolei.rectification",
    "baolei.sheets",
    "baolei.standards",
    "baolei.rounds",
    "baolei.declarations",
    "baolei.ballots",
    "baolei.scores",
    "baolei.reviews",
    "baolei.naming",
    "baolei.notices",
    "baolei.triage",
    "baolei.burden",
    "baolei.figures",
    "baolei.api",
    "baolei.front",
]

MIDDLEWARE = [
    "baolei.front.middleware.through_the_proxy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "baolei.front.middleware.permissions_policy",
    "baolei.api.middleware.for_programs",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "baolei.front.middleware.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "baolei.front.middleware.kept_by_nobody",
    "baolei.people.sessions.kept_within_limits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "baolei.front.middleware.numbers_there_can_be",
]

ROOT_URLCONF = "baolei.front.urls"
WSGI_APPLICATION = "baolei.front.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "baolei.front.navigation.shell",
            ],
            "builtins": ["baolei.front.templatetags.components", "baolei.front.templatetags.numbers"],
        },
    },
]

DATABASES = {"default": database_from_url(os.environ.get("BAOLEI_DATABASE_URL", ""), HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- people -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Account"
# A user name is locked for so many minutes after so many failures within them; a log-in ends after so many idle
# minutes, and after so many hours in any case.
BAOLEI_LOCK_AFTER, BAOLEI_LOCK_MINUTES = 5, 15
BAOLEI_IDLE_MINUTES, BAOLEI_SESSION_HOURS = 30, 8
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "home"
# Whether mandates of the roles that ask for a second factor open anything without one. A demo's do.
BAOLEI_SECOND_FACTOR = not BAOLEI_DEMO
BAOLEI_PASSWORD_PROFILE = one_of(os.environ, "BAOLEI_PASSWORD_PROFILE", ("mlps3", "asvs"))
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "baolei.people.passwords.OfTheProfile"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# ---- words, dates, numbers ----------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# ---- static files -------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "baolei.front.static_files.Collected"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# ---- what a page may do -------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 8 * 60 * 60  # a working day
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "baolei.front.errors.expired_form"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60

_HTTPS = said_yes(os.environ, "BAOLEI_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _HTTPS
SECURE_SSL_REDIRECT = False  # the server in front of us redirects; redirecting here as well would loop behind a proxy
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None

# The first one throws away what is larger than a list can be.
FILE_UPLOAD_HANDLERS = [
    "baolei.sheets.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
