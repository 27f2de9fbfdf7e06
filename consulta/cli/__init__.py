"""``consulta …`` (also ``flask --app wsgi …``): one group a noun; parses, calls one domain function, prints."""

from __future__ import annotations

from flask import Flask

from . import accounts, backups, db, demo, imports, ledger, results, worker

COMMANDS = (
    db.group,
    demo.group,
    accounts.group,
    imports.group,
    results.tally,
    ledger.group,
    backups.backup,
    backups.restore,
    worker.command,
)


def init_app(app: Flask) -> None:
    """Give the application its commands."""
    for command in COMMANDS:
        app.cli.add_command(command)
