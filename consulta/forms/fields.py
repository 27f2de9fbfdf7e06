"""Reading what was typed, field by field: cleaned as every text is, each fault under the name of its field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, time

from email_validator import EmailNotValidError, validate_email

from consulta.domain.days import read_date, read_time
from consulta.domain.errors import Invalid
from consulta.domain.texts import as_sent, showable
from consulta.words.i18n import gettext

YEARS = range(2000, 2101)
LINE, TEXT, PAGE = 200, 4000, 20_000
"""How many letters fit in a line, a text, a whole page."""


@dataclass
class Typed:
    """A form as it was sent. Reading a field notes what is wrong with it; ``values`` shows everything again."""

    data: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def wrong(self, name: str, message: str) -> None:
        """Note the first fault of a field."""
        self.errors.setdefault(name, message)

    def text(self, name: str, *, limit: int = TEXT, missing: str = "") -> str:
        """A text without the spaces around it; ``missing`` is what to say if there is none."""
        try:
            value = kept(self.data.get(name)).strip()
        except ValueError as error:
            self.wrong(name, str(error))
            return ""
        if not value and missing:
            self.wrong(name, missing)
        if len(value) > limit:
            self.wrong(name, gettext("Es demasiado largo: caben %(most)s letras.", most=f"{limit:,}"))
        return value

    def said(self, name: str, *, limit: int = TEXT, missing: str = "") -> dict[str, str]:
        """A text in Spanish (``NAME_es``) and perhaps in English (``NAME_en``)."""
        spanish, english = f"{name}_es", f"{name}_en"
        both = {"es": self.text(spanish, limit=limit, missing=missing), "en": self.text(english, limit=limit)}
        return {code: text for code, text in both.items() if text}

    def day(self, name: str, *, missing: str = "") -> date | None:
        """A day, in one of the forms that are understood."""
        value = self.text(name, limit=40, missing=missing)
        found = read_date(value) if value else None
        if value and (found is None or found.year not in YEARS):
            self.wrong(name, gettext("Escriba una fecha como 24/06/2026."))
        return found

    def clock(self, name: str, *, missing: str = "") -> time | None:
        """A time of day, in one of the forms that are understood."""
        value = self.text(name, limit=40, missing=missing)
        found = read_time(value) if value else None
        if value and found is None:
            self.wrong(name, gettext("Escriba una hora como 8:00 o 14:30."))
        return found

    def whole(self, name: str, least: int, limit: int) -> int:
        """A whole number between two, both included."""
        value = self.text(name, limit=12)
        if not value.isdecimal() or not least <= int(value) <= limit:
            self.wrong(name, gettext("Escriba un número entre %(least)s y %(most)s.", least=least, most=limit))
            return least
        return int(value)

    def one_of(self, name: str, valid: Collection[str], *, missing: str = "") -> str | None:
        """One of a closed list, or nothing."""
        value = self.data.get(name, "")
        if value and value not in valid:
            self.wrong(name, gettext("Elija una de las opciones de la lista."))
            return None
        if not value and missing:
            self.wrong(name, missing)
        return value or None

    def email(self, name: str, *, missing: str = "") -> str | None:
        """An address that mail can reach."""
        value = self.text(name, limit=320, missing=missing)
        try:
            return validate_email(value, check_deliverability=False).normalized if value else None
        except EmailNotValidError:
            self.wrong(name, gettext("Revise el correo: debe tener la forma nombre@ejemplo.org."))
            return None

    def flag(self, name: str) -> bool:
        """Whether a box is checked."""
        return bool(self.data.get(name))

    def groups(self, prefix: str, limit: int) -> list[int]:
        """The numbers of the groups ``PREFIX-N-…`` that were sent, in their order."""
        found = {int(m[1]) for name in self.data if (m := re.fullmatch(rf"{prefix}-(\d{{1,3}})-\w+", name))}
        return sorted(found)[:limit]

    def values(self) -> dict[str, str]:
        """Everything as typed, to stand in the form again."""
        return {name: showable(value, 100_000) for name, value in self.data.items()}


def for_browser(kind: str, value: str) -> str | None:
    """A day or a time (``kind``: ``date``, ``time``) as the browser's own field takes it; empty for nothing; ``None``
    for what it would drop, which is shown as it was typed."""
    if not value.strip():
        return ""
    found = read_date(value) if kind == "date" else read_time(value)
    return None if found is None else found.isoformat() if isinstance(found, date) else f"{found:%H:%M}"


def lines(value: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in as_sent(value).split("\n") if line.strip()]


def new_key(title: str, taken: set[str], fallback: str) -> str:
    """A short name in plain letters that is not taken yet; it is taken then."""
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    base = re.sub(r"[\W_]+", "-", plain).strip("-")[:40].strip("-") or fallback
    key = next(k for n in range(1, 10_000) if (k := base if n == 1 else f"{base}-{n}") not in taken)
    taken.add(key)
    return key


def kept(value: str | None) -> str:
    """A filter for every text field: ``as_sent``, its refusal beside the field.

    A replacement character means that the browser sent bytes that are no text; to keep it would change them in silence.
    """
    try:
        return as_sent((value or "").replace("\ufffd", "\x00"))
    except Invalid as error:
        raise ValueError(gettext(error.message)) from error
