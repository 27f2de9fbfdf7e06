"""``consulta worker``: deliver the outbox, erase what is due."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime

import click
import structlog
from flask import Flask, current_app

from consulta.backups import in_use
from consulta.worker import rounds

from .base import command as runs

PAUSE_SECONDS = 5.0
log = structlog.get_logger()


@click.command("worker", help="Deliver mail and erase what is due, until stopped.")
@click.option("--once", is_flag=True, help="One round, then end.")
@runs
def command(once: bool) -> None:
    """Work in rounds; a round that fails is logged and the next one comes."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with in_use.shared(app.extensions["settings"]):
        if once:
            click.echo(f"ok: {rounds.work(app, now=datetime.now(UTC))}")
        else:
            _until_stopped(app)


def _until_stopped(app: Flask) -> None:
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    while not stopped.is_set():
        try:
            rounds.work(app, now=datetime.now(UTC))
        except Exception as error:  # whatever it is, the next round may well succeed
            log.error("worker", kind=type(error).__name__)
        stopped.wait(PAUSE_SECONDS)
