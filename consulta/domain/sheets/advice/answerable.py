"""A, attainable: in OGP's own guidance *answerable*. Whether somebody is named, and can be reached."""

from __future__ import annotations

import re
from collections.abc import Iterator

from consulta.domain.sheets.sheet import Milestone, Sheet, leaves

from . import bodies
from .rules import Case, Check, Hit, Rule, Severity, _
from .words import words_of

CROWD = 4
FREE_MAIL = re.compile(
    r"@(?:gmail|googlemail|hotmail|outlook|live|msn|yahoo|ymail|aol|icloud|me|proton|protonmail|gmx|zoho|mail)"
    r"\.(?:com|es|me|net|com\.\w\w|[a-z]{2})$"
)
"""Providers at which anybody may have an address."""
WRONG_END = re.compile(r"@(?:[\w-]+\.)*(?:gob|com|edu|org|net|mil|ind)\.gt\.[\w.-]+$")
"""A Guatemalan second-level domain is the end of an address; nothing may follow."""


def nobody_named(case: Case) -> Iterator[Hit]:
    """A01: no lead, no person, no address or no telephone; one hit for each that is missing."""
    sheet = case.sheet
    given = {
        "leads": bool(sheet.leads),
        "persons": bool(sheet.persons) or any(one.name for one in sheet.contacts),
        "emails": bool(addresses(sheet)),
        "phones": bool(sheet.phones) or any(one.phones for one in sheet.contacts),
    }
    yield from (Hit(field=name) for name, there in given.items() if not there)


def addresses(sheet: Sheet) -> list[str]:
    """The different e-mail addresses of a sheet, in lower case."""
    found = [line.value for line in sheet.emails] + [one.email or "" for one in sheet.contacts]
    return list(dict.fromkeys(address.strip().lower() for address in found if address.strip()))


def free_mail(case: Case) -> Iterator[Hit]:
    """A02: an address at a provider where anybody may have one. Its person is not named in the diagnostic."""
    for address in addresses(case.sheet):
        if FREE_MAIL.search(address):
            yield Hit(None, {"domain": address.rpartition("@")[2]})


def wrong_domain(case: Case) -> Iterator[Hit]:
    """A03: something follows what ends every Guatemalan address, as in ``gob.gt.com``."""
    for address in addresses(case.sheet):
        if WRONG_END.search(address):
            yield Hit(None, {"domain": address.rpartition("@")[2]})


def uneven_lists(case: Case) -> Iterator[Hit]:
    """A05: there are not as many posts, addresses and telephones as persons; what is empty A01 has said."""
    sheet = case.sheet
    sizes = {name: len(getattr(sheet, name)) for name in ("persons", "posts", "emails", "phones")}
    if sizes["persons"] and len({size for size in sizes.values() if size}) > 1:
        yield Hit(None, dict(sizes))


def crowd(case: Case) -> Iterator[Hit]:
    """A08: more than four responsible persons."""
    n = len(case.sheet.persons) or len({one.name for one in case.sheet.contacts if one.name})
    if n > CROWD:
        yield Hit(None, {"n": n, "most": CROWD})


def stranger(case: Case) -> Iterator[Hit]:
    """A09: a body responsible for a milestone is neither lead nor support of the commitment."""
    sheet, words = case.sheet, words_of(case.sheet.language)
    names = [name for line in sheet.leads for name in (line.value, *bodies.listed(line.value), line.acronym or "")]
    names += bodies.listed(sheet.government) + bodies.listed(sheet.others)
    known = bodies.all_meant(names, words, case.glossary)
    for one in leaves(sheet) if sheet.leads else ():
        missing = [name for name in responsible(one) if not bodies.one_of(name, known, words, case.glossary)]
        if missing:
            yield Hit(one, {"bodies": ", ".join(missing)})


def responsible(one: Milestone) -> list[str]:
    """The bodies responsible for a milestone, whether they were told apart or stand in one cell."""
    return [party.name for party in one.parties] or [name for line in one.responsible for name in bodies.listed(line)]


def no_support(case: Case) -> Iterator[Hit]:
    """A11: no other body of government is named as support."""
    if not (case.sheet.government or "").strip():
        yield Hit()


RULES: tuple[tuple[Rule, Check], ...] = (
    (
        Rule(
            "A01",
            Severity.ERROR,
            "leads",
            _("Este dato falta: sin él nadie sabe a quién preguntar por el compromiso."),
            _("Escríbalo. Si todavía no se sabe, en una propuesta puede marcar «por definir en la mesa»."),
        ),
        nobody_named,
    ),
    (
        Rule(
            "A02",
            Severity.WARNING,
            "emails",
            _("Hay un correo personal (%(domain)s): si la persona deja el cargo, el correo se va con ella."),
            _("Ponga un correo de la institución."),
        ),
        free_mail,
    ),
    (
        Rule(
            "A03",
            Severity.ERROR,
            "emails",
            _("Un correo termina en %(domain)s: después de «.gt» no va nada, así que los mensajes no llegarán."),
            _("Revise cómo termina la dirección; debería terminar en «.gt»."),
        ),
        wrong_domain,
    ),
    (
        Rule(
            "A05",
            Severity.ERROR,
            "persons",
            _("No coinciden: personas, %(persons)s; cargos, %(posts)s; correos, %(emails)s; teléfonos, %(phones)s."),
            _("Escriba para cada persona su cargo, su correo y su teléfono, en el mismo orden."),
        ),
        uneven_lists,
    ),
    (
        Rule(
            "A08",
            Severity.WARNING,
            "persons",
            _("Hay %(n)s personas responsables. Cuando son más de %(most)s, nadie sabe quién responde."),
            _("Nombre a una persona que coordina y deje a las demás como apoyo."),
        ),
        crowd,
    ),
    (
        Rule(
            "A09",
            Severity.WARNING,
            "responsible",
            _("Quien responde por esta meta (%(bodies)s) no está entre los responsables ni entre los que apoyan."),
            _("Agregue a esa institución u organización al compromiso, o revise si su nombre está bien escrito."),
        ),
        stranger,
    ),
    (
        Rule(
            "A11",
            Severity.WARNING,
            "government",
            _("No se nombra ninguna otra institución pública que apoye."),
            _("Escriba qué instituciones ayudarán. Si ninguna hace falta, dígalo."),
        ),
        no_support,
    ),
)
