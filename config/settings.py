"""Settings, from the environment (config/env.py). docs/operations.md lists every variable."""

import os
from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from config.databases import database_at, wal_is_safe, with_engine_options
from config.env import env_bool, env_choice, env_database, env_int, env_list, env_networks, env_secret
from config.logs import TIME_ZONE as SITE_TIME_ZONE
from config.logs import logging_settings
from config.mail import MAIL_FROM, MAIL_HOST, SMTP_SERVER
from config.mail import SITE_ADDRESS as ADDRESS_OF_SITE
from config.sign_in import PASSWORD_DAYS as DAYS_OF_PROFILE
from config.sign_in import PROFILES, password_validators
from config.version import read_version
from config.webhook import WEBHOOK_KEYS as KEYS_OF_WEBHOOK
from config.webhook import WEBHOOK_NETWORKS as NETWORKS_OF_WEBHOOK
from config.webhook import WEBHOOK_URL as URL_OF_WEBHOOK

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var")

VERSION = read_version(BASE_DIR)
# How files that the app writes name what wrote them.
GENERATOR = f"Taizhang {VERSION}"

# Operators create this file for maintenance; while it exists, every page says so.
MAINTENANCE_FILE = DATA_DIR / "maintenance"

DEBUG = env_bool("DEBUG", False)
SECRET_KEY = env_secret("SECRET_KEY", DATA_DIR / "secret_key")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Set it to 50 random characters or more, or SECRET_KEY_FILE to a file of them."
    )
# Signs backups; if it is empty, SECRET_KEY does (measures/database/backups/signing.py).
BACKUP_KEY = env_secret("BACKUP_KEY", DATA_DIR / "backup_key")
if 0 < len(BACKUP_KEY) < 50:
    raise ImproperlyConfigured(
        "BACKUP_KEY is too short. Set it to 50 random characters or more, or leave it out."
    )
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "django_otp",
    "django_otp.plugins.otp_totp",  # before ours, which takes its page out of the admin
    "measures",  # before modeltranslation, whose loaddata ours builds upon
    "modeltranslation",  # before the admin, which it extends
    "measures.apps.AdministrationConfig",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_tables2",
    "django_filters",
    "django.forms",
    "axes",
]

MIDDLEWARE = [
    "measures.operations.access_log.access_log",  # outermost: it measures all others
    "measures.database.kept.keep_connection",  # before any query
    "measures.operations.metrics.metrics",
    "measures.middleware.same_origin_only",  # first, for static files too
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "measures.origin.remember_origin",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "measures.middleware.keep_nothing",
    "measures.middleware.refuse_trace",
    "measures.middleware.MatchingDatabase",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "measures.middleware.note_activity",
    "django.middleware.locale.LocaleMiddleware",
    "measures.errors.problems.maintenance",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "measures.accounts.backend.Authentication",
    "measures.middleware.SignInRequired",
    "measures.middleware.PasswordAge",
    "django.contrib.messages.middleware.MessageMiddleware",
    "measures.middleware.SecondFactorFirst",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # last, as it asks
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

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
                "measures.context_processors.appearance",
                "measures.context_processors.menu",
                "measures.context_processors.release",
            ],
        },
    },
]
# The form renderer looks in templates/ too, so that a field row of ours serves every form.
FORM_RENDERER = "measures.forms.drawing.DrawingRenderer"

SQLITE_FILE = DATA_DIR / "db.sqlite3"
if not os.environ.get("DATABASE_URL"):
    # A shell that read only half of an environment file must not start with an empty database.
    if env_bool("HTTPS", not DEBUG) and not SQLITE_FILE.exists():
        raise ImproperlyConfigured(
            f"DATABASE_URL is not set, and there is no {SQLITE_FILE}. Set it: for a new database in that "
            f"file, to sqlite:///{SQLITE_FILE.absolute()}."
        )
    DATA_DIR.mkdir(parents=True, exist_ok=True)
DATABASES = {
    "default": with_engine_options(env_database("DATABASE_URL", f"sqlite:///{SQLITE_FILE}")),
}
if os.environ.get("DATABASE_REPLICA_URL"):
    DATABASES["replica"] = with_engine_options(env_database("DATABASE_REPLICA_URL", ""))
    DATABASE_ROUTERS = ["measures.database.replica.ReplicaRouter"]
# For the command move_database, whose --to is another database.
DATABASE_AT = database_at
# measures/database/checks.py refuses WAL where this is false.
SQLITE_WAL_IS_SAFE = wal_is_safe()
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # refuses locked-out users before checking a password
    "measures.accounts.backend.Backend",
]
SECURITY_PROFILE = env_choice("SECURITY_PROFILE", "asvs" if DEBUG else "mlps", PROFILES)
AUTH_PASSWORD_VALIDATORS = password_validators(SECURITY_PROFILE)
PASSWORD_DAYS = DAYS_OF_PROFILE[SECURITY_PROFILE]

# Sessions end so long after the last activity, and never later than so long after the sign-in, whatever the
# browser thinks; its cookie goes when it closes.
SESSION_ENGINE = "measures.accounts.sessions"
SESSION_IDLE_MINUTES = env_int("SESSION_IDLE_MINUTES", 15, least=1)
SESSION_HOURS = env_int("SESSION_HOURS", 8, least=1)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# For how long a one-time link lets a new user set their password.
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
# What a phone shows beside the codes of the second factor.
OTP_TOTP_ISSUER = "Taizhang"

# What locks an account for half an hour: five failures at one address, or twenty from anywhere. Fifty within
# a day lock it until there are fewer. So many failures within half an hour, under whichever names, lock the
# address: docs/security.md works out why an office of 300 people does not reach that.
AXES_HANDLER = "measures.accounts.lockout.Handler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
ACCOUNT_FAILURE_LIMIT = 20
ACCOUNT_DAY_LIMIT = 50
ADDRESS_FAILURE_LIMIT = 150
AXES_ENABLE_ACCESS_FAILURE_LOG = True  # which counts the day's
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else users who keep trying stay locked out forever
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "measures.accounts.lockout.address_for_axes"
AXES_LOCKOUT_CALLABLE = "measures.views.accounts.sign_in.locked_out"
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True

# Evidence is written to disk while it comes in. All other files are read in memory, and gone.
FILE_UPLOAD_HANDLERS = ["measures.evidence.receive.EvidenceFile", "measures.sheets.receive.MemoryOnly"]

# Languages and time
LANGUAGE_CODE = env_choice("LANGUAGE_CODE", "zh-hans", ["zh-hans", "zh-hant", "en"])
LANGUAGES = [
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
    ("en", _("English")),
]
# The words of code and templates alike; searched first, so it also gives packages the words they lack.
LOCALE_PATHS = [BASE_DIR / "measures" / "locale"]
# The catalogue's columns stay what they are, whichever language a site starts in.
MODELTRANSLATION_DEFAULT_LANGUAGE = "zh-hans"
TIME_ZONE = SITE_TIME_ZONE
USE_TZ = True

# Static files
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Each file under its hash: measures/evidence/store.py. Servers of one site share this folder.
    "evidence": {
        "BACKEND": "measures.evidence.store.EvidenceStorage",
        "OPTIONS": {"location": os.environ.get("EVIDENCE_DIR") or DATA_DIR / "evidence"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# The clamd that scans evidence: the path of its socket, or host:port. If empty, nothing is scanned.
CLAMD_SOCKET = os.environ.get("CLAMD_SOCKET", "").strip()

# For how many days the audit trail is kept; 0 is for ever. The law asks for six months.
AUDIT_DAYS = env_int("AUDIT_DAYS", 0, least=183)

# Reminders: where their links lead, and the mail server, if there is one.
SITE_ADDRESS = ADDRESS_OF_SITE
SENDS_MAIL = bool(MAIL_HOST)
if SENDS_MAIL:
    MAILERS, DEFAULT_FROM_EMAIL = {"default": SMTP_SERVER}, MAIL_FROM
# A web server of the office that passes reminders on (measures/reminders/webhook.py), if there is one.
WEBHOOK_URL, WEBHOOK_KEYS, WEBHOOK_NETWORKS = URL_OF_WEBHOOK, KEYS_OF_WEBHOOK, NETWORKS_OF_WEBHOOK
# Whether people can have secret addresses at which a calendar program reads their due dates.
CALENDAR_ADDRESSES = env_bool("CALENDAR_ADDRESSES", False)
if CALENDAR_ADDRESSES and not SITE_ADDRESS:
    raise ImproperlyConfigured("CALENDAR_ADDRESSES needs SITE_ADDRESS, such as https://ledger.example.org.")
# After so many working days past its day, the office is told of an unanswered chaser every day.
ESCALATION_DAYS = env_int("ESCALATION_DAYS", 3, least=1)

# What the browser may do
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
CSRF_FAILURE_VIEW = "measures.views.site.site.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# Off only where the app is served on the loopback address without TLS, as `make run` does.
HTTPS = env_bool("HTTPS", not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
# Browsers take a cookie of such a name only from this very host, by TLS.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME, THEME_COOKIE_NAME = f"{COOKIE_PREFIX}django_language", f"{COOKIE_PREFIX}theme"
MESSAGES_COOKIE_NAME = f"{COOKIE_PREFIX}messages"
MESSAGE_STORAGE = "measures.message_storage.Storage"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
SECURE_SSL_REDIRECT = HTTPS
# A load balancer asks for /healthz without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDS", 365 * 24 * 3600) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_bool("HSTS_SUBDOMAINS", True) and HTTPS
# Browsers do not soon forget a preloaded name: whether to ask for it is for the owner of the domain to say.
SECURE_HSTS_PRELOAD = env_bool("HSTS_PRELOAD", False) and HTTPS
SILENCED_SYSTEM_CHECKS = ["security.W021"]
BEHIND_PROXY = env_bool("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# An office's own sign-in, by a header that its proxy sets; without a proxy anybody could.
REMOTE_USER_HEADER = os.environ.get("REMOTE_USER_HEADER", "").strip()
if REMOTE_USER_HEADER:
    if not BEHIND_PROXY:
        raise ImproperlyConfigured("REMOTE_USER_HEADER needs BEHIND_PROXY=1: else anybody could send it.")
    AUTHENTICATION_BACKENDS.append("measures.accounts.header_sign_in.HeaderBackend")
    place = MIDDLEWARE.index("measures.accounts.backend.Authentication")
    MIDDLEWARE.insert(place + 1, "measures.accounts.header_sign_in.HeaderSignIn")

DJANGO_TABLES2_TEMPLATE = "measures/table.html"

# A line for each request; `make run` prints none.
ACCESS_LOG = env_bool("ACCESS_LOG", HTTPS)
SLOW_REQUEST_MS = env_int("SLOW_REQUEST_MS", 1000)
LOGGING = logging_settings()
# Who reads /metrics.
METRICS_ALLOW = env_networks("METRICS_ALLOW", ["127.0.0.0/8", "::1"])
# Where the command doctor asks the server of this machine.
HEALTH_ADDRESS = f"http://127.0.0.1:{env_int('PORT', 8000, least=1)}/healthz"
