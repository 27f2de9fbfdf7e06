"""Reviewing a proposal with its advice, and sending it: for the first time, or mended."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.documents import qr
from consulta.domain import codes
from consulta.domain.errors import Closed, Conflict, Invalid, NotAllowed, NotFound
from consulta.domain.ledger import log
from consulta.domain.proposals import advising, dismissals, drafting, erasure, sending
from consulta.domain.proposals.drafting import Draft
from consulta.domain.proposals.sending import Sender
from consulta.domain.sheets import advice
from consulta.domain.texts import showable
from consulta.forms.advice import Advice, in_words, together
from consulta.forms.fields import Typed
from consulta.forms.guides import GUIDES
from consulta.forms.proposals import ADDRESSES, ANCHORS, read_sender, step_of
from consulta.web import answers, db, form_keys, guards, held_drafts
from consulta.web.auth import allow, anyone
from consulta.web.context import now, settings
from consulta.words.i18n import gettext, language

bp = Blueprint("proposal_sending", __name__, url_prefix="/consultas/<slug>/propuestas")
SENT = "sent"
MOST_AT_ONCE = 100
"""So many pieces of advice that say the same are let stand with one reason."""


@bp.get("/borrador/<key>/revisar")
@allow(anyone)
def review(slug: str, key: str) -> Response:
    """The proposal as its sheet, with the advice; here it is sent."""
    return _page(held_drafts.draft(slug, key), {}, {}, 200)


@bp.post("/borrador/<key>/dejar")
@allow(anyone)
def dismiss(slug: str, key: str) -> Response | BaseResponse:
    """Let a diagnostic of the advice stand, with a reason that everybody reads; or take that back."""
    draft, typed = held_drafts.draft(slug, key), Typed(request.form)
    keys = list(dict.fromkeys(showable(value, 40) for value in request.form.getlist("finding")[:MOST_AT_ONCE]))
    if not keys or not set(keys) <= {one.key for one in _advice(draft)}:
        raise NotFound("Ese aviso ya no está.")
    reason, today = typed.text("reason", limit=dismissals.LONGEST), draft.consultation.today(now())
    try:
        for diagnostic in keys:
            if "restore" in typed.data:
                dismissals.restore(db.session(), draft.sheet_id, diagnostic)
            else:
                dismissals.dismiss(db.session(), draft.sheet_id, diagnostic, reason, today=today)
    except Invalid as error:
        return _page(draft, {keys[0]: reason}, {keys[0]: gettext(error.message)}, 422)
    return redirect(url_for(".review", slug=slug, key=key, _anchor="avisos"), 303)


@bp.post("/borrador/<key>/enviar")
@allow(anyone)
def send(slug: str, key: str) -> Response | BaseResponse:
    """Send it: for the first time, or mended."""
    draft, typed = held_drafts.draft(slug, key), Typed(request.form)
    brought, actor = form_keys.sent(), held_drafts.actor()
    sender = read_sender(typed) if draft.organization_id is None else Sender()
    if not brought.issued:
        typed.wrong("submission", gettext("La página había vencido. Revise y envíe otra vez."))
    if typed.errors:
        return _page(draft, typed.values(), typed.errors, 422)
    folio = codes.folio_of(brought.key) if draft.organization_id is not None else None
    first = draft.contribution_id is None
    form_keys.promise(folio if first and folio else held_drafts.code(key))
    try:
        number = sending.send(
            db.session(),
            draft,
            sender,
            folio=folio,
            language=language(),
            now=now(),
            signs=drafting.signs(db.session(), draft, actor),
            by=guards.by(draft.consultation) if draft.organization_id is not None else log.BY_PUBLIC,
        )
    except (Closed, Conflict, Invalid) as error:
        refusal = answers.refused(error, "enviar")
        return _page(held_drafts.draft(slug, key), typed.values(), refusal.errors, refusal.status)
    session[SENT] = [key, number, folio if first and folio else held_drafts.code(key)]
    return redirect(url_for(".receipt", slug=slug, key=key), 303)


@bp.get("/borrador/<key>/comprobante")
@allow(anyone)
def receipt(slug: str, key: str) -> Response:
    """What was sent, its code, what happens next."""
    draft, (sent_key, number, folio) = held_drafts.draft(slug, key), session.get(SENT) or (None, 0, None)
    if sent_key != key:
        raise NotFound("Aquí no hay un comprobante. Siga su propuesta con su código.")
    sent = sending.promised(db.session(), draft.consultation, number)
    drawn = qr.svg(f"{settings().base_url}/seguimiento#{folio}") if folio else None
    return answers.private("proposals/receipt.html", consultation=draft.consultation, sent=sent, folio=folio, qr=drawn)


@bp.post("/borrador/<key>/retirar")
@allow(anyone)
def withdraw(slug: str, key: str) -> BaseResponse:
    """Take back what was sent, with a public note."""
    draft, typed = held_drafts.draft(slug, key), Typed(request.form)
    if not drafting.signs(db.session(), draft, held_drafts.actor()):
        raise NotAllowed("La retira quien firma por la organización.")
    number = sending.standing(db.session(), draft)["number"]
    if number is None:
        raise NotFound("Esta propuesta no se ha enviado.")
    note = typed.text("note", limit=5_000)
    try:
        sending.withdraw(db.session(), number, draft.consultation, note, now=now())
    except Invalid as error:
        said = gettext(error.message, **error.values)
        shown = {"draft": draft, "values": {"note": note}, "errors": {"note": said}}
        return answers.private("proposals/withdraw.html", 422, consultation=draft.consultation, **shown)
    flash(gettext("La propuesta quedó retirada."))
    return redirect(url_for("proposals.one", slug=slug, number=number), 303)


@bp.post("/borrador/<key>/borrar")
@allow(anyone)
def discard(slug: str, key: str) -> BaseResponse:
    """Delete a draft that was never sent."""
    draft = held_drafts.draft(slug, key)
    if draft.contribution_id is not None:
        raise Conflict("Esta propuesta ya se envió: se puede retirar, no borrar aquí.")
    erasure.discard(db.session(), draft.id)
    return redirect(url_for("proposals.listing", slug=slug), 303)


def _page(draft: Draft, typed: Mapping[str, str], errors: Mapping[str, str], status: int) -> Response:
    """``typed`` and ``errors`` by diagnostic or field."""
    found = _advice(draft)
    return answers.private(
        "proposals/review.html",
        status,
        consultation=draft.consultation,
        draft=draft,
        sheet=draft.sheet,
        blocking=in_words(advice.blocking(draft.sheet)),
        advice=together([one for one in found if one.key not in draft.dismissed]),
        followed_in=_place,
        waived=[(one, draft.dismissed[one.key]) for one in found if one.key in draft.dismissed],
        typed=typed,
        errors=errors,
        window=draft.consultation.window("proposal", now()),
        guides=GUIDES,
        signs=drafting.signs(db.session(), draft, held_drafts.actor()),
        submission=form_keys.new(),
    )


def _place(draft: Draft, one: Advice) -> tuple[str, str]:
    """In which step a piece of advice is followed, and beside which field."""
    if one.milestone:
        keys = [goal.key for goal in draft.sheet.milestones]
        return ADDRESSES["milestones"], f"meta-{keys.index(one.milestone)}" if one.milestone in keys else "metas"
    return ADDRESSES[step_of(one.field)], ANCHORS.get(one.field, one.field)


def _advice(draft: Draft) -> list[Advice]:
    return in_words(
        advising.advised(draft.consultation, draft.sheet, advising.glossary(db.session(), draft.consultation))
    )
