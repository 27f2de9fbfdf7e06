"""Languages: Spanish is the source text, every folder in ``translations/`` is another language of the interface.

Interface language and formatting locale are two things: a language that CLDR lacks formats as ``es_GT``.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask, Response, appcontext_pushed, current_app, has_request_context, request
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from .isolation import isolated
from .markup import own_words

SOURCE = "es"
COOKIE = "lang"
FOLDER = Path(__file__).parent.parent / "translations"
NAMES = {"es": "Español", "en": "English"}


@lru_cache(maxsize=1)
def catalogues() -> dict[str, NullTranslations]:
    """Every catalogue by language, compiled when the process starts, so that none can be stale."""
    found: dict[str, NullTranslations] = {SOURCE: NullTranslations()}
    for path in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po")):
        compiled = BytesIO()
        with path.open("rb") as file:
            write_mo(compiled, read_po(file))
        compiled.seek(0)
        found[path.parts[-3]] = Translations(compiled)
    return found


_spoken: ContextVar[str] = ContextVar("language", default="")
"""Asked hundreds of times a page, so it is kept where it is found fastest; forgotten when the request ends."""


def language() -> str:
    """The interface language of this request: asked for, remembered, or Spanish."""
    return _spoken.get() or (use_language(_chosen()) if has_request_context() else SOURCE)


def use_language(code: str) -> str:
    """Use this language until the request or application context ends; returns it."""
    _spoken.set(code)
    return code


def _chosen() -> str:
    known, asked, remembered = catalogues(), request.args.get("lang", ""), request.cookies.get(_cookie(), "")
    return asked if asked in known else remembered if remembered in known else SOURCE


def gettext(message: str, **values: object) -> str:
    """A message in the interface language, with its values filled in."""
    said = _translated(language(), message)
    return said % values if values else said


@lru_cache(maxsize=4000)
def _translated(code: str, message: str) -> str:
    return catalogues().get(code, catalogues()[SOURCE]).gettext(message) if message else ""


@pass_eval_context
def _in_template(context: EvalContext, message: str, **values: object) -> str:
    """``_`` of the templates: as Jinja's own, but what has no values is neither looked up nor marked twice."""
    said = (_marked if context.autoescape else _translated)(language(), message)
    return said % values if values else said


@lru_cache(maxsize=4000)
def _marked(code: str, message: str) -> Markup:
    return own_words(_translated(code, message))


def ngettext(singular: str, plural: str, n: int, **values: object) -> str:
    """The same for one and many."""
    said = catalogues().get(language(), catalogues()[SOURCE]).ngettext(singular, plural, n)
    return said % {"num": number(n), **values}


def _plural(singular: str, plural: str, n: int) -> str:
    """For templates, which fill in every value but the number themselves."""
    found = catalogues().get(language(), catalogues()[SOURCE]).ngettext(singular, plural, n)
    return found.replace("%(num)s", number(n))


def localized(text: dict[str, str] | None) -> str:
    """A text of a consultation in the interface language, else in Spanish."""
    if not text:
        return ""
    return text.get(language()) or text.get(SOURCE) or "" if len(text) > 1 else text.get(SOURCE, "")


def locale() -> Locale:
    """The formatting locale: the language's own, or that of Guatemala."""
    return _locale(language())


@lru_cache
def _locale(code: str) -> Locale:
    """As in Guatemala for Spanish, and for languages that CLDR does not know, or of which it does not know how they
    write a day: those have the order of nobody's language."""
    try:
        found = Locale.parse("es_GT" if code == SOURCE else code)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("es_GT")
    nobodys = Locale.parse("root").date_formats["long"].pattern
    return Locale.parse("es_GT") if found.date_formats["long"].pattern == nobodys else found


def load_formats() -> None:
    """Read how every language writes days and numbers: megabytes, which processes forked later then share."""
    for code in catalogues():
        _day(date(2000, 1, 1), code, False)
        _group(code)


@lru_cache(maxsize=4000)
def _day(value: date, code: str, short: bool) -> str:
    where = _locale(code)
    if short:
        return format_date(value, "d MMM" if where.language == "es" else "MMM d", locale=where)
    return format_date(value, "long", locale=where)


def day(value: date, *, short: bool = False) -> str:
    """A day in words."""
    return _day(value, language(), short)


def iso_day(value: str) -> str:
    """A day that was kept as text (2026-11-28), in words."""
    return day(date.fromisoformat(value))


@lru_cache(maxsize=1000)
def _month(value: str, code: str) -> str:
    return format_skeleton("yMMMM", date(int(value[:4]), int(value[5:7]), 1), locale=_locale(code))


def month(value: str) -> str:
    """A month (``YYYY-MM``) in words."""
    return _month(value, language())


def months(start: str | None, end: str | None) -> str:
    """From one month to another, in words; empty if neither is known."""
    if start and end and start != end:
        return gettext("de %(first)s a %(last)s", first=month(start), last=month(end))
    if start and not end:
        return gettext("desde %(first)s", first=month(start))
    if end and not start:
        return gettext("hasta %(last)s", last=month(end))
    return month(start) if start else ""


def brief(goal: Any, words: dict[str, str]) -> str:
    """Who is responsible for a milestone, whether it is new, and its months; in one line."""
    who = " · ".join(goal.responsible) or ", ".join(party.name for party in goal.parties)
    said = (who, words.get(goal.continuity.value) if goal.continuity else "", months(goal.start, goal.end))
    return " · ".join(part for part in said if part)


def moment(value: datetime, zone: Any) -> str:
    """A day and time in a zone; only staff pages and dates of the process show times."""
    return format_datetime(value, "d MMM y, HH:mm", tzinfo=zone, locale=locale())


def age(value: timedelta | None) -> str | None:
    """How long ago, in the largest unit that fits."""
    return format_timedelta(-value, add_direction=True, locale=locale()) if value is not None else None


def number(value: int) -> str:
    """A whole number with its group separators."""
    return str(value) if -1000 < value < 1000 else f"{value:,}".replace(",", _group(language()))


@lru_cache
def _group(code: str) -> str:
    return format_decimal(1_000_000, locale=_locale(code))[1]


@dataclass(frozen=True)
class Labels:
    """What a consultation's themes (by row: name and colour slot) and departments (by code) are called."""

    themes: dict[int, tuple[str, int]]
    departments: dict[str, str]


def labels(consultation: Any) -> Labels:
    """The names of a consultation's things in the interface language."""
    code = language()
    themes = {theme.id: (theme.name.get(code) or theme.name[SOURCE], theme.colour) for theme in consultation.themes}
    departments = {
        choice.code: choice.label.get(code) or choice.label[SOURCE]
        for choice in consultation.lists.get("department", ())
    }
    return Labels(themes, departments)


def with_language(code: str) -> str:
    """The query of this page's address in another language."""
    asked = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    return urlencode([*asked[:20], ("lang", code)])


def _cookie() -> str:
    found: str = current_app.extensions.get("language_cookie", COOKIE)
    return found


def init_app(app: Flask, *, cookie: str = COOKIE, secure: bool = False) -> None:
    """Give templates the words, and remember the language once it was chosen, in a cookie of this name."""
    app.extensions["language_cookie"] = cookie
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: gettext(message), _plural, newstyle=True
    )
    app.jinja_env.globals["_"] = _in_template
    app.jinja_env.filters.update(
        localized=lambda text: isolated(localized(text)),
        isolated=lambda text: isolated(text or ""),
        day=day,
        iso_day=iso_day,
        month=month,
        brief=brief,
        number=number,
        moment=moment,
        age=age,
    )
    app.jinja_env.globals.update(
        language=language,
        languages=lambda: sorted(catalogues(), reverse=True),
        language_name=lambda code: NAMES.get(code, code),
        labels=labels,
        with_language=with_language,
    )
    catalogues()

    def begin(_app: Flask) -> None:
        """What somebody before asked for on this thread is nobody's language, even if their end was cut short."""
        _spoken.set("")

    appcontext_pushed.connect(begin, app, weak=False)

    @app.teardown_appcontext
    def forget(_error: BaseException | None) -> None:
        _spoken.set("")

    @app.after_request
    def remember(response: Response) -> Response:
        asked = request.args.get("lang", "")
        if asked in catalogues() and request.cookies.get(cookie) != asked:
            response.set_cookie(cookie, asked, max_age=31_536_000, samesite="Lax", secure=secure, httponly=True)
        return response
