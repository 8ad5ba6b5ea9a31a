"""Settings for tests of the platform: the real ones, in a folder of their own, with a quick password hash.

``OPENOUTCOMES_TEST_DATABASE_URL`` names a PostgreSQL to run them on; otherwise they run on SQLite.
"""

import os
import tempfile

os.environ["OPENOUTCOMES_HOME"] = tempfile.mkdtemp(prefix="openoutcomes-tests-")
os.environ["OPENOUTCOMES_DATABASE_URL"] = os.environ.get("OPENOUTCOMES_TEST_DATABASE_URL", "")
for _name in ("OPENOUTCOMES_URL", "OPENOUTCOMES_DEMO", "OPENOUTCOMES_REQUIRE_MFA"):
    os.environ.pop(_name, None)

from openoutcomes.web.settings import *  # noqa: F403, E402 - the environment comes first

# A browser keeps its connections, and so the threads of the server that tests drive: were those to keep
# theirs to the database, it could not be dropped at the end.
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405 - it is in the settings

ALLOWED_HOSTS = ["testserver", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
