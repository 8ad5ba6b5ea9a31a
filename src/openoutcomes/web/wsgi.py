"""The entry point for gunicorn and other WSGI servers."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from openoutcomes.standard.problems import InputError

#: What gunicorn understands as: do not start me again.
_CANNOT_START = 3

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openoutcomes.web.settings")
try:
    application = get_wsgi_application()
except InputError as error:
    sys.stderr.write("".join(f"Error: {problem}\n" for problem in error.problems))
    raise SystemExit(_CANNOT_START) from None
