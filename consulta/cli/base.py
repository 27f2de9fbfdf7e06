"""What the commands share: the database, one consultation, and a refusal that is one line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from consulta.config import SettingError
from consulta.database.transactions import Database
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import DomainError


def database() -> Database:
    """The application's database."""
    found: Database = current_app.extensions["database"]
    return found


def consultation(db: Session, slug: str) -> ConsultationView:
    """A consultation by its slug."""
    return consultations.find(db, slug).view


def command(function: Callable[..., Any]) -> Callable[..., Any]:
    """Run inside the application; a refusal prints one line and exits 2."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except (DomainError, SettingError) as error:
            refuse(str(error))
        except OSError as error:
            refuse(f"{error.filename or ''}: {error.strerror or error}")
        except DBAPIError as error:
            refuse(f"base de datos: {str(error.orig).splitlines()[0]}")

    return with_appcontext(run)


def refuse(line: str) -> None:
    """One line on standard error, exit code 2."""
    click.echo(f"consulta: {line}", err=True)
    sys.exit(2)
