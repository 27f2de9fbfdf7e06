"""The tally: a property test, the same number everywhere, replay for a day, small cells."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.audit import check
from consulta.domain.authors import erasure, rights
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import DomainError
from consulta.domain.moderation import decisions, items
from consulta.domain.results import figures
from consulta.models.contributions import GROUP_OF, Status
from consulta.models.moderation import Verdict
from tests.support.clock import NOW
from tests.support.contributions import submit
from tests.support.people import staff


class Process(RuleBasedStateMachine):
    """Random acts by author and moderator, against a plain model of what each contribution should stand as."""

    database: Database
    view: ConsultationView
    account: int

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[int, tuple[str, str]] = {}

    @initialize()
    def begin(self) -> None:
        with self.database.session(read_only=True) as db:
            self.before = figures.tally(db, self.view, today=self.view.today(NOW))["total"]["opinion"]

    @rule(theme=st.integers(0, 5), trait=st.booleans())
    def submit(self, theme: int, trait: bool) -> None:
        chosen = self.view.themes[theme] if theme < 5 else None
        key = f"{id(self)}-{len(self.model)}"
        receipt = submit(
            self.database,
            self.view,
            "Opinión al azar",
            key,
            theme=chosen,
            department="16" if trait else None,
            gender="woman" if trait else None,
        )
        self.model[receipt.number] = (chosen.slug if chosen else "", "pending")
        self.keys = {**getattr(self, "keys", {}), receipt.number: codes.folio_of(key)}

    @precondition(lambda self: self.model)
    @rule(data=st.data(), publish=st.booleans())
    def decide(self, data: st.DataObject, publish: bool) -> None:
        number = data.draw(st.sampled_from(sorted(self.model)))
        theme, group = self.model[number]
        with self.database.transaction() as db:
            item = items.item(db, self.view, number, account_id=self.account, now=NOW)
            if group in ("withdrawn", "erased"):
                with pytest.raises(DomainError):
                    self._decide(db, number, item.ordinal, publish)
                db.rollback()
                return
            self._decide(db, number, item.ordinal, publish)
        self.model[number] = (theme, "published" if publish else "rejected")

    def _decide(self, db: object, number: int, ordinal: int, publish: bool) -> None:
        decisions.decide(
            db,
            consultation=self.view,
            number=number,
            ordinal=ordinal,
            by=by(db, self.view, self.account),
            now=NOW,
            note=None,  # type: ignore[arg-type]
            verdict=Verdict.PUBLISH if publish else Verdict.REJECT,
            reason_code=None if publish else "off-topic",
        )

    @precondition(lambda self: self.model)
    @rule(data=st.data(), theme=st.integers(0, 5), mention=st.integers(0, 4))
    def classify(self, data: st.DataObject, theme: int, mention: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.model)))
        if self.model[number][1] in ("withdrawn", "erased"):
            return
        chosen = self.view.themes[theme] if theme < 5 else None
        with self.database.transaction() as db:
            item = items.item(db, self.view, number, account_id=self.account, now=NOW)
            decisions.classify(
                db,
                consultation=self.view,
                number=number,
                theme=chosen,
                mentions=[self.view.themes[mention]],
                ordinal=item.ordinal,
                by=by(db, self.view, self.account),
                now=NOW,
            )
        self.model[number] = (chosen.slug if chosen else "", self.model[number][1])

    @precondition(lambda self: self.model)
    @rule(data=st.data(), erase=st.booleans())
    def leave(self, data: st.DataObject, erase: bool) -> None:
        number = data.draw(st.sampled_from(sorted(self.model)))
        theme, group = self.model[number]
        if group in ("withdrawn", "erased"):
            return
        with self.database.transaction() as db:
            (rights.ask_erasure if erase else rights.withdraw)(db, self.keys[number], now=NOW)
        if erase:
            with self.database.transaction() as db:
                erasure.erase(db, now=NOW + timedelta(hours=73))
        self.model[number] = (theme, "erased" if erase else "withdrawn")

    @invariant()
    def the_balance_holds(self) -> None:
        if not hasattr(self, "before"):
            return
        with self.database.session(read_only=True) as db:
            tally = figures.tally(db, self.view, today=self.view.today(NOW))
        assert tally["balanced"]
        mine = Counter(group for _, group in self.model.values())
        for group in figures.GROUPS[1:]:
            assert tally["total"]["opinion"][group] - self.before[group] == mine[group]
        assert tally["total"]["opinion"]["received"] - self.before["received"] == len(self.model)

    def teardown(self) -> None:
        with self.database.session(read_only=True) as db:
            assert check.check(db, self.view.log_id, consultation=self.view).faults == []
            today = self.view.today(NOW)
            now_ = figures.tally(db, self.view, today=today)
            replayed = figures.tally(db, self.view, as_of=today + timedelta(days=4), today=today)
        assert now_["total"] == replayed["total"]
        assert now_["unclassified"] == replayed["unclassified"]


def test_the_balance_holds_after_every_step(database: Database, consultation: ConsultationView) -> None:
    account = staff(database, consultation)
    bound = type("Bound", (Process,), {"database": database, "view": consultation, "account": account})
    run_state_machine_as_test(
        bound,
        settings=settings(
            max_examples=5,
            stateful_step_count=12,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_every_status_belongs_to_one_group_of_the_figures() -> None:
    assert set(GROUP_OF) == set(Status)
    assert set(GROUP_OF.values()) == set(figures.GROUPS[1:])


def test_a_day_in_the_past_is_replayed_from_the_ledger(database: Database, consultation: ConsultationView) -> None:
    yesterday = NOW - timedelta(days=1)
    submit(database, consultation, "La de ayer, sin revisar", "a", now=yesterday)
    submit(database, consultation, "La de hoy, sin revisar", "b", now=NOW)
    with database.session(read_only=True) as db:
        then = figures.tally(db, consultation, as_of=consultation.today(yesterday), today=consultation.today(NOW))
    assert then["total"]["opinion"]["received"] == 1
    assert then["as_of"] == consultation.today(yesterday).isoformat()
