"""Commenting on a theme or on what was published, and the comments there are, thirty a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain import codes
from consulta.domain.comments import commentable, submitting, threads
from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.contributions import reading as contributions
from consulta.domain.contributions.targets import Quoted, Target
from consulta.domain.errors import AlreadyReceived, Closed, NotFound
from consulta.domain.texts import BODY_MAX
from consulta.forms.comments import CommentForm
from consulta.web import answers, db, form_keys, guards, kept_codes, page_cache
from consulta.web.auth import allow, anyone
from consulta.web.context import now
from consulta.web.form_keys import FormKey
from consulta.web.page_cache import CSRF_MARK, SUBMISSION_MARK, public_page
from consulta.words.i18n import language

bp = Blueprint("comments", __name__)
ON_NUMBER, ON_THEME = "/consultas/<slug>/aportes/<int(max=2147483647):number>", "/consultas/<slug>/temas/<theme>"
ON_COMMITMENT = "/consultas/<slug>/plan/<int(max=2147483647):number>"


@dataclass(frozen=True)
class About:
    """What somebody is commenting on, as the form shows it; ``back`` and ``action`` are addresses."""

    target: Target
    quoted: Quoted | None
    preset: ThemeView | None
    back: str
    action: str


@bp.get(f"{ON_NUMBER}/comentar")
@allow(anyone)
def form(slug: str, number: int) -> Response:
    """The form for a comment on a contribution, or for a reply to a comment."""
    return _form(slug, lambda consultation: _on_number(consultation, number))


@bp.post(f"{ON_NUMBER}/comentar")
@allow(anyone)
def submit(slug: str, number: int) -> Response | BaseResponse:
    """Take a comment on a contribution; the answer is a redirect to the receipt."""
    return _submit(slug, lambda consultation: _on_number(consultation, number))


@bp.get(f"{ON_THEME}/comentar")
@allow(anyone)
def theme_form(slug: str, theme: str) -> Response:
    """The form for a comment on a theme."""
    return _form(slug, lambda consultation: _on_theme(consultation, theme))


@bp.post(f"{ON_THEME}/comentar")
@allow(anyone)
def theme_submit(slug: str, theme: str) -> Response | BaseResponse:
    """Take a comment on a theme."""
    return _submit(slug, lambda consultation: _on_theme(consultation, theme))


@bp.get(f"{ON_COMMITMENT}/comentar")
@allow(anyone)
def commitment_form(slug: str, number: int) -> Response:
    """The form for a comment on a commitment."""
    return _form(slug, lambda consultation: _on_commitment(consultation, number))


@bp.post(f"{ON_COMMITMENT}/comentar")
@allow(anyone)
def commitment_submit(slug: str, number: int) -> Response | BaseResponse:
    """Take a comment on a commitment."""
    return _submit(slug, lambda consultation: _on_commitment(consultation, number))


@bp.get(f"{ON_COMMITMENT}/comentarios")
@allow(anyone)
@public_page
def commitment_listing(consultation: ConsultationView, number: int) -> str:
    """The comments on a commitment."""
    target, _quoted = commentable.commitment(db.session(), consultation, number)
    order, after = threads.place(request.args.to_dict())
    page = threads.page(db.session(), consultation, "commitment", target.commitment_id or 0, order=order, after=after)
    return render_template(
        "comments/listing.html",
        consultation=consultation,
        page=page,
        number=None,
        theme=None,
        commitment=number,
        replies=False,
        open=consultation.window("comment", now()).open,
    )


@bp.get(f"{ON_NUMBER}/comentarios")
@allow(anyone)
@public_page
def listing(consultation: ConsultationView, number: int) -> str:
    """The comments on a contribution (the replies to a comment), in one of three orders."""
    found = contributions.one(db.session(), consultation, number)
    on = "parent" if found.is_comment else "contribution"
    order, after = threads.place(request.args.to_dict(), "antiguas" if found.is_comment else "recientes")
    page = threads.page(db.session(), consultation, on, found.id, order=order, after=after)
    return render_template(
        "comments/listing.html",
        consultation=consultation,
        page=page,
        number=number,
        theme=None,
        replies=found.is_comment,
        open=consultation.window("comment", now()).open and found.row is not None,
    )


@bp.get(f"{ON_THEME}/comentarios")
@allow(anyone)
@public_page
def theme_listing(consultation: ConsultationView, theme: str) -> str:
    """The comments on a theme."""
    chosen = _theme(consultation, theme)
    order, after = threads.place(request.args.to_dict())
    page = threads.page(db.session(), consultation, "theme", chosen.id, order=order, after=after)
    return render_template(
        "comments/listing.html",
        consultation=consultation,
        page=page,
        number=None,
        theme=chosen,
        replies=False,
        open=consultation.window("comment", now()).open,
    )


def _theme(consultation: ConsultationView, slug: str) -> ThemeView:
    found = next((t for t in consultation.themes if t.slug == slug), None)
    if found is None:
        raise NotFound("Esta consulta no tiene ese tema.")
    return found


def _on_theme(consultation: ConsultationView, slug: str) -> About:
    theme = _theme(consultation, slug)
    where: dict[str, Any] = {"slug": consultation.slug, "theme": slug}
    return About(
        Target(theme=theme), None, theme, url_for("contributions.theme", **where), url_for(".theme_submit", **where)
    )


def _on_number(consultation: ConsultationView, number: int) -> About:
    target, quoted = commentable.find(db.session(), consultation, number, request.args.get("part"))
    where: dict[str, Any] = {"slug": consultation.slug, "number": number}
    back, action = url_for("contributions.one", **where), url_for(".submit", **where, part=target.part)
    return About(target, quoted, consultation.theme_by_id(quoted.theme_id), back, action)


def _on_commitment(consultation: ConsultationView, number: int) -> About:
    target, quoted = commentable.commitment(db.session(), consultation, number)
    where: dict[str, Any] = {"slug": consultation.slug, "number": number}
    back, action = url_for("plans.one", **where), url_for(".commitment_submit", **where)
    return About(target, quoted, consultation.theme_by_id(quoted.theme_id), back, action)


def _form(slug: str, about: Callable[[ConsultationView], About]) -> Response:
    """The empty form. The page is kept; only the two keys are each visitor's own."""
    current = guards.find(slug)
    _check_open(current.view)

    def make() -> str:
        on = about(current.view)
        values = {"themes": [on.preset.slug] if on.preset else []}
        return _rendered(current.view, on, values, {}, SUBMISSION_MARK, CSRF_MARK)

    page = page_cache.template_of(current, make)
    response = make_response(page_cache.with_token(page.replace(SUBMISSION_MARK, form_keys.new())))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _submit(slug: str, about: Callable[[ConsultationView], About]) -> Response | BaseResponse:
    consultation = guards.find(slug).view
    _check_open(consultation)
    on = about(consultation)
    typed = CommentForm(consultation, on.preset)
    brought = form_keys.sent()
    valid = typed.validate_on_submit()
    if "redraw" in request.form or not brought.issued or not valid:
        return _again(consultation, on, typed, brought)
    given = typed.given()
    form_keys.promise(codes.folio_of(brought.key))
    try:
        folio = submitting.submit(
            db.session(),
            consultation=consultation,
            target=on.target,
            given=given,
            submission=brought.key,
            held_cause=form_keys.held_cause(consultation, bool(typed.website.data), brought),
            language=language(),
            now=now(),
        ).folio
    except AlreadyReceived as error:
        answers.refused(error)
        folio = submitting.repeated(db.session(), submission=brought.key, given=given, target=on.target).folio
    kept_codes.keep(folio)
    return redirect(url_for("opinions.receipt", slug=slug), 303)


def _check_open(consultation: ConsultationView) -> None:
    if not consultation.window("comment", now()).open:
        raise Closed("El plazo para comentar no está abierto.")


def _again(consultation: ConsultationView, on: About, typed: CommentForm, brought: FormKey) -> Response:
    """The form with all that was typed: to correct it, to send it with a new key, or in another language."""
    redraw = "redraw" in request.form
    errors: dict[str, Any] = {} if redraw else {name: found[0] for name, found in typed.errors.items() if found}
    if not brought.issued and not redraw:
        errors["submission"] = form_keys.expired()
    page = _rendered(consultation, on, typed.values(), errors, brought.again, generate_csrf())
    return make_response(page, 200 if redraw else 422)


def _rendered(
    consultation: ConsultationView,
    on: About,
    values: dict[str, Any],
    errors: dict[str, Any],
    submission: str,
    csrf: str,
) -> str:
    return render_template(
        "comments/form.html",
        consultation=consultation,
        on=on,
        values=values,
        errors=errors,
        submission=submission,
        csrf=csrf,
        limit=BODY_MAX,
        window=consultation.window("comment", now()),
    )
