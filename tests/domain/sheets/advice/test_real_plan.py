"""The advice on the real plan: rule by rule the places where it was said to trip, and those where the rules find it."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from consulta.domain.sheets.advice import RULES, Phase, Severity, Total, advise, advise_plan, blocking, plan, times
from consulta.domain.sheets.sheet import leaves
from consulta.translations.__main__ import template
from tests.support import sheets

DOCUMENT = Path(__file__).parents[4] / "docs" / "advice.md"
ALL = [str(n) for n in range(1, 23)]
BUT = [n for n in ALL if n not in ("10", "18")]

LISTED: dict[str, tuple[str, ...] | None] = {
    "T01": ("17.3", "18.5"),
    "T02": (),
    "T03": None,
    "T04": None,
    "T05": ("19", "2"),
    "T06": None,
    "T07": ("5.6", "16.5", "17.7a"),
    "T09": None,
    "N01": ("10",),
    "N03": ("22.1", "22.2"),
    "N04": ("17.1", "17.7", "18.2", "18.4", "20.2", "20.6", "22.1", "22.2"),
    "N05": None,
    "N06": ("4",),
    "M01": tuple(BUT),
    "M02": ("12.3", "12.4", "13.2"),
    "M03": ("5.3", "5.6", "9.1", "11.3", "12.3", "12.4", "20.6"),
    "M04": ("9", "16", "20", "4"),
    "M05": ("10",),
    "A01": (),
    "A02": ("4", "12"),
    "A03": ("21",),
    "A05": ("17", "18", "19", "13"),
    "A08": ("17", "18"),
    "A09": None,
    "A11": ("2", "12", "21", "22"),
    "R01": ("6",),
    "R03": tuple(ALL),
    "P01": None,
    "P02": None,
    "P03": ("2", "4", "7", "10", "11"),
    "P04": ("D",),
    "P06": ("4", "6", "11"),
}
"""Where the description of the rules says that the plan trips them; ``None``: it does not say."""

OPEN = {"M02", "M03"}
"""The description names some places and leaves it to the reader to find the rest."""

FOUND: dict[str, str] = {
    "T03": "",
    "T04": "4 9 12 16 21 22",
    "T06": "2.1 2.2 5.7 6.1 6.2 10.2 10.4 10.5 13.2 14.1 14.3 15.1 15.3 15.4 15.5 17.3 17.4 17.7d 18.1 18.2c 18.2d "
    "18.4a 18.4d 18.5 19.1 19.2 19.3 19.4 19.5 19.6 20.5",
    "T09": "5.7 10.5 16.2 16.4 17.2 17.5 17.7a 18.2a 18.4a 18.4e 20.5 22.1c",
    "N05": "5 17",
    "M02": "6.2 7.1 7.2 10.4 11.3 11.4 12.1 12.2 12.3 12.4 13.1 13.2 15.1 15.5 17.1c 17.5 17.6 20.6b 21.2",
    "M03": "5.3 5.6 9.1 11.3 12.3 12.4 17.1 20.2.1 20.6 22.2b 22.2c",
    "M04": "4 5 9 16 17 20",
    "A09": "1.1 3.4 5.4 5.6 5.7 6.2 6.3 8.1 8.2 8.3 8.6 10.1 10.3 10.4 11.1 11.2 11.3 11.4 11.5 11.6 12.1 12.2 12.3 "
    "13.1 13.2 15.1",
    "P01": "plan",
    "P02": "17.1a 17.1b 17.1c 18.4e 18.5 19.2 20.5 21.1 21.2 21.3",
}
"""The complete list, reviewed by eye, where the description gives none or another; else it is the list there."""

DIFFERS = {
    "M03": "20.6 is listed although it only heads five parts. So headings are read as well, which adds 17.1 («Public "
    "disclosure of:»): 11 of the 122 printed rows. Of the 114 rows without further division it is 9.",
    "M04": "5 and 17 repeat the objective as plainly as 16 does (80 and 77 % of the shorter text's words; 16: 88 %). "
    "A limit that spares them would lose 4, which has 70 %.",
}
NOTES = {
    "T03": "The plan does not trip it: nothing starts before August 2016, the month of the approval.",
    "T04": "9 and 21 end in December 2017, exactly six months before.",
    "T06": "First and last month count, as a milestone of one month lasts one: 10.4, 14.3 and 18.4d (January 2017 to "
    "June 2018) have exactly 18.",
    "T09": "Rows without division, each against the one printed above it; the undated headings are passed over.",
    "N05": "Top-level milestones; their parts are not counted (17, 18 and 20 have twelve rows each).",
    "M01": "A number counts if what it counts follows it; articles, decrees, phases and years are names. «three "
    "fundamental principles» (13) counts no thing, «Articles 4, 17 Bis» (17) none either.",
    "M02": "Mechanisms, strategies, processes and services are no things to show, nor is a plan that bears its years "
    "(6.2). Missed by a noun that is there for another reason: 7.4 (directory), 8.3 (publication), 20.2.3 (forums), "
    "20.6e (presentation).",
    "A05": "13 has one person and two telephones.",
    "A09": "By name, acronym or the list of acronyms; «civil society organizations» names nobody.",
    "P01": "22 commitments.",
    "P02": "No milestone of the plan names the earlier commitment. 17.1 counts three times, by its parts.",
    "P03": "2, 4 and 11 by their titles, 4, 7 and 10 by their bodies. The list of institutions tells that the two "
    "languages of 21 name one ministry.",
}


@cache
def found() -> dict[str, list[str]]:
    """The places by rule that the rules find in the plan, in its order."""
    every, period = sheets.sheets(), sheets.PERIOD
    all_ = [one for s in every for one in advise(s, phase=Phase.DRAFT, period=period, glossary=sheets.glossary())]
    totals = [Total("D", (3, 1, 1, 2, 1), 9), Total("E", (30,), 30)]
    all_ += advise_plan(every, contents=sheets.contents(), totals=totals, glossary=sheets.glossary())
    return {rule: list(dict.fromkeys(one.place or "plan" for one in all_ if one.rule == rule)) for rule in RULES}


def expected(rule: str) -> set[str]:
    """The complete list of a rule."""
    return set(FOUND[rule].split()) if rule in FOUND else set(LISTED[rule] or ())


def test_the_unit_is_the_row_without_further_division() -> None:
    assert sum(len(leaves(sheet)) for sheet in sheets.sheets()) == 114
    assert sum(len(sheet.milestones) for sheet in sheets.sheets()) == 122


@pytest.mark.parametrize("rule", LISTED)
def test_what_each_rule_finds_in_the_plan(rule: str) -> None:
    assert set(found()[rule]) == expected(rule)


@pytest.mark.parametrize("rule", LISTED)
def test_every_listed_place_is_found_and_others_are_explained(rule: str) -> None:
    listed = LISTED[rule]
    if listed is not None:
        assert set(listed) <= set(found()[rule])
        assert set(listed) == set(found()[rule]) or rule in OPEN | set(DIFFERS)


def test_every_rule_has_a_list_and_the_other_way_round() -> None:
    assert set(LISTED) == {rule for rule in RULES if not rule.startswith("F")}


def test_people_addresses_and_telephones_are_invented() -> None:
    for sheet in sheets.sheets():
        domains = {line.value.rpartition("@")[2] for line in sheet.emails}
        assert all(".ejemplo." in f".{domain}" or domain == "gmail.com" for domain in domains)
        assert all(line.value.startswith("0000") for line in sheet.phones)


def test_nothing_blocks_a_commitment_of_the_plan_and_in_a_proposal_nothing_is_an_error() -> None:
    for sheet in sheets.sheets():
        assert blocking(sheet) == []
        draft = advise(sheet, phase=Phase.DRAFT, period=sheets.PERIOD)
        proposal = advise(sheet, phase=Phase.PROPOSAL, period=sheets.PERIOD)
        assert [(one.rule, one.place, one.values) for one in draft] == [
            (one.rule, one.place, one.values) for one in proposal
        ]
        assert Severity.ERROR not in {one.severity for one in proposal}
        for one in draft:
            assert one.severity is RULES[one.rule].severity


def test_every_message_is_filled_by_the_values_of_its_findings_and_names_nobody() -> None:
    seen: Counter[str] = Counter()
    for sheet in sheets.sheets():
        private = [line.value for line in (*sheet.persons, *sheet.emails, *sheet.phones)]
        for one in advise(sheet, phase=Phase.DRAFT, period=sheets.PERIOD):
            said = RULES[one.rule].message % one.values + RULES[one.rule].remedy % one.values
            assert not re.search(r"%\(|None", said)
            assert not any(value in said for value in private)
            seen[one.rule] += 1
    assert len(seen) > 20


def test_the_catalogue_has_every_message() -> None:
    known = {message.id for message in template() if message.id}
    assert {text for rule in RULES.values() for text in (rule.message, rule.remedy)} <= known


def test_a_commitment_that_the_contents_forgot_and_one_that_only_they_have() -> None:
    one, other = sheets.sheets()[:2]
    entries = [plan.Entry(1, (one.title or "").title()), plan.Entry(9, "Lost")]
    found_ = advise_plan([one, other], contents=entries)
    assert [(f.rule, f.place, f.field) for f in found_] == [("P03", "2", "title"), ("P03", "9", "title")]
    assert advise_plan([one, other]) == []


def test_months_are_counted_across_years() -> None:
    assert times.months("2017-12", "2018-06") == 6
    assert times.months("2016-08", "2016-08") == 0


def document() -> str:
    """``docs/advice.md``: the check table."""
    lines = [
        "# Advice",
        "",
        "What `domain.sheets.advice` looks for in a proposal or a draft commitment, and what it finds in Guatemala's",
        "plan 2016-2018 (`tests/data/commitments-invented.json`: its texts, with invented people and addresses).",
        "",
        "Severity is that of a draft commitment when the last round closes: an error must be corrected or explained by",
        "the body, a warning asks for a note, an info informs. In a proposal an error is a warning; only F01 to F04",
        "block. What is marked *por definir en la mesa* is an answer in a proposal. Rules read the 114 rows without",
        "further division, but N01 to N06 read the milestones as printed, and M03 every row.",
        "",
        "*Listed* is where the description of the rules says that the plan trips them; … means that it leaves the rest",
        "to be found, – that it names no place. Generated by `tests/domain/sheets/advice/test_real_plan.py`.",
        "",
        "| rule | what it checks | severity | listed | found | n | remark |",
        "|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(row(rule) for rule in RULES), ""])


def row(rule: str) -> str:
    """A line of the check table."""
    listed = LISTED.get(rule)
    said = "–" if listed is None else short(listed, "…" if rule in OPEN else "")
    remark = (f"**differs**: {DIFFERS[rule]} " if rule in DIFFERS else "") + NOTES.get(rule, "")
    cells = (rule, checks(rule), RULES[rule].severity, said, short(found()[rule]), len(found()[rule]), remark.strip())
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def short(places: list[str] | tuple[str, ...], more: str = "") -> str:
    """Places in a cell; the two longest lists by what they leave out."""
    names = {22: "all 22", 20: "all but 10 and 18"}
    by_name = names.get(len(places)) if set(places) in (set(ALL), set(BUT)) else None
    return by_name or (", ".join(places) + (" " + more if more else "") if places else "none")


def checks(rule: str) -> str:
    """What a rule checks: the first lines of its function's docstring, which begins with its id."""
    source = "\n".join(p.read_text("utf-8") for p in sorted(Path(plan.__file__).parent.glob("*.py")))
    match = re.search(rf'"""{rule}: (.+?)"""', source, re.DOTALL)
    assert match, rule
    return " ".join(match[1].split()).replace("``", "`").removesuffix(".")


def test_the_check_table_is_up_to_date() -> None:
    print(document())
    assert DOCUMENT.read_text("utf-8") == document()
