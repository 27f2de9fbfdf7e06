"""News that a coordinator writes."""

from __future__ import annotations

import re
import secrets

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict
from consulta.domain.notifications import bulletins, news
from consulta.forms.fields import LINE, Typed
from consulta.web import answers, db, guards, notices
from consulta.web.auth import allow, coordinates
from consulta.web.context import now
from consulta.words.i18n import gettext, localized

bp = Blueprint("bulletins", __name__, url_prefix="/gestion")
TEXT = 4000
KEY = re.compile(r"[0-9a-f]{8}")


@bp.get("/<slug>/noticias")
@allow(coordinates)
def listing(slug: str) -> Response:
    """What was told last, and a form for more."""
    return _page(guards.coordinated(slug), {"mailed": "yes"}, {}, 200)


@bp.post("/<slug>/noticias")
@allow(coordinates)
def publish(slug: str) -> Response | BaseResponse:
    """Publish a piece of news."""
    consultation, typed = guards.changeable(slug), Typed(request.form)
    title = typed.said("title", limit=LINE, missing=gettext("Escriba el título."))
    text = typed.said("text", limit=TEXT, missing=gettext("Escriba la noticia."))
    mailed = typed.one_of("mailed", ("yes", "no"), missing=gettext("Elija a quién se envía."))
    given = typed.text("key", limit=16)
    key = given if KEY.fullmatch(given) else secrets.token_hex(4)
    if typed.errors:
        return _page(consultation, typed.values(), typed.errors, 422)
    try:
        bulletins.publish(
            db.session(),
            consultation,
            key=key,
            title=title,
            text=text,
            mailed=mailed == "yes",
            by=guards.by(consultation),
            now=now(),
        )
    except Conflict as error:
        refusal = answers.refused(error, "title_es")
        again = {name: value for name, value in typed.values().items() if name != "key"}  # sent anew, it is another
        return _page(consultation, again, refusal.errors, refusal.status)
    see = url_for("news.one", slug=slug, key=key)
    notices.tell(gettext("La noticia «%(title)s» quedó publicada.", title=localized(title)), see=see)
    return redirect(url_for(".listing", slug=slug), 303)


def _page(consultation: ConsultationView, values: dict[str, str], errors: dict[str, str], status: int) -> Response:
    return answers.private(
        "news/desk.html",
        status,
        consultation=consultation,
        values={"key": secrets.token_hex(4), **values},
        errors=errors,
        items=news.latest(db.session(), consultation),
    )
