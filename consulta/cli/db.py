"""``consulta db``: the schema."""

from __future__ import annotations

import click

from consulta import config
from consulta.backups import copies, restoring
from consulta.database import schema
from consulta.database.transactions import Database

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


@group.command("key", help="A new key for CONSULTA_BACKUP_KEY. Keep it off this machine too.")
@command
def key() -> None:
    """Print a key."""
    click.echo(copies.new_key())


@group.command("move", help="Copy everything into an empty PostgreSQL database, checked there. Stop the server first.")
@click.argument("url")
@command
def move(url: str) -> None:
    """From the database of the settings to URL."""
    target = Database(config.database_url(url))
    for report in restoring.move(database(), target):
        click.echo(f"{report.log}: {report.entries:,} anotaciones, {report.head[:16]}: ok")
    target.dispose()
    click.echo("ok: ahora ponga esa dirección en CONSULTA_DATABASE_URL")
