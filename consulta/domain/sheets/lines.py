"""What the fields of a sheet say, in lines as they stand in a document.

Lines are printed as they were written. What was read out of a line (a role, an acronym) or is known of a contact
without standing in a line is added, so that a sheet typed into a form is as complete as one that was printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .sheet import Contact, Line, Milestone, Responsible, Sheet
from .templates import CHALLENGES, CONTINUITY, LINES

SPANISH = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)
ENGLISH = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def said(sheet: Sheet, name: str) -> tuple[str, ...]:
    """What a field of the sheet says."""
    if name == "challenges":
        return tuple(CHALLENGES[one] for one in sheet.challenges)
    if name in LINES:
        written: tuple[Line, ...] = getattr(sheet, name)
        printed = [line for one in written for line in _line(one)]
        return (*printed, *_of_contacts(sheet, name, "\n".join(printed)))
    text = tuple((getattr(sheet, name) or "").splitlines())
    if name == "title" and sheet.number is not None:
        return (f"{sheet.number}. {text[0]}" if text else f"{sheet.number}.", *text[1:])
    return text


def _says(text: str, value: str | None) -> bool:
    """Whether a text contains a value as whole words; nothing is contained in everything."""
    wanted = " ".join((value or "").split())
    return not wanted or bool(re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", " ".join(text.split())))


def with_unsaid(text: str, values: Iterable[str | None]) -> tuple[str, ...]:
    """A text, and in brackets the values that it does not say itself."""
    for value in values:
        if value and not _says(text, value):
            text = f"{text} ({value})" if text.strip() else value
    return tuple(text.splitlines())


def _line(one: Line) -> tuple[str, ...]:
    number = None if one.number is None else str(one.number)
    return with_unsaid(one.text, (one.value, number, one.role, one.honorific, one.acronym, one.unit, one.extension))


def _of_contacts(sheet: Sheet, name: str, printed: str) -> list[str]:
    """What is known of the contacts beyond the printed lines; numbered where there are several, to tell whose it is."""
    found: list[str] = []
    for place, contact in enumerate(sheet.contacts, 1):
        for values in _known(contact, name):
            if all(_says("\n".join((printed, *found)), value) for value in values):
                continue
            first, *more = (value for value in values if value)
            more = [f"ext. {value}" for value in more] if name == "phones" else more
            who = f"{place}. " if len(sheet.contacts) > 1 and name != "leads" else ""
            found += [f"{who if n == 0 else ''}{line}" for n, line in enumerate(with_unsaid(first, more))]
    return found


def _known(contact: Contact, name: str) -> list[tuple[str | None, ...]]:
    if name == "phones":
        return list(contact.phones)
    known: dict[str, tuple[str | None, ...]] = {
        "leads": (contact.body, contact.body_role),
        "persons": (contact.name, contact.honorific, contact.unit, contact.role),
        "posts": (contact.post,),
        "emails": (contact.email,),
    }
    return [known[name]]


def of_milestone(one: Milestone, name: str, language: str) -> tuple[str, ...]:
    """What a field of a milestone says; months in the words of ``language``."""
    if name == "responsible":
        printed = [line for text in one.responsible for line in text.splitlines()]
        return (*printed, *(line for party in one.parties for line in _party(party, "\n".join(printed))))
    if name == "continuity":
        return (CONTINUITY[one.continuity],) if one.continuity else ()
    if name == "start":
        return _when(one.start_text, one.start, language)
    if name == "end":
        return _when(one.end_text, one.end, language)
    return tuple((getattr(one, name) or "").splitlines())


def _party(party: Responsible, printed: str) -> tuple[str, ...]:
    values = (party.name, *party.units, party.role)
    if all(_says(printed.casefold(), (value or "").casefold()) for value in values):  # «Support from PDH» says its role
        return ()
    return with_unsaid(party.name, values[1:])


def undated(one: Milestone) -> bool:
    """Whether a milestone has neither a start nor an end."""
    return not (one.start or one.end or one.start_text or one.end_text)


def _when(text: str | None, month: str | None, language: str) -> tuple[str, ...]:
    """A month as it was printed, and in words where what was printed does not say it."""
    printed = tuple((text or "").splitlines())
    if not month or says_month(text or "", month):
        return printed
    return (*printed, month_in_words(month, language))


def says_month(text: str, month: str) -> bool:
    """Whether a text names a month (``YYYY-MM``) in Spanish or English, in full or shortened («Nov. 2016»)."""
    if not MONTH.fullmatch(month):
        return _says(text, month)
    names = (SPANISH[int(month[5:]) - 1], ENGLISH[int(month[5:]) - 1].lower())
    words = re.findall(r"[^\W\d_]{3,}", text.lower())
    return _says(text, month[:4]) and any(name.startswith(word) for word in words for name in names)


def month_in_words(month: str, language: str) -> str:
    """«2016-09» as «septiembre de 2016» or «September 2016»; anything else as it is."""
    if not MONTH.fullmatch(month):
        return month
    year, place = month[:4], int(month[5:]) - 1
    return f"{ENGLISH[place]} {year}" if language == "en" else f"{SPANISH[place]} de {year}"


def number(one: Milestone) -> str:
    """The number or mark of a milestone as printed, else what it would be."""
    if one.parent is not None:  # a part repeats its parent's number
        first = one.mark or (f"{one.letter})" if one.letter else one.number_text or "·")
        values: tuple[str | None, ...] = (one.letter, one.number_text)
    else:
        counted = str(one.position if one.number is None else one.number)
        first, values = one.number_text or f"{counted}.", (counted if one.number is not None else None, one.mark)
        values = (*values, one.letter)
    return " ".join(with_unsaid(first, values))
