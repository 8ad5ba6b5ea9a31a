"""Settings of the platform, all from the environment, with defaults for one small charity.

Every setting is ``OPENOUTCOMES_SOMETHING`` and is listed with its meaning in docs/run/settings.md
(a test holds the two together). Whatever is not given is kept in the home folder: the database, the
keys and the uploaded files.
"""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url

from openoutcomes.web.core.home import Home, is_yes

#: Every variable that is read here, with its meaning. The documentation is made from this.
VARIABLES: dict[str, str] = {
    "OPENOUTCOMES_HOME": "Folder of the database, keys and uploads. Default: openoutcomes-home, in the current folder.",
    "OPENOUTCOMES_URL": "The address people use, as in https://outcomes.example.org. With https, cookies are sent over https alone. Default: http://localhost:8000.",
    "OPENOUTCOMES_HOSTS": "Other host names to answer to, separated by commas. The host of the address is always one.",
    "OPENOUTCOMES_DATABASE_URL": "The database, as postgres://user:password@host/name. Default: an SQLite file in the home folder.",
    "OPENOUTCOMES_SECRET_KEY": "Key that signs sessions and links. Default: made on first use and kept in the home folder.",
    "OPENOUTCOMES_FIELD_KEYS": "Keys that encrypt names and contact details, newest first, separated by commas. Default: kept in the home folder.",
    "OPENOUTCOMES_INDEX_KEY": "Key of the index by which people are found by name. Default: kept in the home folder.",
    "OPENOUTCOMES_EMAIL_URL": "Mail server, as smtp://user:password@host:587/?tls=yes. Default: messages are written to files in the home folder.",
    "OPENOUTCOMES_EMAIL_FROM": "Address that messages come from. Default: no-reply at the host of the address.",
    "OPENOUTCOMES_OIDC": "JSON list of OpenID Connect providers: id, name, server, client_id, secret.",
    "OPENOUTCOMES_MAX_UPLOAD_MB": "Largest file of evidence, in megabytes. Default: 10.",
    "OPENOUTCOMES_REQUIRE_MFA": "yes: everyone but people supported must have a second step to sign in. Default: yes with an https address, no otherwise.",
    "OPENOUTCOMES_PROXY": "yes: a proxy in front sets X-Forwarded-Proto and X-Forwarded-For. Default: no.",
    "OPENOUTCOMES_LOG_JSON": "yes: one line of JSON for each event in the log. Default: no.",
    "OPENOUTCOMES_DEMO": "yes: sign in as any demonstration role with one click. Never with real people. Default: no.",
    "OPENOUTCOMES_SESSION_HOURS": "Hours without use after which a person must sign in again. Default: 8.",
}

HOME = Home(Path(os.environ.get("OPENOUTCOMES_HOME", "openoutcomes-home")))
BASE_DIR = Path(__file__).parent
SITE_URL = os.environ.get("OPENOUTCOMES_URL", "http://localhost:8000").rstrip("/")
SITE_HOST = SITE_URL.partition("://")[2].partition("/")[0].partition(":")[0]
IS_HTTPS = SITE_URL.startswith("https://")
DEMO = is_yes(os.environ.get("OPENOUTCOMES_DEMO", "no"))
REQUIRE_MFA = is_yes(os.environ.get("OPENOUTCOMES_REQUIRE_MFA", "yes" if IS_HTTPS else "no")) and not DEMO

SECRET_KEY = HOME.secret("OPENOUTCOMES_SECRET_KEY")
FIELD_KEYS = tuple(HOME.secret("OPENOUTCOMES_FIELD_KEYS").split(","))
INDEX_KEY = HOME.secret("OPENOUTCOMES_INDEX_KEY")
DEBUG = False
ALLOWED_HOSTS = [SITE_HOST, *filter(None, os.environ.get("OPENOUTCOMES_HOSTS", "").split(","))]
if SITE_HOST == "localhost":
    ALLOWED_HOSTS += ["127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "openoutcomes.web.core",
    "openoutcomes.web.accounts",
    "openoutcomes.web.partnerships",
    "openoutcomes.web.audit",
    "openoutcomes.web.people",
    "openoutcomes.web.records",
    "openoutcomes.web.contracts",
    "openoutcomes.web.sharing",
    "openoutcomes.web.referrals",
    "openoutcomes.web.groups",
    "openoutcomes.web.pathways",
    "openoutcomes.web.budgets",
    "openoutcomes.web.outcomes",
    "openoutcomes.web.verification",
    "openoutcomes.web.claims",
    "openoutcomes.web.payments",
    "openoutcomes.web.results",
    "openoutcomes.web.administration",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_scopes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "openoutcomes.web.core.middleware.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "openoutcomes.web.core.middleware.Seat",
]

ROOT_URLCONF = "openoutcomes.web.urls"
WSGI_APPLICATION = "openoutcomes.web.wsgi.application"
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
                "openoutcomes.web.core.context.page",
            ],
            "builtins": ["openoutcomes.web.core.templatetags.oo"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("OPENOUTCOMES_DATABASE_URL") or f"sqlite:///{HOME.path / 'openoutcomes.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Write-ahead logging lets people read while one writes; a writer takes its lock at the start of its
    # transaction and waits its turn, rather than failing half way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
# Built into the package by frontend/build.py; those of applications are found where they are installed.
STATIC_ROOT = BASE_DIR / "static"
WHITENOISE_USE_FINDERS = True
EVIDENCE_ROOT = HOME.path / "evidence"
MAX_UPLOAD = int(os.environ.get("OPENOUTCOMES_MAX_UPLOAD_MB", "10")) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

SESSION_COOKIE_AGE = int(float(os.environ.get("OPENOUTCOMES_SESSION_HOURS", "8")) * 3600)
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "__Host-oo-session" if IS_HTTPS else "oo-session"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if is_yes(os.environ.get("OPENOUTCOMES_PROXY", "no")):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Signing in: an address and a password, or a council's own service; always with a second step where
# REQUIRE_MFA says so. Nobody signs up by themselves: accounts come from invitations.
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Open Outcomes"
