"""Setting up a consultation in the browser: a draft part by part, its check list, its preview, publishing it."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta import reference
from consulta.domain.accounts import permissions
from consulta.domain.consultations import snapshots
from consulta.domain.consultations.snapshots import Stretch
from consulta.domain.errors import Conflict, Invalid
from consulta.domain.management import as_file, drafts, loading
from consulta.domain.management import schedules as management_schedules
from consulta.domain.management.drafts import DraftView
from consulta.domain.management.schedules import ScheduleVersion
from consulta.domain.results.figures import Live
from consulta.domain.texts import BODY_MAX
from consulta.forms import schedules
from consulta.forms.drafts import reader, shown, with_one_more
from consulta.forms.fields import LINE, Typed
from consulta.forms.schedules import MAX_STAGES, DraftScheduleForm
from consulta.web import answers, db, guards, notices
from consulta.web.auth import actor, allow, coordinates
from consulta.web.context import now
from consulta.words.i18n import gettext

bp = Blueprint("drafts", __name__, url_prefix="/gestion")
TEMPLATE, EMPTY, AT_HOME = "plantilla", "vacia", 12
LEGAL = ("privacy_note", "privacy_page", "denounce")
"""Texts that nobody should have to write from nothing."""
PREVIEWED = {
    "inicio": "consultations/home.html",
    "cronograma": "consultations/schedule.html",
    "opinar": "contributions/opinions/form.html",
    "reglas": "consultations/rules.html",
    "privacidad": "consultations/privacy.html",
}
PUBLIC = {
    "consultations.schedule": "cronograma",
    "opinions.form": "opinar",
    "consultations.rules": "reglas",
    "consultations.privacy": "privacidad",
}
"""Pages of a preview, and the public pages that they stand for."""


@bp.get("/nueva")
@allow(coordinates)
def begin() -> Response:
    """Where a consultation begins: from the template, empty, or as a copy."""
    return _begin_page({"start": TEMPLATE}, {}, 200)


@bp.post("/nueva")
@allow(coordinates)
def create() -> Response | BaseResponse:
    """A new draft."""
    typed = Typed(request.form)
    title = typed.text("title", limit=LINE, missing=gettext("Escriba el título."))
    slug, start = typed.text("slug", limit=LINE), typed.one_of("start", [v for v, _ in _starts()])
    if not typed.errors:
        try:
            content = _start(start or TEMPLATE)
            slug = drafts.tidy(slug) or drafts.proposed(db.session(), title)
            key = drafts.begin(db.session(), content, slug=slug, title=title, account_id=actor().id, now=now())
            return redirect(url_for(".overview", key=key), 303)
        except (Invalid, Conflict) as error:
            typed.wrong("slug", answers.refused(error).message)
    return _begin_page(typed.values(), typed.errors, 422)


@bp.get("/borradores/<key>")
@allow(coordinates)
def overview(key: str) -> Response:
    """The parts of a draft, what is missing, and the way to publish it."""
    return _overview_page(drafts.find(db.session(), key, actor()), 200)


@bp.get("/borradores/<key>/vista", defaults={"page": "inicio"})
@bp.get("/borradores/<key>/vista/<any(cronograma, opinar, reglas, privacidad):page>")
@allow(coordinates)
def preview(key: str, page: str) -> Response:
    """A page as the public will see it; its links lead to the other pages of the preview."""
    draft = drafts.find(db.session(), key, actor())
    view = drafts.preview(draft, now=now())
    stages = view.stretch(now(), AT_HOME if page == "inicio" else len(view.stages), top=page == "inicio").stages
    return answers.private(
        PREVIEWED[page],
        consultation=view,
        live=Live(0, 0, 0, 0, {}),
        window=view.window("opinion", now()),
        timeline=[(stage, stage.state(now())) for stage in stages],
        latest=[],
        others=[],
        positions=[],
        preview=draft,
        versions=[ScheduleVersion(1, now(), loading.FIRST_SCHEDULE, view.stages)],
        moved={},
        acts=[],
        more=None,
        stretch=Stretch(stages, None, None),
        values={},
        errors={},
        submission="",
        csrf="",
        limit=BODY_MAX,
        url_for=partial(_address, key),
    )


@bp.get("/borradores/<key>/publicar")
@allow(coordinates)
def publishing(key: str) -> Response | BaseResponse:
    """What publishing means, before it is done: it cannot be taken back."""
    draft = drafts.find(db.session(), key, actor())
    view = drafts.preview(draft, now=now())
    missing = drafts.missing(draft.content, today=view.today(now()))
    if any(not one.warning for one in missing):
        return redirect(url_for(".overview", key=key), 303)
    return answers.private("management/publishing.html", draft=draft, consultation=view, missing=missing)


@bp.post("/borradores/<key>/publicar")
@allow(coordinates)
def publish(key: str) -> Response | BaseResponse:
    """Publish what lacks nothing."""
    draft = drafts.find(db.session(), key, actor())
    try:
        seen = Typed(request.form).whole("seen", 0, 10**9)
        slug = drafts.publish(db.session(), draft, seen=seen, actor=actor(), now=now())
    except Invalid as error:
        refusal = answers.refused(error)
        return _overview_page(draft, refusal.status, refusal.message)
    see = url_for("consultations.home", slug=slug)
    address = f"{current_app.extensions['settings'].base_url}{see}"
    notices.tell(gettext("La consulta ya es pública: %(address)s. Aquí está lo que sigue.", address=address), see=see)
    return redirect(url_for("management.home", slug=slug), 303)


@bp.post("/borradores/<key>/descartar")
@allow(coordinates)
def discard(key: str) -> BaseResponse:
    """Throw a draft away."""
    drafts.discard(db.session(), drafts.find(db.session(), key, actor()))
    flash(gettext("El borrador se descartó."))
    return redirect(url_for("management.desks"), 303)


@bp.get("/borradores/<key>/<part>")
@allow(coordinates)
def part(key: str, part: str) -> Response:
    """One part of a draft, to be changed."""
    draft = drafts.find(db.session(), key, actor())
    if part == "etapas":
        rows = schedules.values_of(drafts.preview(draft, now=now()).stages)
        return _stages_page(draft, rows, {}, 200)
    return _part_page(draft, part, shown(part, draft.content), {}, 200)


@bp.post("/borradores/<key>/<part>")
@allow(coordinates)
def save(key: str, part: str) -> Response | BaseResponse:
    """Save one part, or show it again with all that was typed."""
    draft = drafts.find(db.session(), key, actor())
    if part == "etapas":
        return _save_stages(draft)
    typed = Typed(request.form)
    if "add" in request.form:
        return _part_page(draft, part, with_one_more(part, typed.values()), {}, 200)
    parts, seen = reader(part)(typed, draft.content), typed.whole("seen", 0, 10**9)
    if typed.errors:
        return _part_page(draft, part, typed.values(), typed.errors, 422)
    return _saved(draft, parts, seen) or _part_page(
        drafts.find(db.session(), key, actor()), part, typed.values(), _changed(), 409
    )


def _save_stages(draft: DraftView) -> Response | BaseResponse:
    rows = schedules.typed(request.form)
    if "add" in request.form:
        return _stages_page(draft, [*rows, {}][:MAX_STAGES], {}, 200)
    form, view = DraftScheduleForm(), drafts.preview(draft, now=now())
    if not form.validate_on_submit():
        return _stages_page(draft, rows, form.problems(), 422)
    stages = form.rows(view)
    try:
        management_schedules.check(stages, view.timezone, view.today(now()))
    except Invalid as error:
        where = schedules.typed_place(form, error.field) or "add"
        return _stages_page(draft, rows, {where: gettext(error.message, **error.values)}, 422)
    return _saved(draft, {"stages": stages}, form.seen.data or 0) or _stages_page(
        drafts.find(db.session(), draft.key, actor()), rows, _changed(), 409
    )


def _saved(draft: DraftView, parts: dict[str, Any], seen: int) -> BaseResponse | None:
    try:
        drafts.save(db.session(), draft, parts, seen=seen, now=now())
    except Conflict as error:
        answers.refused(error)
        return None
    flash(gettext("Guardado."))
    return redirect(url_for(".overview", key=draft.key), 303)


def _changed() -> dict[str, str]:
    message = gettext(
        "Mientras usted escribía, otra persona cambió este borrador. Lo suyo sigue aquí: si guarda, toma su lugar."
    )
    return {"seen": message}


def _address(own: str, endpoint: str, /, **values: Any) -> str:
    """Where a link of a preview leads: a public page that can be previewed, else the preview's home."""
    if endpoint.startswith("drafts."):
        return url_for(endpoint, **values)
    return url_for(".preview", key=own, page=PUBLIC.get(endpoint, "inicio"))


def _starts() -> list[tuple[str, str]]:
    mine = permissions.coordinated(db.session(), actor())
    copies = [(slug, gettext("Copia de «%(title)s»", title=title["es"])) for slug, title, _kind in mine]
    return [
        (TEMPLATE, gettext("Plantilla de nueve etapas")),
        (EMPTY, gettext("Vacía, con los textos legales y los motivos")),
        *copies,
    ]


def _start(start: str) -> dict[str, Any]:
    if start in (TEMPLATE, EMPTY):
        content = reference.read(TEMPLATE)
        if start == TEMPLATE:
            return content
        legal = {name: text for name, text in content["texts"].items() if name in LEGAL}
        return {**content, "themes": [], "stages": [], "texts": legal}
    return as_file.data_of(guards.coordinated(start))


def _begin_page(values: dict[str, str], errors: dict[str, str], status: int) -> Response:
    return answers.private("management/begin.html", status, values=values, errors=errors, starts=_starts())


def _overview_page(draft: DraftView, status: int, problem: str = "") -> Response:
    view = drafts.preview(draft, now=now())
    missing = drafts.missing(draft.content, today=view.today(now()))
    return answers.private("management/draft.html", status, draft=draft, missing=missing, problem=problem)


def _part_page(draft: DraftView, part: str, values: dict[str, str], errors: dict[str, str], status: int) -> Response:
    reader(part)
    return answers.private(
        f"management/parts/{part}.html",
        status,
        draft=draft,
        values=values,
        errors=errors,
        seen=draft.revision,
        action=url_for(".save", key=draft.key, part=part),
        typed=Typed(values),
        colours=range(1, snapshots.COLOURS + 1),
    )


def _stages_page(draft: DraftView, rows: list[dict[str, str]], errors: dict[str, Any], status: int) -> Response:
    return answers.private("management/parts/etapas.html", status, draft=draft, rows=rows, errors=errors)
