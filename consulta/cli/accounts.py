"""``consulta accounts``: who may sign in, and as what."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from email_validator import EmailNotValidError, validate_email
from flask import current_app

from consulta.domain.accounts import accounts, links
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Invalid
from consulta.models.accounts import RoleName, Sector

from .base import command, consultation, database


@click.group("accounts", help="Accounts of the team.")
def group() -> None:
    """The group."""


@group.command("create", help="Give EMAIL a role; print and mail a link that sets the password once.")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in RoleName]))
@click.option("--consultation", "slug", help="Needed for every role but admin.")
@click.option("--theme", "themes", default="", help="Slugs or letters, with commas.")
@click.option("--sector", type=click.Choice([sector.value for sector in Sector]))
@click.option("--organization", help="Acronym.")
@click.option("--language")
@command
def create(
    email: str,
    role: str,
    slug: str | None,
    themes: str,
    sector: str | None,
    organization: str | None,
    language: str | None,
) -> None:
    """Make the account if it is new, grant the role, invite."""
    now = datetime.now(UTC)
    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise Invalid("«%(value)s» no es un correo", value=email) from error
    if slug is None and role != RoleName.ADMIN:
        raise Invalid("el cargo %(role)s necesita --consultation", role=role)
    with database().transaction() as db:
        view = consultation(db, slug) if slug else None
        account_id = accounts.create(
            db,
            email=address,
            role=RoleName(role),
            consultation_id=view.id if view else None,
            theme_ids=_themes(view, themes),
            sector=Sector(sector) if sector else None,
            organization=organization,
            language=language,
            now=now,
        )
        token = links.invite(db, account_id=account_id, now=now)
        token = token or links.one_time_link(db, account_id=account_id, now=now)
    base = current_app.extensions["settings"].base_url
    click.echo(
        f"{address}: {role}\nEnlace para elegir la contraseña (sirve una vez, siete días):\n{base}/cuenta/clave/{token}"
    )


def _themes(view: ConsultationView | None, given: str) -> tuple[int, ...]:
    found = []
    for key in filter(None, (part.strip() for part in given.split(","))):
        theme = view.theme(key) if view else None
        if theme is None:
            valid = ", ".join(f"{t.letter} ({t.slug})" for t in view.themes) if view else "—"
            raise Invalid("no hay un tema «%(value)s»; hay: %(valid)s", value=key, valid=valid)
        found.append(theme.id)
    return tuple(found)
