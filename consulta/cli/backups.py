"""``consulta backup`` and ``restore``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app

from consulta.backups import copies, in_use, restoring

from .base import command, database


@click.command("backup", help="An encrypted copy of everything; the server may run meanwhile.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@command
def backup(file: Path) -> None:
    """Write FILE."""
    settings = current_app.extensions["settings"]
    with in_use.shared(settings):
        size = copies.write(database(), settings, file, now=datetime.now(UTC))
    click.echo(f"ok: {file.name}, {size / 1e6:,.1f} MB")


@click.command("restore", help="Put a copy in the place of what there is. Stop the server first.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@command
def restore(file: Path) -> None:
    """Take FILE back, with what authors withdrew or erased since; ends with the ledger check."""
    restored = restoring.restore(database(), current_app.extensions["settings"], file, now=datetime.now(UTC))
    for line in restored.unreadable:
        click.echo(f"consulta: {line}: no se entiende, se dejó fuera", err=True)
    for report in restored.reports:
        click.echo(f"{report.log}: {report.entries:,} anotaciones, {report.head[:16]}: ok")
    if restored.aside:
        click.echo(f"la base de datos de antes quedó en {restored.aside}: bórrela cuando no la necesite")
    click.echo(f"ok: restaurada; {restored.done} actos de autores, posteriores a la copia, se volvieron a aplicar")
