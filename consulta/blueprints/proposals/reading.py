"""Proposals as anybody reads them: the list, each with its versions and files, and the difference between two."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.documents import timelines
from consulta.domain.comments import threads
from consulta.domain.consultations.snapshots import ConsultationView, Current
from consulta.domain.contributions import prints
from consulta.domain.errors import NotFound
from consulta.domain.organizations import positions
from consulta.domain.proposals import advising
from consulta.domain.proposals import listing as proposal_listing
from consulta.domain.proposals import reading as proposals
from consulta.domain.proposals.listing import Filters
from consulta.domain.proposals.reading import View
from consulta.domain.sheets import differences, period
from consulta.domain.texts import showable
from consulta.forms.advice import in_words
from consulta.forms.guides import GUIDES
from consulta.models.contributions import Status
from consulta.web import answers, db, guards, page_cache, sheet_files
from consulta.web.auth import allow, anyone
from consulta.web.context import now
from consulta.words.i18n import gettext, month
from consulta.words.markup import drawn

bp = Blueprint("proposals", __name__)
ALL = "/consultas/<slug>/propuestas"
ONE = ALL + "/<int(max=2147483647):number>"
MAX_AT_ONCE = 40
"""Sheets in a document that is made while somebody waits."""


@bp.get(ALL)
@allow(anyone)
@page_cache.public_page
def listing(consultation: ConsultationView) -> str:
    """Published proposals; or those that were rejected or withdrawn, without their text."""
    asked = request.args
    by = Filters(
        theme=asked.get("theme") or None,
        organization=asked.get("proponent") or None,
        sector=asked.get("sector") or None,
        status=asked.get("status") or Status.PUBLISHED,
        q=" ".join(showable(asked.get("q", "")).split())[:200],
        after=guards.place("after"),
    )
    rows, more = proposal_listing.listing(db.session(), consultation, by)
    return render_template(
        "proposals/listing.html",
        consultation=consultation,
        rows=rows,
        more=more,
        by=by,
        listed=proposal_listing.LISTED,
        window=consultation.window("proposal", now()),
    )


@bp.get(ONE)
@allow(anyone)
@page_cache.public_page
def one(consultation: ConsultationView, number: int) -> str:
    """A proposal with everything that it says, its advice, versions and steps."""
    asked = guards.place("version")
    found = proposals.one(db.session(), consultation, number, version=asked)
    stances, more = positions.listing(db.session(), consultation, subjects=(f"proposal/{number}",))
    advised = in_words(advising.advised(consultation, found.sheet, found.names)) if found.sheet else []
    return render_template(
        "proposals/one.html",
        consultation=consultation,
        one=found,
        sheet=found.sheet,
        timeline=_timeline(consultation, found),
        advice=[a for a in advised if a.key not in found.dismissed],
        steps=found.steps,
        open=consultation.window("comment", now()).open and found.sheet is not None,
        comments_page=threads.page(db.session(), consultation, "contribution", found.id),
        sponsors=found.sponsors,
        positions=stances,
        more_positions=more,
        mine=f"proposal/{number}",
        waived=[(a, found.dismissed[a.key]) for a in advised if a.key in found.dismissed],
    )


@bp.get(f"{ONE}/diferencia")
@allow(anyone)
@page_cache.public_page
def difference(consultation: ConsultationView, number: int) -> str:
    """What changed between two versions."""
    last = proposals.one(db.session(), consultation, number).version
    first, second = guards.place("de") or max(1, last - 1), guards.place("a") or last
    old, new = (proposals.one(db.session(), consultation, number, version=v) for v in (first, second))
    if old.sheet is None or new.sheet is None:
        raise NotFound("Esa propuesta ya no se puede leer.")
    changes = differences.compare(old.sheet, new.sheet)
    return render_template(
        "proposals/difference.html", consultation=consultation, old=old, new=new, changes=changes, guides=GUIDES
    )


@bp.get(f"{ONE}.<any(json, docx, pdf):form>")
@allow(anyone)
def document(slug: str, number: int, form: str) -> Response:
    """A proposal in OGP's template."""
    current = guards.find(slug)

    def find() -> list[sheet_files.Row]:
        found = proposals.one(db.session(), current.view, number)
        if found.sheet is None:
            raise NotFound("Esa propuesta ya no se puede leer.")
        return [(number, found.sheet, ())]

    heading = gettext("Propuesta %(n)s", n="%s")
    return sheet_files.document(current, find, "proposals.one", form, heading=heading, name=f"propuesta-{number}")


@bp.get(f"{ALL}.<any(docx, pdf):form>")
@allow(anyone)
def whole(slug: str, form: str) -> Response:
    """All published proposals as one document: at once if they are few, else as the worker made it last."""
    current = guards.find(slug)
    consultation, name = current.view, f"propuestas.{form}"
    numbers = proposals.published(db.session(), consultation, limit=MAX_AT_ONCE + 1)
    if not numbers:
        raise NotFound("Todavía no hay propuestas publicadas.")
    if len(numbers) <= MAX_AT_ONCE:
        return _few(current, form)
    made = prints.content(db.session(), consultation, name) if "listo" in request.args else None
    if made is not None:
        return sheet_files.attached(consultation, made, form, "propuestas")
    return _whole_page(consultation, form)


def _few(current: Current, form: str) -> Response:
    def find() -> list[sheet_files.Row]:
        found = proposals.all_sheets(db.session(), current.view, limit=MAX_AT_ONCE)
        return [(number, sheet, ()) for number, sheet in found]

    heading = gettext("Propuesta %(n)s", n="%s")
    return sheet_files.document(current, find, "proposals.one", form, heading=heading, name="propuestas")


@bp.post(f"{ALL}.<any(docx, pdf):form>")
@allow(anyone)
def ask(slug: str, form: str) -> BaseResponse:
    """Ask the worker for a new one."""
    prints.ask(db.session(), guards.find(slug).view, f"propuestas.{form}", now=now())
    return redirect(url_for(".whole", slug=slug, form=form), 303)


def _whole_page(consultation: ConsultationView, form: str) -> Response:
    standing = prints.standing(db.session(), consultation, f"propuestas.{form}")
    response = answers.private("proposals/whole.html", consultation=consultation, form=form, standing=standing)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _timeline(consultation: ConsultationView, found: View) -> str:
    months = period.period(consultation)
    goals = found.sheet.milestones if found.sheet else ()
    rows = [timelines.TimelineRow(goal.number_text or "", goal.start, goal.end) for goal in goals]
    return drawn(timelines.draw(rows, months.approved if months else None, months.end if months else None, month))
