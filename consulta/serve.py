"""``make run``: everything for a first look, in one process group. In production gunicorn is started alone."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from consulta.database.transactions import Database
from consulta.domain.demonstration import contributions

from . import create_app, reference
from .backups import copies
from .config import BACKUP_FILE, SECRET_FILE, SettingError
from .database import schema
from .web import passwords

STOPS_WITHIN = 240
"""Seconds: a round of the worker is ended, not broken off, and the machine may have a lot else to do."""
PASSWORD_FILE = "demo_password"  # noqa: S105  (a file name)
GUNICORN = Path(__file__).resolve().parent.parent / "deploy" / "gunicorn.conf.py"


def main() -> None:
    """Secrets, schema, demonstration, sign-ins; then the worker beside gunicorn."""
    port = os.environ.get("PORT", "8000")
    if not port.isdecimal():
        sys.exit(f"consulta: PORT: must be a number, not {port!r}")
    os.environ.setdefault("CONSULTA_BASE_URL", f"http://127.0.0.1:{port}")
    os.environ["CONSULTA_BIND"] = f"127.0.0.1:{port}"
    os.environ["CONSULTA_DEMO_SIGN_IN"] = "1"
    instance = Path(os.environ.get("CONSULTA_INSTANCE", "instance")).resolve()
    instance.mkdir(parents=True, exist_ok=True)
    if "CONSULTA_SECRET_KEY" not in os.environ:
        keep(instance / SECRET_FILE, secrets.token_urlsafe(32))
    if "CONSULTA_BACKUP_KEY" not in os.environ:
        keep(instance / BACKUP_FILE, copies.new_key())
    password, is_new = keep(instance / PASSWORD_FILE, "-".join(secrets.token_hex(2) for _ in range(4)))
    try:
        addresses = prepare(password, set_passwords=is_new)
    except SettingError as error:
        sys.exit(f"consulta: {error}")
    say(port, addresses, password)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    worker = subprocess.Popen([sys.executable, "-m", "consulta", "worker"])
    server = subprocess.Popen(  # noqa: S603  (fixed words)
        [sys.executable, "-m", "gunicorn", "-c", str(GUNICORN), "wsgi:app"], cwd=GUNICORN.parent.parent
    )
    try:
        sys.exit(server.wait())
    except KeyboardInterrupt:
        pass
    finally:
        for process in (server, worker):
            process.terminate()
            process.wait(timeout=STOPS_WITHIN)


def keep(path: Path, fresh: str) -> tuple[str, bool]:
    """What the file holds, or ``fresh`` written into it for this user's eyes only; whether it is new."""
    if path.exists():
        return path.read_text().strip(), False
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(fresh + "\n")
    return fresh, True


def prepare(password: str, *, set_passwords: bool) -> list[str]:
    """Bring the database up to date and load what ships; the demonstration's sign-ins."""
    database: Database = create_app().extensions["database"]
    schema.upgrade(database)
    loaded = reference.load(database, now=datetime.now(UTC))
    with database.transaction() as db:
        if set_passwords or (reference.DEMONSTRATION, "cargada") in loaded:
            contributions.set_passwords(db, passwords.hasher.hash(password))
        addresses = contributions.sign_ins(db)
    database.dispose()
    return addresses


def say(port: str, addresses: list[str], password: str) -> None:
    """Where it is and who may sign in."""
    print(f"\n  consulta: http://127.0.0.1:{port}\n")
    print(f"  Cuentas de demostración (solo desde esta máquina), contraseña {password}:")
    for address in addresses:
        print(f"    {address}")
    print(f"\n  Mesa de revisión: http://127.0.0.1:{port}/moderacion/\n", flush=True)


if __name__ == "__main__":
    main()
