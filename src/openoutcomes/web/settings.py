"""Settings of the platform, all from the environment, with defaults for one small charity.

Every setting is a variable below, and is listed with its meaning in docs/run/settings.md
(a test holds the two together). Whatever is not given is kept in the home folder: the database, the
keys and the uploaded files.
"""

from __future__ import annotations

from pathlib import Path

from openoutcomes.web.core.environment import Environment, checked_keys, checked_secret, service_settings
from openoutcomes.web.core.home import Home
from openoutcomes.web.core.logs import logging_settings

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
    "OPENOUTCOMES_OIDC": "OpenID Connect services to sign in with, as a JSON list; see below. Default: none.",
    "OPENOUTCOMES_MAX_UPLOAD_MB": "Largest file of evidence, in megabytes. Default: 10.",
    "OPENOUTCOMES_OPERATORS": "Addresses of those who look after the installation, separated by commas: signed in, they may make partnerships and close accounts. Default: none; the command line can always.",
    "OPENOUTCOMES_REQUIRE_MFA": "yes: everyone but people supported must have a second step to sign in. Default: yes with an https address, no otherwise.",
    "OPENOUTCOMES_PROXY": "yes: a proxy in front sets X-Forwarded-Proto and X-Forwarded-For. Default: no.",
    "OPENOUTCOMES_LOG_JSON": "yes: one line of JSON for each event in the log. Default: no.",
    "OPENOUTCOMES_DEMO": "yes: sign in as any demonstration role with one click. Never with real people. Default: no.",
    "OPENOUTCOMES_SESSION_HOURS": "Hours without use after which a person must sign in again. Default: 8.",
}

_GIVEN = Environment()
HOME = Home(Path(_GIVEN.text("OPENOUTCOMES_HOME", "openoutcomes-home")))
BASE_DIR = Path(__file__).parent
SITE_URL = _GIVEN.address("OPENOUTCOMES_URL", "http://localhost:8000")
SITE_HOST = SITE_URL.partition("://")[2].partition("/")[0].partition(":")[0]
IS_HTTPS = SITE_URL.startswith("https://")
DEMO = _GIVEN.yes("OPENOUTCOMES_DEMO", default=False)
OPERATORS = _GIVEN.addresses("OPENOUTCOMES_OPERATORS")
REQUIRE_MFA = _GIVEN.yes("OPENOUTCOMES_REQUIRE_MFA", default=IS_HTTPS) and not DEMO

SECRET_KEY = checked_secret("OPENOUTCOMES_SECRET_KEY", HOME.secret("OPENOUTCOMES_SECRET_KEY"))
FIELD_KEYS = checked_keys("OPENOUTCOMES_FIELD_KEYS", HOME.secret("OPENOUTCOMES_FIELD_KEYS"))
INDEX_KEY = checked_secret("OPENOUTCOMES_INDEX_KEY", HOME.secret("OPENOUTCOMES_INDEX_KEY"))
DEBUG = False
ALLOWED_HOSTS = [SITE_HOST, *_GIVEN.hosts("OPENOUTCOMES_HOSTS")]
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
    "openoutcomes.web.agenda",
    "openoutcomes.web.listening",
    "openoutcomes.web.stories",
    "openoutcomes.web.barriers",
    "openoutcomes.web.trials",
    "openoutcomes.web.changes",
    "openoutcomes.web.meetings",
    "openoutcomes.web.cases",
    "openoutcomes.web.governance",
    "openoutcomes.web.ties",
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
    # First, so that every answer has the headers and a line in the log, also those of middleware below.
    "openoutcomes.web.core.logs.RequestLog",
    "openoutcomes.web.core.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "openoutcomes.web.core.middleware.Idle",
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
    "default": _GIVEN.database("OPENOUTCOMES_DATABASE_URL", f"sqlite:///{HOME.path / 'openoutcomes.sqlite3'}")
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
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
EVIDENCE_ROOT = HOME.path / "evidence"
MAX_UPLOAD = int(_GIVEN.number("OPENOUTCOMES_MAX_UPLOAD_MB", 10, least=1, most=200) * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

# Counted from the last use: see core.middleware.Idle, which saves a session every few minutes of use.
SESSION_COOKIE_AGE = int(_GIVEN.number("OPENOUTCOMES_SESSION_HOURS", 8, least=0.1, most=168) * 3600)
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
if _GIVEN.yes("OPENOUTCOMES_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # One proxy, ours: the last address that it adds is whoever called it. Any before that was said by them.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
CSRF_FAILURE_VIEW = "openoutcomes.web.core.views.form_expired"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

_MAIL = _GIVEN.mail("OPENOUTCOMES_EMAIL_URL", HOME.path / "emails")
EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
EMAIL_FILE_PATH = _MAIL.get("EMAIL_FILE_PATH")
EMAIL_HOST = _MAIL.get("EMAIL_HOST", "localhost")
EMAIL_PORT = _MAIL.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = _MAIL.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _MAIL.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = _MAIL.get("EMAIL_TIMEOUT", 10)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _GIVEN.text("OPENOUTCOMES_EMAIL_FROM", f"no-reply@{SITE_HOST}")

LOGGING = logging_settings(as_json=_GIVEN.yes("OPENOUTCOMES_LOG_JSON", default=False))

# Signing in: an address and a password, or a council's own service; always with a second step where
# REQUIRE_MFA says so. Nobody signs up by themselves: accounts come from invitations.
ACCOUNT_ADAPTER = "openoutcomes.web.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Open Outcomes: "
# Nothing is sent to an address that has no account: a stranger could send it to anybody.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_HTTPS else "http"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # here they stay signed in; everywhere else they are signed out
# Five wrong passwords or codes for one account shut it for five minutes; an office behind one address has
# room for its own mistakes.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,5/5m/key", "login": "60/m/ip", "signup": "20/m/ip"}

MFA_ADAPTER = "openoutcomes.web.accounts.adapters.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Open Outcomes"
MFA_TOTP_TOLERANCE = 1  # telephones whose clock is half a minute out
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS and SITE_HOST == "localhost"

#: The services that people may sign in with, by id.
SIGN_IN_SERVICES = {one["id"]: one for one in _GIVEN.sign_in_services("OPENOUTCOMES_OIDC")}
SOCIALACCOUNT_ADAPTER = "openoutcomes.web.accounts.adapters.ServiceAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "mandatory"
SOCIALACCOUNT_PROVIDERS = service_settings(SIGN_IN_SERVICES.values())
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
