"""Every setting of Homeward, read from the environment and from nowhere else.

`HOMEWARD_MODE` is `embedded` (the default: SQLite, a broker of files, keys made on this machine), `test`, or
`production`, which refuses to start without strong secrets. `docs/settings.md` lists each name.
"""

import sys
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.secrets import field_keys, secret

BASE = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE = env.str("HOMEWARD_MODE", default="embedded")
if MODE not in ("embedded", "test", "production"):
    raise ImproperlyConfigured("HOMEWARD_MODE is embedded, test or production.")
PRODUCTION = MODE == "production"
TESTING = MODE == "test" or "pytest" in sys.modules
DEBUG = env.bool("HOMEWARD_DEBUG", default=False)
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("HOMEWARD_DEBUG shows people's data in error pages: not in production.")

# Everything written at run time lives here.
DATA = Path(env.str("HOMEWARD_DATA", default=str(BASE / "var"))).resolve()
DATA.mkdir(mode=0o700, parents=True, exist_ok=True)

# ——— secrets: given in production, made once on this machine otherwise ———
SECRET_KEY = secret(env.str("HOMEWARD_SECRET_KEY", default=""), DATA, "secret_key", production=PRODUCTION)
# HMAC key of the events, kept outside the database. Without one, events carry key_id "none" (embedded default).
EVENT_KEYS = field_keys(env.str("HOMEWARD_EVENT_KEYS", default=""), name="HOMEWARD_EVENT_KEYS", required=PRODUCTION)
# AES-256-GCM keys of the encrypted fields, newest first: "kid:base64,kid:base64".
FIELD_KEYS = field_keys(
    secret(env.str("HOMEWARD_FIELD_KEYS", default=""), DATA, "field_keys", production=PRODUCTION, keyed=True),
    name="HOMEWARD_FIELD_KEYS",
    required=True,
)
INDEX_KEY = secret(env.str("HOMEWARD_INDEX_KEY", default=""), DATA, "index_key", production=PRODUCTION)
if PRODUCTION and len({SECRET_KEY, INDEX_KEY}) < 2:
    raise ImproperlyConfigured("HOMEWARD_SECRET_KEY and HOMEWARD_INDEX_KEY must differ.")

ALLOWED_HOSTS = env.list("HOMEWARD_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"])
SITE_URL = env.str("HOMEWARD_URL", default="" if PRODUCTION else "http://127.0.0.1:8000").rstrip("/")
if PRODUCTION and not (ALLOWED_HOSTS and SITE_URL.startswith("https://")):
    raise ImproperlyConfigured("Production needs HOMEWARD_HOSTS and an HOMEWARD_URL that starts with https://.")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []

INSTALLED_APPS = [
    "config.apps.FrontDoorConfig",
    "monitoring.apps.MonitoringConfig",
    "grants.apps.GrantsConfig",
    "casework.apps.CaseworkConfig",
    "accounts.apps.AccountsConfig",
    "workflows.apps.WorkflowsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django_htmx",
    "csp",
]

if MODE == "test":
    INSTALLED_APPS.append("tests.toy")

MIDDLEWARE = [
    "config.health.Watch",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.doors.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "accounts.sign_in.SecondFactor",
    "django_htmx.middleware.HtmxMiddleware",
    "config.doors.RightWay",
    "config.busy.Busy",
    "workflows.guards.ReadOnlyGets",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "config.context.front_door",
            ],
        },
    }
]

# ——— database ———
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA / 'homeward.sqlite3'}")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    if PRODUCTION:
        raise ImproperlyConfigured("Production runs on PostgreSQL: set DATABASE_URL to postgres://…")
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-20000;PRAGMA mmap_size=134217728;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("HOMEWARD_DB_CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "homeward_cache"}}

# ——— who comes in ———
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name", "short_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.sign_in.StaffOnly"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Codes from the phone are guarded by this; wrong passwords meet the lockout below first.
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,10/10m/key"}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
PASSWORD_RESET_TIMEOUT = 3600
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Homeward"
HOMEWARD_REQUIRE_TOTP = env.bool("HOMEWARD_REQUIRE_TOTP", default=PRODUCTION)
AXES_FAILURE_LIMIT = env.int("HOMEWARD_LOCKOUT_AFTER", default=8)
AXES_COOLOFF_TIME = 1
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "accounts.sign_in.address_tried"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_IPWARE_PROXY_COUNT = env.int("HOMEWARD_PROXIES", default=0)

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 10 * 3600
SESSION_COOKIE_NAME = "homeward"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
CSRF_FAILURE_VIEW = "config.views.stale_page"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# ——— the door's own manners ———
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("HOMEWARD_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
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
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "accelerometer", "gyroscope", "magnetometer")
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "config.uploads.NoMoreThanNeeded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_TEMP_DIR = DATA / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True)
MEDIA_ROOT = DATA / "files"
# How long a file that was opened for a stated purpose stays open to its reader.
OPENED_FOR_MINUTES = env.int("HOMEWARD_OPENED_FOR_MINUTES", default=60)
REFERRAL_FILE_LIMIT = env.int("HOMEWARD_REFERRAL_FILE_LIMIT", default=20 * 1024 * 1024)

# ——— languages and time ———
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("ar", _("Arabic"))]
LANGUAGE_COOKIE_NAME = "homeward_language"
LANGUAGE_COOKIE_AGE = 365 * 86_400
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = PRODUCTION
LOCALE_PATHS = [BASE / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("HOMEWARD_TIME_ZONE", default="Africa/Tunis")
FORMAT_MODULE_PATH = "config.formats"

# Where *Leave quickly* on the answer page leads: a page that says nothing about anybody.
LEAVE_QUICKLY_TO = env.str("HOMEWARD_LEAVE_TO", default="https://www.google.com/")

# ——— static files ———
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("HOMEWARD_STATIC_ROOT", default="") or DATA / "static").resolve()
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600

# ——— mail ———
# On one machine each mail becomes a file in the data folder, where it can be read and nobody is written to.
vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25" if PRODUCTION else f"filemail:///{DATA / 'mail'}"))
DEFAULT_FROM_EMAIL = env.str("HOMEWARD_MAIL_FROM", default="Call-back service <callback@localhost>")
EMAIL_TIMEOUT = 20

# ——— the worker ———
# A committed act tells the worker at once; tests drain by hand.
HOMEWARD_NUDGE = not TESTING
CELERY_BROKER_URL = env.str("HOMEWARD_BROKER_URL", default="filesystem://localhost//")
if CELERY_BROKER_URL.startswith("filesystem"):
    BROKER_DIR = DATA / "broker"
    for part in ("queue", "control"):
        (BROKER_DIR / part).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.2,
    }
    # Nobody inspects a worker of one machine from afar, and a file a message for that would never be read.
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
elif CELERY_BROKER_URL.startswith("redis"):
    # kombu sweeps unacknowledged work only every 100 s unless told otherwise.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900, "unacked_restore_interval": 5, "unacked_restore_throttle": 1}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "drain-deliveries": {"task": "workflows.drain", "schedule": 60.0},
    "send-messages": {"task": "workflows.send_messages", "schedule": 60.0},
    "seal-events": {"task": "workflows.seal_events", "schedule": 60.0},
    "import-lists": {"task": "casework.run_imports", "schedule": 60.0},
    "forget-lists": {"task": "casework.forget", "schedule": 3600.0},
    "beat-tick": {"task": "workflows.tick", "schedule": 60.0},
    "dispatch-follow-ups": {"task": "monitoring.dispatch", "schedule": 60.0},
    "pass-on-alarms": {"task": "monitoring.pass_on_alarms", "schedule": 60.0},
    "plan-follow-ups": {"task": "monitoring.plan_follow_ups", "schedule": crontab(hour="2", minute="10")},
}

# ——— logs: names of things, never of people ———
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("HOMEWARD_LOG_LEVEL", default="WARNING" if TESTING else "INFO")},
    "loggers": {"axes": {"level": "WARNING"}, "fontTools": {"level": "ERROR"}},
}

SILENCED_SYSTEM_CHECKS: list[str] = []
