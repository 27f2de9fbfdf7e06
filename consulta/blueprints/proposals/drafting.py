"""Writing a proposal: begin, the list of steps, each step, the review with its advice."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from consulta.database import transactions
from consulta.documents import qr
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import similar
from consulta.domain.errors import Closed, Conflict, Invalid, NotFound
from consulta.domain.organizations import members
from consulta.domain.organizations.reading import BodyView
from consulta.domain.plans import earlier
from consulta.domain.proposals import advising, drafting, sending, sponsors
from consulta.domain.proposals.drafting import Draft
from consulta.domain.sheets import advice
from consulta.domain.sheets.sheet import Challenge, Sheet
from consulta.forms.advice import Advice, in_words
from consulta.forms.fields import Typed
from consulta.forms.guides import GUIDES
from consulta.forms.milestones import moved
from consulta.forms.proposals import ADDRESSES, MAX_CONTACTS, PLACES, read_sources, read_step, show_step
from consulta.web import answers, db, form_keys, guards, held_drafts, limits
from consulta.web.auth import actor, allow, anyone, person, signed_in
from consulta.web.context import now, settings
from consulta.words.i18n import gettext, language

bp = Blueprint("proposal_drafts", __name__, url_prefix="/consultas/<slug>/propuestas")
AN_HOUR = 30


@bp.get("/nueva")
@allow(anyone)
def begin(slug: str) -> Response:
    """For whom: an organisation one acts for, or oneself."""
    return _begin_page(guards.find(slug).view, {"submission": form_keys.new()}, {}, 200)


@bp.post("/nueva")
@allow(anyone)
def create(slug: str) -> Response | BaseResponse:
    """Begin a draft; a person gets a code with which to come back from anywhere."""
    consultation, typed = guards.find(slug).view, Typed(request.form)
    _check_open(consultation)
    brought = form_keys.sent()
    mine = {body.slug: body for body in _mine(consultation)}
    chosen = typed.one_of("organization", mine)
    if not brought.issued or typed.errors:
        return _begin_page(consultation, {"submission": brought.again}, typed.errors, 422)
    limits.many_from_here(AN_HOUR)
    staff = person()

    def start() -> tuple[str, str | None]:
        return drafting.begin(
            db.session(),
            consultation,
            organization=mine[chosen] if chosen else None,
            submission=brought.key,
            account_id=staff.actor.id if staff else None,
            language=language(),
            now=now(),
        )

    try:
        key, folio = start()
    except IntegrityError:  # the second of a double click: the first has begun it
        transactions.undo(db.session())
        key, folio = start()
    form_keys.promise(folio)
    if folio is not None:
        held_drafts.hold(key, folio)
        return redirect(url_for(".begun", slug=slug, key=key), 303)
    return redirect(url_for(".tasks", slug=slug, key=key), 303)


@bp.get("/borrador/<key>/codigo")
@allow(anyone)
def begun(slug: str, key: str) -> Response:
    """The code of a draft, large, for who holds it."""
    draft = held_drafts.draft(slug, key)
    return _code_page(draft, {}, {}, 200)


@bp.post("/borrador/<key>/codigo")
@allow(anyone)
def mail_code(slug: str, key: str) -> Response | BaseResponse:
    """Send the code to an address, which is kept to remind of the draft."""
    draft, typed = held_drafts.draft(slug, key), Typed(request.form)
    address = typed.email("email", missing=gettext("Escriba a qué correo."))
    folio = held_drafts.code(key)
    if typed.errors or folio is None:
        return _code_page(draft, typed.values(), typed.errors, 422)
    drafting.keep_email(db.session(), draft, address)
    drafting.mail_code(db.session(), draft, folio, language=language(), now=now())
    flash(gettext("Se lo enviamos."))
    return redirect(url_for(".begun", slug=slug, key=key), 303)


@bp.get("/borrador/<key>")
@allow(anyone)
def tasks(slug: str, key: str) -> Response:
    """The steps, which are written already, and what is still missing."""
    draft = held_drafts.draft(slug, key)
    return _tasks_page(draft, {"email": draft.email or ""}, {}, 200)


@bp.post("/borrador/<key>/correo")
@allow(anyone)
def email(slug: str, key: str) -> Response | BaseResponse:
    """Where a person wants to be reminded before the window closes."""
    draft, typed = held_drafts.draft(slug, key), Typed(request.form)
    address = typed.email("email")
    if typed.errors:
        return _tasks_page(draft, typed.values(), typed.errors, 422)
    drafting.keep_email(db.session(), draft, address)
    flash(gettext("Guardado."))
    return redirect(url_for(".tasks", slug=slug, key=key), 303)


@bp.get("/borrador/<key>/vista")
@allow(signed_in)
def preview(slug: str, key: str) -> Response:
    """The draft as a sheet, for an organisation that is asked to stand behind it."""
    consultation = guards.find(slug).view
    title, sheet = drafting.shown_to_asked(db.session(), consultation, key, actor())
    return answers.private("proposals/preview.html", consultation=consultation, title=title, sheet=sheet)


@bp.get("/borrador/<key>/<any(problema, responde, accion, relevancia, responsables, metas, ambicion):place>")
@allow(anyone)
def step(slug: str, key: str, place: str) -> Response:
    """A step as it was saved last."""
    draft = held_drafts.draft(slug, key)
    return _step_page(draft, PLACES[place], show_step(PLACES[place], draft), {}, 200)


@bp.post("/borrador/<key>/<any(problema, responde, accion, relevancia, responsables, metas, ambicion):place>")
@allow(anyone)
def save(slug: str, key: str, place: str) -> Response | BaseResponse:
    """Save a step. If somebody else did meanwhile, both texts are shown and nothing is overwritten."""
    draft, typed, written = held_drafts.draft(slug, key), Typed(request.form), PLACES[place]
    seen = typed.whole("seen", 0, 10**6)
    changes = read_step(written, typed, draft)
    sources = read_sources(typed) if written == "answers" else None
    act, _, goal = typed.data.get("act", "").partition(":")
    if written == "milestones" and act in ("up", "down", "split", "remove"):
        changes["milestones"] = moved(changes["milestones"], act, goal)
    if typed.errors:
        return _step_page(draft, written, typed.values(), typed.errors, 422)
    try:
        drafting.save(db.session(), draft, written, changes, seen=seen, sources=sources, now=now())
    except Invalid as error:
        refusal = answers.refused(error, written)
        return _step_page(draft, written, typed.values(), refusal.errors, refusal.status)
    except Conflict as error:
        refusal, draft = answers.refused(error), held_drafts.draft(slug, key)
        theirs = show_step(written, draft)
        return _step_page(draft, written, typed.values(), {}, refusal.status, refusal.message, theirs)
    flash(gettext("Guardado."))
    if act:
        return redirect(url_for(".step", slug=slug, key=key, place=place, _anchor="metas"), 303)
    return redirect(url_for(".tasks", slug=slug, key=key), 303)


def _mine(consultation: ConsultationView) -> list[BodyView]:
    staff = person()
    return members.spoken_for(db.session(), consultation, staff.actor.id) if staff else []


def _check_open(consultation: ConsultationView) -> None:
    if not consultation.window("proposal", now()).open:
        raise Closed("Ahora no se reciben propuestas. En el cronograma está cuándo.")


def _begin_page(
    consultation: ConsultationView, values: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    return answers.private(
        "proposals/begin.html",
        status,
        consultation=consultation,
        values=values,
        errors=errors,
        mine=_mine(consultation),
        signed_in=person() is not None,
        window=consultation.window("proposal", now()),
    )


def _step_page(
    draft: Draft,
    written: str,
    values: dict[str, str],
    errors: dict[str, str],
    status: int,
    conflict: str = "",
    theirs: Mapping[str, str] | None = None,
) -> Response:
    notes: dict[str, list[Advice]] = {}
    advised = in_words(
        advising.advised(draft.consultation, draft.sheet, advising.glossary(db.session(), draft.consultation))
    )
    for one in advised if draft.saved.get(written) else ():
        if one.key not in draft.dismissed:
            notes.setdefault(one.milestone or one.field, []).append(one)
    asked = draft.sheet if written in ("problem", "answers", "action") else Sheet(title=None)
    alike = similar.find(db.session(), draft.consultation, asked, except_=draft.contribution_id)
    groups, contacts = Typed(values).groups("meta", 1_000), len(Typed(values).groups("contact", 99))
    return answers.private(
        f"proposals/steps/{written}.html",
        status,
        consultation=draft.consultation,
        draft=draft,
        values=values,
        errors=errors,
        guides=GUIDES,
        notes=notes,
        conflict=conflict,
        theirs=theirs or {},
        step=written,
        place=ADDRESSES[written],
        seen=draft.saved.get(written, 0),
        challenges=list(Challenge),
        goals=groups,
        alike=alike,
        blank=max(groups, default=-1) + 1,
        contacts=range(min(MAX_CONTACTS, contacts + 1)),
        earlier=earlier.earlier(db.session(), draft.consultation) if written in ("answers", "milestones") else (),
    )


def _code_page(draft: Draft, values: Mapping[str, str], errors: Mapping[str, str], status: int) -> Response:
    folio = held_drafts.code(draft.key)
    if folio is None:
        raise NotFound("Una propuesta de una organización no tiene código: la abren quienes actúan por ella.")
    link = f"{settings().base_url}/seguimiento#{folio}"
    shown = {"folio": folio, "qr": qr.svg(link), "values": values, "errors": errors}
    return answers.private("proposals/begun.html", status, consultation=draft.consultation, draft=draft, **shown)


def _tasks_page(draft: Draft, values: dict[str, str], errors: dict[str, str], status: int) -> Response:
    return answers.private(
        "proposals/tasks.html",
        status,
        values=values,
        errors=errors,
        consultation=draft.consultation,
        draft=draft,
        places=PLACES,
        missing=in_words(advice.blocking(draft.sheet)),
        window=draft.consultation.window("proposal", now()),
        guides=GUIDES,
        folio=held_drafts.code(draft.key),
        sponsors=sponsors.of_draft(db.session(), draft.id),
        **sending.standing(db.session(), draft),
        bodies=members.represented(db.session(), draft.consultation),
    )
