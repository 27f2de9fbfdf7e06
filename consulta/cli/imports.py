"""``consulta import``: a consultation from its file, opinions from a table, the commitments of a plan."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from consulta.domain.consultations import reading as consultations
from consulta.domain.errors import Conflict, Invalid
from consulta.domain.files.tables import WINDOWS, TableFile
from consulta.domain.intake import importing, preview
from consulta.domain.intake.preview import Survey
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.log import By
from consulta.domain.management import loading
from consulta.domain.plans import from_file, publishing
from consulta.models.contributions import Channel

from .base import command, consultation, database
from .report import commitment_lines, lines, write_report

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("import", help="Take in files.")
def group() -> None:
    """The group."""


@group.command(
    "consultation",
    help="A process with its themes, stages, lists and texts (the shape of consulta/reference).",
)
@click.argument("file", type=FILE)
@command
def take_consultation(file: Path) -> None:
    """Store and publish a consultation."""
    data = _json(file)
    with database().transaction() as db:
        if consultations.exists(db, str(data.get("slug"))):
            raise Conflict("%(file)s: ya existe la consulta «%(slug)s»", file=file.name, slug=data["slug"])
        try:
            loading.load(db, data, now=datetime.now(UTC))
        except Invalid as error:
            raise Invalid("%(file)s: %(why)s", file=file.name, why=str(error)) from error
    click.echo(f"ok: {data['slug']}")


@group.command("opinions", help="Opinions from a CSV, XLSX or ODS file. Rows already there are reported, not doubled.")
@click.argument("file", type=FILE)
@click.option("--consultation", "slug", required=True)
@click.option("--map", "maps", multiple=True, help="FIELD=COLUMN, as often as needed.")
@click.option("--delimiter")
@click.option("--date-format", help="One more form of dates, such as %d/%m/%Y.")
@click.option("--channel", type=click.Choice(["paper", "forum", "import"]), default="import")
@click.option("--encoding", type=click.Choice([WINDOWS]), help="What a file that is not UTF-8 is written in.")
@click.option("--hidden", type=click.Choice(["take", "skip"]), help="Whether hidden rows of a workbook belong to it.")
@click.option(
    "--alike",
    type=click.Choice(["take", "skip"]),
    default="skip",
    help="Rows that say what is there already from elsewhere; they are listed and left out unless taken.",
)
@click.option("--value", "meant", multiple=True, help="FIELD:WORD=CODE, what a word of the file means.")
@click.option("--source", help="Where the identifiers come from; the file's name unless given.")
@click.option("--strict", is_flag=True, help="One row that cannot be taken: write nothing, exit 2.")
@click.option("--dry-run", is_flag=True, help="Check and report only.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write what was left out and why (CSV)."
)
@command
def take_opinions(
    file: Path,
    slug: str,
    maps: tuple[str, ...],
    delimiter: str | None,
    date_format: str | None,
    channel: str,
    encoding: str | None,
    hidden: str | None,
    alike: str,
    meant: tuple[str, ...],
    source: str | None,
    strict: bool,
    dry_run: bool,
    report: Path | None,
) -> None:
    """First check the whole file and write nothing; then write in pieces."""
    now = datetime.now(UTC)
    with database().session(read_only=True) as db:
        view = consultation(db, slug)
        given = TableFile(
            file.read_bytes(),
            file.name,
            source,
            delimiter,
            _mapping(maps),
            date_format,
            encoding,
            hidden,
            alike,
            _meanings(meant),
        )
        found = preview.survey(db, view, given, today=view.today(now))
    if report:
        write_report(report, found)
    refused = strict and bool(found.left)
    stored = 0 if dry_run or refused else _write(slug, found, Channel(channel), now)
    for line in lines(found, stored, written=not dry_run and not refused):
        click.echo(line)
    if refused:
        raise Invalid(
            "%(file)s: %(count)s filas no se pueden tomar; con --strict no se escribió nada",
            file=file.name,
            count=len(found.left),
        )


@group.command("commitments", help="The commitments of a plan (the shape of the published data of 2016-2018).")
@click.argument("file", type=FILE)
@click.option("--consultation", "slug", required=True)
@command
def take_commitments(file: Path, slug: str) -> None:
    """Take all or nothing; what does not add up is kept as printed, and reported."""
    data = _json(file, list)
    with database().transaction() as db:
        view = consultation(db, slug)
        try:
            found = from_file.read(data, view)
            publishing.publish(db, view, found, by=By(None, ledger.SYSTEM), now=datetime.now(UTC))
        except Invalid as error:
            raise Invalid("%(file)s: %(why)s", file=file.name, why=str(error)) from error
    for line in commitment_lines(found, view):
        click.echo(line)


def _write(slug: str, found: Survey, channel: Channel, now: datetime) -> int:
    if not found.taken:
        return 0
    with database().transaction() as db:
        import_id = importing.begin(db, consultation(db, slug), found, now=now)
    stored = 0
    shown = sys.stderr.isatty()
    for piece in importing.pieces(found):
        with database().transaction() as db:
            stored += importing.write(db, consultation(db, slug), piece, import_id=import_id, channel=channel, now=now)
        if shown:
            click.echo(f"\r{stored:,} de {len(found.taken):,}", nl=False, err=True)
    if shown:
        click.echo("", err=True)
    with database().transaction() as db:
        importing.end(db, consultation(db, slug), import_id, stored, now=now)
    return stored


def _mapping(maps: tuple[str, ...]) -> dict[str, str]:
    pairs = [one.partition("=") for one in maps]
    for field, mark, column in pairs:
        if not (field and mark and column):
            raise Invalid("--map quiere CAMPO=COLUMNA, no «%(value)s»", value=field + mark + column)
    return {field: column for field, _, column in pairs}


def _meanings(meant: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """By field what its words mean."""
    found: dict[str, dict[str, str]] = {}
    for one in meant:
        field, _, rest = one.partition(":")
        word, _, code = rest.rpartition("=")
        if not (field and word and code):
            raise Invalid("--value quiere CAMPO:PALABRA=CÓDIGO, no «%(value)s»", value=one)
        found.setdefault(field, {})[word] = code
    return found


def _json(file: Path, wanted: type = dict) -> Any:
    try:
        data = json.loads(file.read_text("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Invalid("%(file)s: no está en UTF-8 (byte %(at)s)", file=file.name, at=error.start) from error
    except json.JSONDecodeError as error:
        raise Invalid(
            "%(file)s, línea %(line)s, columna %(column)s: %(why)s",
            file=file.name,
            line=error.lineno,
            column=error.colno,
            why=error.msg,
        ) from error
    if not isinstance(data, wanted):
        kind = "un objeto {…}" if wanted is dict else "una lista […]"
        raise Invalid("%(file)s: se esperaba %(kind)s", file=file.name, kind=kind)
    return data
