"""The plan: its commitments as they were approved, each with its sheet, milestones and amendments."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, jsonify, render_template, request

from consulta.documents import timelines
from consulta.domain.comments import threads
from consulta.domain.consultations.snapshots import ConsultationView, Current
from consulta.domain.errors import Malformed, NotFound
from consulta.domain.plans import earlier as plan_earlier
from consulta.domain.plans import reading as plans
from consulta.domain.sheets import advice, period
from consulta.domain.sheets import schema as sheet_schema
from consulta.domain.sheets.advice import Diagnostic, Phase, Severity
from consulta.domain.sheets.sheet import Milestone, Period, Sheet
from consulta.forms.advice import in_words
from consulta.web import db, guards, page_cache, sheet_files
from consulta.web.auth import allow, anyone
from consulta.web.context import now
from consulta.words.i18n import gettext, month
from consulta.words.markup import drawn

bp = Blueprint("plans", __name__)


@bp.get("/consultas/<slug>/plan")
@allow(anyone)
@page_cache.public_page
def listing(consultation: ConsultationView) -> str:
    """The commitments by theme."""
    wanted = request.args.get("theme") or None
    theme = consultation.theme(wanted) if wanted else None
    if wanted and theme is None:
        valid = tuple(one.slug for one in consultation.themes)
        raise Malformed("No hay un tema «%(value)s».", value=wanted, valid=valid)
    rows = plans.listing(db.session(), consultation, theme=theme)
    if not consultation.planned:
        raise NotFound("Esta consulta todavía no tiene un plan.")
    return render_template(
        "plans/listing.html",
        consultation=consultation,
        rows=rows,
        theme=theme,
        has_earlier=plan_earlier.has_earlier(db.session(), consultation),
    )


@bp.get("/consultas/<slug>/plan/<int(max=2147483647):number>")
@allow(anyone)
@page_cache.public_page
def one(consultation: ConsultationView, number: int) -> str:
    """A commitment with everything that it says."""
    [found] = plans.read(db.session(), consultation, [number])
    months, places = period.period(consultation), plans.places(db.session(), consultation)
    numbers, row = list(places), places[number]
    at = numbers.index(number)
    return render_template(
        "plans/one.html",
        consultation=consultation,
        one=found,
        sheet=found.sheet,
        drawn=drawn(_drawn(found.sheet.milestones, months)),
        diagnostics=in_words(_diagnostics(found.sheet, months)),
        open=consultation.window("comment", now()).open,
        comments_page=threads.page(db.session(), consultation, "commitment", row),
        before=numbers[at - 1] if at else None,
        after=numbers[at + 1] if at + 1 < len(numbers) else None,
    )


@bp.get("/consultas/<slug>/plan/anteriores")
@allow(anyone)
@page_cache.public_page
def earlier(consultation: ConsultationView) -> str:
    """The commitments of earlier plans, to which proposals and milestones can point."""
    found = plan_earlier.earlier(db.session(), consultation)
    if not found:
        raise NotFound("No hay compromisos de planes anteriores.")
    return render_template("plans/earlier.html", consultation=consultation, found=found)


@bp.get("/esquemas/ficha.json")
@allow(anyone)
def schema() -> Response:
    """The JSON Schema of a sheet, in every generation."""
    return jsonify(sheet_schema.schema())


@bp.get("/consultas/<slug>/plan/<int(max=2147483647):number>.<any(json, docx, pdf):form>")
@allow(anyone)
def document(slug: str, number: int, form: str) -> Response:
    """A commitment in OGP's template, in the generation of its plan unless another is asked for."""
    return _document(guards.find(slug), [number], form, f"compromiso-{number}")


@bp.get("/consultas/<slug>/plan.<any(json, docx, pdf):form>")
@allow(anyone)
def whole(slug: str, form: str) -> Response:
    """All commitments as one document, with its contents."""
    current = guards.find(slug)
    if not current.view.planned:
        raise NotFound("Esta consulta todavía no tiene un plan.")
    return _document(current, None, form, "plan")


def _document(current: Current, numbers: Sequence[int] | None, form: str, name: str) -> Response:
    def find() -> list[sheet_files.Row]:
        found = plans.read(db.session(), current.view, numbers)
        return [(one.number, one.sheet, one.amendments) for one in found]

    heading = gettext("Compromiso %(n)s", n="%s")
    return sheet_files.document(current, find, "plans.one", form, heading=heading, name=name)


def _drawn(goals: Sequence[Milestone], months: Period | None) -> str:
    rows = [
        timelines.TimelineRow(goal.number_text or goal.letter or "", goal.start, goal.end)
        for goal in goals
        if not goal.has_parts
    ]
    return timelines.draw(rows, months.approved if months else None, months.end if months else None, month)


def _diagnostics(sheet: Sheet, months: Period | None) -> list[Diagnostic]:
    """What the document gets wrong by the rules that a draft must correct or explain."""
    if months is None:
        return []
    found = advice.advise(sheet, phase=Phase.DRAFT, period=months)
    return [diagnostic for diagnostic in found if diagnostic.severity is Severity.ERROR]
