"""``consulta demo``: the two consultations that ship."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from consulta import reference

from .base import command, database


@click.group("demo", help="The two consultations that ship.")
def group() -> None:
    """The group."""


@group.command("load", help="Load the record and the demonstration; what is there already stays as it is.")
@command
def load() -> None:
    """Load both, or renew the demonstration's schedule when its opinion stage is over."""
    for slug, what in reference.load(database(), now=datetime.now(UTC)):
        click.echo(f"{slug}: {what}")
