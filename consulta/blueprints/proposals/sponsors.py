"""Asking other organisations to stand behind a proposal, and their answer."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.proposals import sponsors
from consulta.domain.texts import showable
from consulta.web import db, guards, held_drafts
from consulta.web.auth import actor, allow, anyone, signed_in
from consulta.web.context import now
from consulta.words.i18n import gettext

bp = Blueprint("sponsors", __name__, url_prefix="/consultas/<slug>/propuestas/borrador/<key>")


@bp.post("/respaldo")
@allow(anyone)
def ask(slug: str, key: str) -> BaseResponse:
    """Ask an organisation."""
    draft = held_drafts.draft(slug, key)
    sponsors.ask(db.session(), draft, showable(request.form.get("sponsor", ""), 80), now=now())
    flash(gettext("Se le preguntó. Aparece cuando quien firma por ella dice que sí."))
    return redirect(url_for("proposal_drafts.tasks", slug=slug, key=key, _anchor="respaldo"), 303)


@bp.post("/respaldo/<int(max=2147483647):organization>")
@allow(signed_in)
def answer(slug: str, key: str, organization: int) -> BaseResponse:
    """Say yes or no for an organisation one signs for."""
    yes = request.form.get("answer") == "yes"
    consultation = guards.find(slug).view
    sponsors.answer(db.session(), consultation, key, organization, yes=yes, actor=actor(), now=now())
    flash(gettext("Su organización respalda la propuesta.") if yes else gettext("Su organización no la respalda."))
    return redirect(url_for("accounts.own"), 303)
