"""All settings, read from the environment and .env; a wrong value stops start-up with a sentence that names it."""

from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from trender.env import (
    access_token,
    flag,
    github_tokens,
    http_url,
    one_of,
    redis_url,
    secret_key,
    webhook_url,
    whole_number,
    words,
)
from trender.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# -- Database: SQLite beside manage.py unless DATABASE_URL says otherwise --------------------------------------
try:
    _database = environ.Env.db_url_config(env.str("DATABASE_URL", default="") or f"sqlite:///{BASE_DIR / 'db.sqlite3'}")
    EMBEDDED_DATABASE = _database["ENGINE"].endswith("sqlite3")
    if not EMBEDDED_DATABASE and not _database["ENGINE"].endswith("postgresql"):
        raise ValueError
except (ValueError, KeyError, ImproperlyConfigured):
    raise ImproperlyConfigured(
        "DATABASE_URL must be like postgres://user:password@host:5432/name or sqlite:///file.sqlite3."
    ) from None
if EMBEDDED_DATABASE:
    # WAL lets readers go on while one writes; IMMEDIATE takes the write lock at once instead of failing half-way.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
    }
else:
    _database["CONN_HEALTH_CHECKS"] = True
# A new connection reads the whole schema and begins with an empty cache, which takes a page longer than its queries.
_database["CONN_MAX_AGE"] = 60
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- Web -------------------------------------------------------------------------------------------------------
DEBUG = flag(env, "DEBUG", default=False)
SECRET_KEY = secret_key(env, BASE_DIR, required=not EMBEDDED_DATABASE and not DEBUG)
# On Render the platform says under which name it serves the web.
_render_host = env.str("RENDER_EXTERNAL_HOSTNAME", default="")
_render_url = env.str("RENDER_EXTERNAL_URL", default="")
ALLOWED_HOSTS = words(env, "ALLOWED_HOSTS", default=_render_host or "localhost,127.0.0.1,[::1]")
TRENDER_BASE_URL = http_url(env, "TRENDER_BASE_URL", default=_render_url or "http://127.0.0.1:8000")
_https = TRENDER_BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [TRENDER_BASE_URL]

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",  # trender.urls looks for the admin modules: a run needs none
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_q",
    "import_export",
    "pipeline",
    "dashboard",
    "marketing",
]
MIDDLEWARE = [
    "dashboard.observe.observed",
    "django.middleware.security.SecurityMiddleware",
    "trender.csp.security_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dashboard.cache.page_cache",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "trender.urls"
WSGI_APPLICATION = "trender.wsgi.application"
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
            ]
        },
    }
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# The API's documentation is django-ninja's; as an app it would be imported by every run too.
_ninja = find_spec("ninja")
if _ninja is None or _ninja.origin is None:
    raise ImproperlyConfigured("django-ninja is not installed; see requirements.txt.")
STATICFILES_DIRS = [BASE_DIR / "static", ("ninja", Path(_ninja.origin).parent / "static" / "ninja")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "trender.static_files.KeptAddresses"},
}

# Pages are the same for all readers until a run is published; each process keeps its own, 0 keeps none.
TRENDER_PAGE_CACHE_SECONDS = whole_number(env, "TRENDER_PAGE_CACHE_SECONDS", default=60, low=0, high=3600)
# PostgreSQL keeps the pages' queries for each connection; not behind a pooler that shares connections by transaction.
TRENDER_PREPARED_STATEMENTS = flag(env, "TRENDER_PREPARED_STATEMENTS", default=True)
# A query that is asked only once or twice, such as a page deep in the ranking, is not worth the server's memory.
TRENDER_PREPARE_AFTER = 2
# How long a process goes on with what it knows of the last run, so that a burst of requests asks the database once.
TRENDER_POINTER_SECONDS = 1.0
# How long a process goes on with the size of the database: PostgreSQL asks the file system about every file.
TRENDER_SIZE_SECONDS = 60
# How many rows of each kind of table a process keeps as HTML, about a kilobyte each.
TRENDER_ROWS_KEPT = 10_000
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "TIMEOUT": 60,
        "OPTIONS": {"MAX_ENTRIES": 1000},
    }
}

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_SSL_REDIRECT = _https
# The health check of a platform comes over plain HTTP from inside its network.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https

# -- GitHub ----------------------------------------------------------------------------------------------------
GITHUB_TOKENS = github_tokens(env)
GITHUB_API_BASE_URL = http_url(env, "GITHUB_API_BASE_URL", default="https://api.github.com")
TRENDER_CONCURRENCY = whole_number(env, "TRENDER_CONCURRENCY", default=40, low=1, high=90)
TRENDER_ECOSYSTEM_LIMIT = whole_number(env, "TRENDER_ECOSYSTEM_LIMIT", default=150, low=0, high=2000)
TRENDER_RAW_DAYS = whole_number(env, "TRENDER_RAW_DAYS", default=14, low=1, high=3650)

# -- Looking after it ------------------------------------------------------------------------------------------
METRICS_TOKEN = access_token(env, "METRICS_TOKEN")
TRENDER_ALERT_WEBHOOK = webhook_url(env, "TRENDER_ALERT_WEBHOOK")
TRENDER_OVERDUE_MINUTES = whole_number(env, "TRENDER_OVERDUE_MINUTES", default=150, low=15, high=10080)
TRENDER_RAW_MEGABYTES = whole_number(env, "TRENDER_RAW_MEGABYTES", default=2000, low=10, high=1_000_000)
TRENDER_TASK_DAYS = whole_number(env, "TRENDER_TASK_DAYS", default=90, low=1, high=3650)

# -- Render ----------------------------------------------------------------------------------------------------
RENDER_API_KEY = access_token(env, "RENDER_API_KEY")
RENDER_API_BASE_URL = http_url(env, "RENDER_API_BASE_URL", default="https://api.render.com/v1")
RENDER_OFFICIAL_ORGS = words(env, "RENDER_OFFICIAL_ORGS", default="render-examples,render-oss,renderinc")
RENDER_EMPLOYEES = words(env, "RENDER_EMPLOYEES")
RENDER_OFFICIAL_TOPICS = words(env, "RENDER_OFFICIAL_TOPICS", default="render,render-deploy,render-blueprints")

# -- Marketing: what makes a repository that uses Render a lead for a success story; growth in percent of its stars --
TRENDER_LEAD_STARS = whole_number(env, "TRENDER_LEAD_STARS", default=500, low=1, high=10_000_000)
TRENDER_LEAD_VELOCITY = whole_number(env, "TRENDER_LEAD_VELOCITY", default=50, low=1, high=100)
TRENDER_STEADY_LEAD_STARS = whole_number(env, "TRENDER_STEADY_LEAD_STARS", default=100, low=1, high=10_000_000)
TRENDER_STEADY_LEAD_WEEKS = whole_number(env, "TRENDER_STEADY_LEAD_WEEKS", default=8, low=1, high=30)
TRENDER_STEADY_LEAD_GROWTH = whole_number(env, "TRENDER_STEADY_LEAD_GROWTH", default=10, low=1, high=100)

# -- Momentum: weights and factors of the published score, in one place ----------------------------------------
MOMENTUM = {
    "velocity_weight": Decimal("0.4"),
    "activity_weight": Decimal("0.6"),
    "commits_weight": Decimal("0.4"),
    "issues_weight": Decimal("0.3"),
    "contributors_weight": Decimal("0.3"),
    "render_factor": Decimal("1.2"),
    "age_factor": Decimal("0.9"),
    "age_days": 180,
}

# -- Background work -------------------------------------------------------------------------------------------
# How long a run may give no sign of life before the next one takes over.
TRENDER_LEASE_SECONDS = whole_number(env, "TRENDER_LEASE_SECONDS", default=180, low=2, high=3600)
# How long a task may take before the worker ends it; a run that it has begun publishes what it has read by then.
TRENDER_TASK_SECONDS = 300
# Whether a worker's run is done by its own threads or handed out in parts to all workers there are.
TRENDER_FANOUT = one_of(env, "TRENDER_FANOUT", default="threads", choices=("threads", "queue"))
REDIS_URL = redis_url(env, "REDIS_URL")
QUEUE_ON_DATABASE = {"orm": "default", "broker_class": "pipeline.broker.WorkerBroker"}
QUEUE_IN_REDIS = {"redis": REDIS_URL, "broker_class": "pipeline.redis_broker.RedisWorkerBroker"}
Q_CLUSTER = (QUEUE_IN_REDIS if REDIS_URL else QUEUE_ON_DATABASE) | {
    "name": "trender",
    "workers": whole_number(env, "TRENDER_WORKERS", default=2, low=1, high=16),
    "timeout": TRENDER_TASK_SECONDS,
    "retry": 1200,
    "max_attempts": 1,
    "ack_failures": True,
    "catch_up": False,
    "queue_limit": 4,
    "bulk": 1,
    "label": "Background work",
}

LOGGING = logging_settings(
    level=one_of(env, "LOG_LEVEL", default="WARNING", choices=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")),
    form=one_of(env, "LOG_FORMAT", default="line", choices=("line", "json")),
)
