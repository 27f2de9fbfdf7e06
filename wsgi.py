"""The WSGI entry: ``gunicorn -c deploy/gunicorn.conf.py wsgi:app``."""

import sys

from consulta import create_app
from consulta.config import SettingError

try:
    app = create_app()
except SettingError as error:
    sys.exit(f"consulta: {error}")
