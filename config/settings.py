"""Settings that run with no configuration at all; every variable that changes them is in docs/administrator.md."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.env import (
    host_of,
    read_bool,
    read_database,
    read_email,
    read_int,
    read_list,
    read_secret_key,
    read_text,
    read_url,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(read_text("CHAINMAP_DATA", str(BASE_DIR / "var")))

DEBUG = read_bool("DEBUG", False)
SECRET_KEY = read_secret_key("SECRET_KEY", DATA_DIR / "secret_key")
#: The address people open: links in mails and the code of a workshop begin with it, and its host is answered.
CHAINMAP_URL = read_url("CHAINMAP_URL", "http://127.0.0.1:8000")
ALLOWED_HOSTS = read_list("ALLOWED_HOSTS", sorted({"127.0.0.1", "localhost", "[::1]", host_of(CHAINMAP_URL)}))
#: Proxies in front whose X-Forwarded-For is believed: the client is that many places from its right end.
TRUSTED_PROXIES = read_int("TRUSTED_PROXIES", 0, least=0, most=9)
CSRF_TRUSTED_ORIGINS = read_list("CSRF_TRUSTED_ORIGINS", [])
#: True once a TLS proxy stands in front: secure cookies, HSTS, redirect to https.
HTTPS = read_bool("HTTPS", False)

INSTALLED_APPS = [
    "chainmap.apps.ChainmapConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "chainmap.web.middleware.NoIndexMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "chainmap.web.middleware.SessionLimitsMiddleware",
    "chainmap.web.middleware.NoStoreMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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

# Data. SQLite: WAL lets readers and the writer work side by side; IMMEDIATE takes the write lock at the start of a
# transaction, so that it waits instead of failing half-way; requests are not transactions, services are.
DATABASES = {"default": read_database("DATABASE_URL", f"sqlite:///{DATA_DIR / 'chainmap.sqlite3'}")}
DATABASES["default"] |= {"ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 60}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            "PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF;"
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        # findings and pictures, by data version: few and large
        "OPTIONS": {"MAX_ENTRIES": 64},
        "TIMEOUT": 3600,
    }
}

# People
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "chainmap:sign_in"
LOGIN_REDIRECT_URL = "chainmap:home"
LOGOUT_REDIRECT_URL = "chainmap:sign_in"

# Languages: English is the source; Italian, Spanish and Polish follow.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "chainmap" / "locale"]
#: How dates are written in each of them.
FORMAT_MODULE_PATH = "chainmap.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = read_text("TIME_ZONE", "UTC")

# Files
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [BASE_DIR / "static"]
#: Scripts of others for maps of more than about 1,000 hand-offs; the Makefile installs them where it can.
CHAINMAP_BROWSER_CODE = BASE_DIR / "node_modules" / ".browser"
if CHAINMAP_BROWSER_CODE.is_dir():
    STATICFILES_DIRS.append(("chainmap/vendor", CHAINMAP_BROWSER_CODE))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_files.StaticFiles"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Security
# the longest any session lasts; services/sessions.py ends most of them earlier
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sid", "__Host-csrf"
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 63072000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# not "no-referrer": browsers would send "Origin: null" with every form, which Django refuses
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "chainmap.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["chainmap.api.renderers.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["chainmap.api.parsers.JsonParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "chainmap.api.pagination.Pages",
    "EXCEPTION_HANDLER": "chainmap.api.problems.problem_response",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Chainmap",
    "DESCRIPTION": "Where value is lost, hand-off by hand-off, before it reaches the end customer.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

# Limits of a file to import; SECURITY.md 3.6 gives the reasons. Raise them for one large import on your own machine.
CHAINMAP_IMPORT_MAX_MEGABYTES = read_int("CHAINMAP_IMPORT_MAX_MEGABYTES", 5, least=1, most=1000)
CHAINMAP_IMPORT_MAX_ROWS = read_int("CHAINMAP_IMPORT_MAX_ROWS", 20_000, least=1, most=10_000_000)

# Mail: printed unless a server is named.
_MAIL = read_email("EMAIL_URL", "consolemail://")
EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _MAIL["EMAIL_HOST"], _MAIL["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL["EMAIL_HOST_USER"], _MAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL["EMAIL_USE_TLS"], _MAIL["EMAIL_USE_SSL"]
EMAIL_FILE_PATH = _MAIL["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = read_text("DEFAULT_FROM_EMAIL", "Chainmap <chainmap@localhost>")

# Off: mails and releases are made before the answer instead of beside it; for tests.
CHAINMAP_BACKGROUND = read_bool("CHAINMAP_BACKGROUND", True)

#: The fewest people besides the reader behind any number of a protected round; it can be raised, never lowered.
CHAINMAP_MINIMUM_GROUP = read_int("CHAINMAP_MINIMUM_GROUP", 5, least=5, most=50)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"hide_links": {"()": "config.redaction.HideLinks"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["hide_links"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Django's own handlers know nothing of the filter: everything goes to the one above
        "django": {"handlers": [], "level": "WARNING"},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.request": {"level": "ERROR"},
        # anybody may send a wrong host name; it is answered 400 and no news
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
