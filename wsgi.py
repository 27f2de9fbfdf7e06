"""The WSGI entry: ``gunicorn -c deploy/gunicorn.conf.py wsgi:app``."""

import sys

from consulta import create_app
from consulta.backups import in_use
from consulta.backups.copies import BackupError
from consulta.config import SettingError

try:
    app = create_app()
    in_use.share(app.extensions["settings"])
except (SettingError, BackupError) as error:
    sys.exit(f"consulta: {error}")
