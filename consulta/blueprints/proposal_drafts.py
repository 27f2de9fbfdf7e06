"""Writing a proposal: begin, the list of steps, each step, the review with its advice."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, request, session, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from consulta import auth, db, keys, pages
from consulta.auth import allow, anyone, now, person
from consulta.domain import advice, dismissals, organizations, plans, proposal_advice, proposal_drafts
from consulta.domain.accounts import Actor
from consulta.domain.errors import Closed, Conflict, Invalid, NotFound
from consulta.domain.proposal_drafts import STEPS, Draft
from consulta.domain.sheets import Challenge
from consulta.domain.snapshots import ConsultationView
from consulta.domain.texts import showable
from consulta.forms.advice import Advice, in_words
from consulta.forms.fields import Typed
from consulta.forms.guides import GUIDES
from consulta.forms.milestones import moved, show_milestones
from consulta.forms.proposals import MOST_CONTACTS, read_lineage, read_step, show_step
from consulta.i18n import gettext, language

bp = Blueprint("proposal_drafts", __name__, url_prefix="/consultas/<slug>/propuestas")
HELD, MOST_HELD = "drafts", 20
PLACES = dict(
    zip(("problema", "responde", "accion", "relevancia", "responsables", "metas", "ambicion"), STEPS, strict=True)
)
"""The steps by their place in the address."""
ADDRESSES = {step: place for place, step in PLACES.items()}
AN_HOUR = 30


@bp.get("/nueva")
@allow(anyone)
def begin(slug: str) -> Response:
    """For whom: an organisation one acts for, or oneself."""
    return _begin_page(pages.find(slug).view, {"submission": keys.new()}, {}, 200)


@bp.post("/nueva")
@allow(anyone)
def create(slug: str) -> Response | BaseResponse:
    """Begin a draft; a person gets a code with which to come back from anywhere."""
    consultation, typed = pages.find(slug).view, Typed(request.form)
    _check_open(consultation)
    issued = keys.read(typed.data.get("submission", ""))
    mine = {body.slug: body for body in _mine(consultation)}
    chosen = typed.one_of("organization", mine)
    if issued is None or typed.errors:
        return _begin_page(consultation, {"submission": keys.new()}, typed.errors, 422)
    auth.many_from_here(AN_HOUR)
    staff = person()

    def start() -> tuple[str, str | None]:
        return proposal_drafts.begin(
            db.session(), consultation, organization=mine[chosen] if chosen else None, submission=issued[0],
            account_id=staff.actor.id if staff else None, language=language(), now=now(),
        )  # fmt: skip

    try:
        key, folio = start()
    except IntegrityError:  # the second of a double click: the first has begun it
        db.undo(db.session())
        key, folio = start()
    if folio is not None:
        hold(key)
        flash(gettext("Su código es %(code)s. Anótelo: con él sigue escribiendo desde cualquier aparato.", code=folio))
    return redirect(url_for(".tasks", slug=slug, key=key), 303)


def hold(key: str) -> None:
    """Remember in this browser that somebody holds the code of a draft."""
    session[HELD] = [*(one for one in session.get(HELD, []) if one != key), key][-MOST_HELD:]


@bp.get("/borrador/<key>")
@allow(anyone)
def tasks(slug: str, key: str) -> Response:
    """The steps, which are written already, and what is still missing."""
    draft = _own(slug, key)
    return pages.private(
        "proposals/tasks.html", consultation=draft.consultation, draft=draft, places=PLACES,
        missing=in_words(advice.blocking(draft.sheet)), window=draft.consultation.window("proposal", now()),
    )  # fmt: skip


@bp.get("/borrador/<key>/<any(problema, responde, accion, relevancia, responsables, metas, ambicion):place>")
@allow(anyone)
def step(slug: str, key: str, place: str) -> Response:
    """A step as it was saved last."""
    draft = _own(slug, key)
    return _step_page(draft, PLACES[place], show_step(PLACES[place], draft), {}, 200)


@bp.post("/borrador/<key>/<any(problema, responde, accion, relevancia, responsables, metas, ambicion):place>")
@allow(anyone)
def save(slug: str, key: str, place: str) -> Response | BaseResponse:
    """Save a step. If somebody else did meanwhile, both texts are shown and nothing is overwritten."""
    draft, typed, written = _own(slug, key), Typed(request.form), PLACES[place]
    seen = typed.whole("seen", 0, 10**6)
    changes = read_step(written, typed, draft)
    lineage = read_lineage(typed) if written == "answers" else None
    act, _, goal = typed.data.get("act", "").partition(":")
    if written == "milestones" and act in ("up", "down", "split", "remove"):
        changes["milestones"] = moved(changes["milestones"], act, goal)
    if typed.errors:
        return _step_page(draft, written, _again(written, typed, changes, act), typed.errors, 422)
    try:
        proposal_drafts.save(db.session(), draft, written, changes, seen=seen, lineage=lineage, now=now())
    except Invalid as error:
        db.undo(db.session())
        said = gettext(error.message, **error.values)
        return _step_page(draft, written, typed.values(), {error.field or written: said}, 422)
    except Conflict as error:
        db.undo(db.session())
        draft = _own(slug, key)
        return _step_page(draft, written, typed.values(), {}, 409, gettext(error.message), show_step(written, draft))
    flash(gettext("Guardado."))
    if act:
        return redirect(url_for(".step", slug=slug, key=key, place=place, _anchor="metas"), 303)
    return redirect(url_for(".tasks", slug=slug, key=key), 303)


@bp.get("/borrador/<key>/revisar")
@allow(anyone)
def review(slug: str, key: str) -> Response:
    """The proposal as its sheet, with the advice; here it is sent."""
    return review_page(_own(slug, key), {}, {}, 200)


@bp.post("/borrador/<key>/dejar")
@allow(anyone)
def dismiss(slug: str, key: str) -> Response | BaseResponse:
    """Let a finding of the advice stand, with a reason that everybody reads; or take that back."""
    draft, typed = _own(slug, key), Typed(request.form)
    finding = showable(typed.data.get("finding", ""), 40)
    if finding not in {one.key for one in _advice(draft)}:
        raise NotFound("Ese aviso ya no está.")
    if "restore" in typed.data:
        dismissals.restore(db.session(), draft.sheet_id, finding)
        return redirect(url_for(".review", slug=slug, key=key, _anchor="avisos"), 303)
    reason = typed.text("reason", most=dismissals.LONGEST)
    try:
        dismissals.dismiss(db.session(), draft.sheet_id, finding, reason, today=draft.consultation.today(now()))
    except Invalid as error:
        return review_page(draft, {finding: reason}, {finding: gettext(error.message)}, 422)
    return redirect(url_for(".review", slug=slug, key=key, _anchor="avisos"), 303)


def review_page(draft: Draft, typed: Mapping[str, str], errors: Mapping[str, str], status: int) -> Response:
    """The review; ``typed`` and ``errors`` by finding or field."""
    found = _advice(draft)
    return pages.private(
        "proposals/review.html", status, consultation=draft.consultation, draft=draft, sheet=draft.sheet,
        blocking=in_words(advice.blocking(draft.sheet)),
        advice=[one for one in found if one.key not in draft.dismissed],
        let_stand=[(one, draft.dismissed[one.key]) for one in found if one.key in draft.dismissed], typed=typed,
        errors=errors, window=draft.consultation.window("proposal", now()), guides=GUIDES,
        signs=proposal_drafts.signs(db.session(), draft, _actor()), addresses=ADDRESSES,
    )  # fmt: skip


def _own(slug: str, key: str) -> Draft:
    consultation = pages.find(slug).view
    held = key in session.get(HELD, [])
    return proposal_drafts.find(db.session(), consultation, key, actor=_actor(), held=held)


def _actor() -> Actor | None:
    staff = person()
    return staff.actor if staff else None


def _mine(consultation: ConsultationView) -> list[organizations.BodyView]:
    staff = person()
    return organizations.spoken_for(db.session(), consultation, staff.actor.id) if staff else []


def _check_open(consultation: ConsultationView) -> None:
    if not consultation.window("proposal", now()).open:
        raise Closed("Ahora no se reciben propuestas. En el cronograma está cuándo.")


def _begin_page(
    consultation: ConsultationView, values: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    return pages.private(
        "proposals/begin.html", status, consultation=consultation, values=values, errors=errors,
        mine=_mine(consultation), signed_in=person() is not None, window=consultation.window("proposal", now()),
    )  # fmt: skip


def _again(written: str, typed: Typed, changes: dict[str, object], act: str) -> dict[str, str]:
    """Everything typed; milestones as they stand after a button was pressed."""
    if written != "milestones" or not act:
        return typed.values()
    rest = {name: value for name, value in typed.values().items() if not name.startswith("meta-")}
    return rest | show_milestones(changes["milestones"])  # type: ignore[arg-type]


def _advice(draft: Draft) -> list[Advice]:
    return in_words(proposal_advice.advised(db.session(), draft.consultation, draft.sheet))


def _step_page(
    draft: Draft, written: str, values: dict[str, str], errors: dict[str, str], status: int, conflict: str = "",
    theirs: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    notes: dict[str, list[Advice]] = {}
    for one in _advice(draft) if draft.saved.get(written) else ():
        if one.key not in draft.dismissed:
            notes.setdefault(one.milestone or one.field, []).append(one)
    groups, contacts = Typed(values).groups("meta", 1_000), len(Typed(values).groups("contact", 99))
    return pages.private(
        f"proposals/steps/{written}.html", status, consultation=draft.consultation, draft=draft, values=values,
        errors=errors, guides=GUIDES, notes=notes, conflict=conflict, theirs=theirs or {}, step=written,
        place=ADDRESSES[written], seen=draft.saved.get(written, 0), challenges=list(Challenge), goals=groups,
        blank=max(groups, default=-1) + 1, contacts=range(min(MOST_CONTACTS, contacts + 1)),
        earlier=plans.earlier(db.session(), draft.consultation) if written in ("answers", "milestones") else (),
    )  # fmt: skip
