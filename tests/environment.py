"""What must be said before the settings are read: loaded first of all, by `-p tests.environment` in pyproject.toml."""

import atexit
import os
import shutil
import tempfile

os.environ["HOMEWARD_MODE"] = "test"
os.environ.setdefault("HOMEWARD_TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
os.environ.setdefault("HOMEWARD_TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
# Playwright's own loop runs beside Django's synchronous work in one thread.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
if "HOMEWARD_DATA" not in os.environ:
    os.environ["HOMEWARD_DATA"] = tempfile.mkdtemp(prefix="homeward-test-")
    atexit.register(shutil.rmtree, os.environ["HOMEWARD_DATA"], ignore_errors=True)
