"""The sheet: what a commitment says, whether it is a proposal, a draft or a commitment of a plan.

Fields bear canonical names; ``templates`` places them in the three generations of OGP's template. A sheet is a plain
value: what a document prints, what the advice reads, what a version stores.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

TEXT_MAX = 20_000
"""Characters of one field; OGP sets no limit, the longest of the real plan has 827."""


class Generation(StrEnum):
    """OGP's commitment template: A 2014-2016, B 2017-2021, C since 2021/22."""

    A = "A"
    B = "B"
    C = "C"


class Continuity(StrEnum):
    """Whether what a milestone does is new or goes on from an earlier plan."""

    NEW = "new"
    ONGOING = "ongoing"


class Challenge(StrEnum):
    """OGP's grand challenges, to which generation A asks to assign a commitment."""

    SERVICES = "improving_public_services"
    INTEGRITY = "increasing_public_integrity"
    RESOURCES = "managing_public_resources"
    COMMUNITIES = "creating_safer_communities"
    CORPORATE = "increasing_corporate_accountability"


PROSE = (
    "title",
    "problem",
    "causes",
    "background",
    "objective",
    "action",
    "results",
    "relevance",
    "value_transparency",
    "value_participation",
    "value_accountability",
    "challenge",
    "ambition",
    "context",
    "government",
    "others",
)
"""The fields of running text, each at most ``TEXT_MAX`` characters. ``background``: what has been done so far;
``government`` and ``others``: who supports, from government and from elsewhere, as written."""


@dataclass(frozen=True)
class Line:
    """A line of a cell that lists bodies, persons, posts, addresses or telephones: as written, and what it says.

    ``value``: the name, post, address or number; ``number``: a printed number of the line; ``role``: coordina, enlace…
    """

    text: str
    value: str
    number: int | None = None
    role: str | None = None
    acronym: str | None = None
    honorific: str | None = None
    unit: str | None = None
    extension: str | None = None


@dataclass(frozen=True)
class Contact:
    """A person with post, body, address and telephones, which are private data unless the person's post is public."""

    name: str
    honorific: str | None = None
    unit: str | None = None
    role: str | None = None
    post: str | None = None
    body: str | None = None
    body_role: str | None = None
    email: str | None = None
    phones: tuple[tuple[str, str | None], ...] = ()
    """Number and extension."""


@dataclass(frozen=True)
class Responsible:
    """A body responsible for a milestone: a name or acronym, its units, and ``role`` («support») if it only helps."""

    name: str
    units: tuple[str, ...] = ()
    role: str | None = None


@dataclass(frozen=True)
class Milestone:
    """A *meta* or one of its parts. ``key`` is its stable public identifier within the sheet; ``parent`` the key of the
    milestone it is a part of.

    Months are ``YYYY-MM``; ``start_text`` and ``end_text`` are what was printed. ``mark`` is the printed mark of a part
    («a)»), ``letter`` what it says («a»). ``inherited`` names the fields a part takes over from its parent.
    """

    key: str
    text: str
    parent: str | None = None
    position: int = 1
    number: int | None = None
    number_text: str | None = None
    mark: str | None = None
    letter: str | None = None
    deliverable: str | None = None
    responsible: tuple[str, ...] = ()
    """The lines of the printed cell."""
    parties: tuple[Responsible, ...] = ()
    continuity: Continuity | None = None
    continues: str | None = None
    """The earlier commitment it goes on from: «2014-2016/G7»."""
    start: str | None = None
    end: str | None = None
    start_text: str | None = None
    end_text: str | None = None
    inherited: tuple[str, ...] = ()
    has_parts: bool = False


@dataclass(frozen=True)
class Amendment:
    """A change after approval. ``milestone``: its key if it changed one; ``line``: which line of a list, from 1."""

    footnote: int
    text: str
    day: str
    day_text: str
    field: str
    milestone: str | None
    line: int | None
    path: str
    value: str
    before: str | None
    after: str | None
    approved_by: str


@dataclass(frozen=True)
class Sheet:
    """Everything that a commitment says. Prose is ``None`` where nothing was said.

    ``undecided`` names fields whose value is *por definir en la mesa* (``leads``, ``contacts``, ``dates``), which is a
    valid value in a proposal. ``language`` is that of the text, ``es`` or ``en``.
    """

    title: str | None
    language: str = "es"
    theme: str | None = None
    """Slug of its theme."""
    number: int | None = None
    problem: str | None = None
    causes: str | None = None
    background: str | None = None
    objective: str | None = None
    action: str | None = None
    results: str | None = None
    relevance: str | None = None
    value_transparency: str | None = None
    value_participation: str | None = None
    value_accountability: str | None = None
    challenge: str | None = None
    challenges: tuple[Challenge, ...] = ()
    ambition: str | None = None
    context: str | None = None
    government: str | None = None
    others: str | None = None
    leads: tuple[Line, ...] = ()
    persons: tuple[Line, ...] = ()
    posts: tuple[Line, ...] = ()
    emails: tuple[Line, ...] = ()
    phones: tuple[Line, ...] = ()
    contacts: tuple[Contact, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    notes: tuple[str, ...] = ()
    undecided: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Period:
    """The months of a plan, ``YYYY-MM``; the real one ran from 2016-08 (approved on the 11th) to 2018-06."""

    approved: str
    end: str


def plain(sheet: Sheet) -> dict[str, Any]:
    """Everything it says, as JSON has it."""
    return {**asdict(sheet), "undecided": sorted(sheet.undecided)}


def public(sheet: Sheet) -> Sheet:
    """Without addresses and telephones. Persons and posts stay: who answers for a commitment is public."""
    contacts = tuple(replace(one, email=None, phones=()) for one in sheet.contacts)
    return replace(sheet, emails=(), phones=(), contacts=contacts)


def private(sheet: Sheet) -> dict[str, Any]:
    """The addresses and telephones alone."""
    whole = plain(sheet)
    people = [[one["email"], one["phones"]] for one in whole["contacts"]]
    return {"emails": whole["emails"], "phones": whole["phones"], "contacts": people}


def leaves(sheet: Sheet) -> tuple[Milestone, ...]:
    """The rows without further division, in order."""
    return tuple(one for one in sheet.milestones if not one.has_parts)
