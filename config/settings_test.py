"""Settings of the test run: the real ones, with cheap passwords and a database of its own."""

import os
import tempfile
from pathlib import Path

# Before the settings are read, so that a test run never touches the data of the person who runs it.
os.environ.setdefault("CHAINMAP_DATA", str(Path(tempfile.gettempdir()) / f"chainmap-tests-{os.getuid()}"))

from config.settings import *  # noqa: F403
from config.settings import DATABASES, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
DATABASES["default"]["CONN_MAX_AGE"] = 0
CHAINMAP_BACKGROUND = False
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in real life: threads of the live server would share one connection to a database in memory, and two
    # requests at the same moment would be in each other's transaction. A name of its own, so that two runs at once do
    # not share it.
    DATABASES["default"]["TEST"] = {"NAME": Path(os.environ["CHAINMAP_DATA"]) / f"test-{os.getpid()}.sqlite3"}
