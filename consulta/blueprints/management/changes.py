"""Changing what is public: texts, themes, lists, reasons, settings; each change with its reason."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.consultations import snapshots
from consulta.domain.errors import Conflict, Invalid
from consulta.domain.management import as_file, changes
from consulta.forms.drafts import reader, shown, with_one_more
from consulta.forms.fields import Typed
from consulta.web import answers, db, guards, notices
from consulta.web.auth import allow, coordinates
from consulta.web.context import now
from consulta.words.i18n import gettext

bp = Blueprint("changes", __name__, url_prefix="/gestion")


@bp.get("/<slug>/cambiar/<part>")
@allow(coordinates)
def change(slug: str, part: str) -> Response:
    """One part of what is public, to be changed with a reason."""
    consultation = guards.coordinated(slug)
    values = shown(part, as_file.data_of(consultation))
    return _change_page(slug, part, values, {}, 200)


@bp.post("/<slug>/cambiar/<part>")
@allow(coordinates)
def publish_change(slug: str, part: str) -> Response | BaseResponse:
    """Publish the change, or show the form again with all that was typed."""
    consultation, typed = guards.coordinated(slug), Typed(request.form)
    if "add" in request.form:
        return _change_page(slug, part, with_one_more(part, typed.values()), {}, 200)
    parts, seen = reader(part)(typed, as_file.data_of(consultation)), typed.whole("seen", 0, 10**9)
    reason = typed.said("reason", limit=500)
    if typed.errors:
        return _change_page(slug, part, typed.values(), typed.errors, 422)
    try:
        changes.change(
            db.session(),
            consultation,
            parts,
            seen=seen,
            reason=reason,
            by=guards.by(consultation),
            now=now(),
        )
    except (Invalid, Conflict) as error:
        refusal = answers.refused(error, "reason_es")
        return _change_page(slug, part, typed.values(), refusal.errors, refusal.status)
    notices.tell(gettext("El cambio ya es público."), see=url_for("consultations.home", slug=slug))
    return redirect(url_for("management.home", slug=slug), 303)


def _change_page(slug: str, part: str, values: dict[str, str], errors: dict[str, str], status: int) -> Response:
    reader(part)
    consultation = guards.coordinated(slug)
    return answers.private(
        f"management/parts/{part}.html",
        status,
        consultation=consultation,
        values=values,
        errors=errors,
        seen=consultation.revision,
        action=url_for(".publish_change", slug=slug, part=part),
        typed=Typed(values),
        colours=range(1, snapshots.COLOURS + 1),
    )
