"""``consulta db``: the schema."""

from __future__ import annotations

import click

from consulta import schema

from .base import command, database


@click.group("db", help="The database: bring it up to date, show where it is.")
def group() -> None:
    """The group."""


@group.command("upgrade", help="Apply every migration that is missing.")
@command
def upgrade() -> None:
    """Bring the database to this version's schema."""
    schema.upgrade(database())
    click.echo(f"ok: {schema.status(database())[0]}")


@group.command("status", help="The revision of the database and the newest there is.")
@command
def status() -> None:
    """Show both."""
    current, newest = schema.status(database())
    click.echo(f"{current or 'vacía'} de {newest}" + ("" if current == newest else " — falta: consulta db upgrade"))
