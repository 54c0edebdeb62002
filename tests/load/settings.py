"""The product's settings, with one more address and a count of the questions asked for a page: for measuring alone."""

from config.settings import *  # noqa: F403 (these are the product's settings)
from config.settings import MIDDLEWARE

ROOT_URLCONF = "tests.load.urls"
MIDDLEWARE = ["tests.load.urls.QueryCount", *MIDDLEWARE]
HOMEWARD_NUDGE = False
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
