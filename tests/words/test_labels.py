"""Every public enumeration has words, in every language of the interface, and nowhere else."""

from __future__ import annotations

import importlib
import pkgutil
import re
from enum import StrEnum
from pathlib import Path

import pytest
from flask import Flask

import consulta
from consulta.domain import results
from consulta.domain.accounts.answering import Answers
from consulta.domain.audit.places import Place
from consulta.domain.management.today import Need
from consulta.domain.notifications.outbox import Recipient
from consulta.domain.results import figures
from consulta.domain.sheets.advice import Phase
from consulta.domain.sheets.advice.rules import Severity
from consulta.models.accounts import RequestState, RoleChange
from consulta.models.contributions import Kind
from consulta.models.sheets import LineKind
from consulta.words import labels
from consulta.words.i18n import catalogues

INTERNAL = {Recipient, LineKind, Phase, Place, Need, RoleChange, RequestState, Answers}
"""Never shown: whom the outbox writes to, what a line of a stored sheet is, where a sheet stands for its advice, how
the ledger check knows a table, what waits for somebody, what somebody asks for herself and who answers (their words are
sentences of one page)."""
PACKAGE = Path(consulta.__file__).parent


def enumerations() -> set[type[StrEnum]]:
    """All that the package defines."""
    for folder in ("models", "domain"):
        for module in pkgutil.walk_packages([str(PACKAGE / folder)], f"consulta.{folder}."):
            importlib.import_module(module.name)
    return {kind for kind in StrEnum.__subclasses__() if kind.__module__.startswith("consulta.")}


def test_every_public_enumeration_has_its_words() -> None:
    assert enumerations() - INTERNAL == set(labels.ENUMS)


@pytest.mark.parametrize("kind", labels.ENUMS, ids=lambda kind: kind.__name__)
def test_every_member_has_words_in_every_language(kind: type[StrEnum]) -> None:
    for language in catalogues():
        with Flask(__name__).test_request_context(f"/?lang={language}"):
            words = labels.vocabulary(kind.__name__)
            assert set(words) == {member.value for member in kind}
            assert all(text.strip() for text in words.values())


def test_lists_of_codes_have_words_too(app: Flask) -> None:
    with app.test_request_context("/"):
        for name, codes in labels.LISTS.items():
            assert set(labels.vocabulary(name)) == set(codes)


def test_english_says_it_in_english(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        assert labels.label(Kind.PROPOSAL) == "Commitment proposal"
        assert labels.label("gov", "Sector") == "government"


def test_what_has_no_words_is_a_fault(app: Flask) -> None:
    with app.test_request_context("/"), pytest.raises(KeyError):
        labels.label("nada", "Kind")


def test_no_template_names_a_member_by_itself() -> None:
    """A list of words beside the one place would be forgotten by the next member."""
    for path in (PACKAGE / "templates").rglob("*.html"):
        for values in re.findall(r"\{%-? set \w+ = \{(.*?)\} -?%\}", path.read_text("utf-8"), re.S):
            keys = set(re.findall(r'"([\w:-]+)": _\(', values))
            for kind in labels.ENUMS:
                assert len(keys & {member.value for member in kind}) < 2, f"{path}: {kind.__name__}"


def test_the_groups_of_the_figures_are_those_of_the_screen() -> None:
    assert labels.LISTS["Group"] == figures.GROUPS
    assert Severity in labels.ENUMS
    assert results.__name__ == "consulta.domain.results"
