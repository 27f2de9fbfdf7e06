"""The append-only log: bytes, hashes, what is collected and when it is written."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import digests, log
from consulta.domain.ledger.actions import Action

KEYS = st.text(st.characters(max_codepoint=126, min_codepoint=33), min_size=1)
TEXTS = st.text(st.characters(codec="utf-8"))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_the_canonical_form_says_the_same_and_is_one_line(value: Any) -> None:
    text = log.canonical(value)
    assert json.loads(text) == value
    assert "\n" not in text
    assert "\r" not in text


@given(st.dictionaries(KEYS, st.integers(0, 9), max_size=8))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    turned = dict(reversed(value.items()))
    assert log.canonical(turned) == log.canonical(value)
    assert digests.digest(turned) == digests.digest(value)


def test_the_canonical_form_as_rfc_8785_has_it() -> None:
    value = {"b": [True, None, "ñ€\u2028"], "a": {"n": -1, "t": 'x"\\\n\t\x01'}}
    assert log.canonical(value) == '{"a":{"n":-1,"t":"x\\"\\\\\\n\\t\\u0001"},"b":[true,null,"ñ€\u2028"]}'


@pytest.mark.parametrize("value", [1.5, 2**53, -(2**53), {"ñ": 1}, {1: 2}, [1.0], {"a": {"b": 0.1}}])
def test_what_has_no_one_form_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="not an entry"):
        log.canonical(value)


@pytest.mark.parametrize("value", [b"x", date(2026, 1, 1), (1, 2), {1, 2}])
def test_what_json_does_not_know_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="not an entry value"):
        log.canonical(value)


def test_leaves_and_heads_are_those_of_rfc_6962() -> None:
    leaf = hashlib.sha256(b"\x00" + "ñ".encode()).digest()
    assert log.leaf("ñ") == leaf
    assert log.next_head(log.GENESIS, "ñ") == hashlib.sha256(bytes(32) + leaf).digest()


@given(st.binary(min_size=16, max_size=16), TEXTS | st.none() | st.booleans() | st.integers(0, 99) | st.lists(TEXTS))
def test_a_fingerprint_is_an_hmac_of_the_canonical_value(salt: bytes, value: Any) -> None:
    said = log.canonical(value).encode()
    expected = base64.urlsafe_b64encode(hmac.digest(salt, said, "sha256")).decode().rstrip("=")
    assert log.fingerprint(salt, value) == expected
    assert len(expected) == 43


def test_nothing_and_the_word_null_are_two_things() -> None:
    salt = log.new_salt()
    assert len({log.fingerprint(salt, one) for one in (None, "null", "", False, 0, [])}) == 6
    assert log.fingerprint(log.new_salt(), "agua") != log.fingerprint(log.new_salt(), "agua")


def test_an_instant_is_utc_to_the_second() -> None:
    there = datetime(2026, 11, 28, 18, 30, 5, 999_999, tzinfo=timezone(timedelta(hours=-6)))
    assert log.instant(there) == "2026-11-29T00:30:05Z"


def noted(database: Database, consultation: ConsultationView, *subjects: str, when: date | datetime) -> None:
    """Write an entry for each subject, in one transaction."""
    with database.transaction() as db:
        for subject in subjects:
            log.note(
                db, consultation, actor="equipo", action=Action.ACT_PUBLISH, subject=subject, payload={}, recorded=when
            )


def test_entries_are_written_in_order_and_chained(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    with database.session(read_only=True) as db:
        before = log.head(db, consultation.log_id)
    noted(database, consultation, "act/a", "act/b", when=now)
    noted(database, consultation, "act/c", when=date(2026, 11, 28))
    with database.session(read_only=True) as db:
        lines = list(log.entries(db, consultation.log_id, first=before.length + 1))
        head = log.head(db, consultation.log_id)
    assert [line.content["subject"] for line in lines] == ["act/a", "act/b", "act/c"]
    assert [line.position for line in lines] == [before.length + 1, before.length + 2, before.length + 3]
    chained = bytes.fromhex(before.hash)
    for line in lines:
        chained = log.next_head(chained, line.text)
        assert line.head == chained.hex()
        assert log.canonical(line.content) == line.text
    assert head == log.Head(before.length + 3, chained.hex())
    assert lines[0].content["recorded"] == log.instant(now)
    assert lines[2].content["recorded"] == "2026-11-28"
    assert lines[0].content["log"] == consultation.origin


def test_a_stretch_of_entries_forwards_and_backwards(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    noted(database, consultation, *(f"act/{n}" for n in range(6)), when=now)
    with database.session(read_only=True) as db:
        length = log.head(db, consultation.log_id).length
        stretch = [line.position for line in log.entries(db, consultation.log_id, first=2, last=4)]
        backwards = [line.position for line in log.entries(db, consultation.log_id, newest=True)]
    assert stretch == [2, 3, 4]
    assert backwards == list(range(length, 0, -1))


def test_what_was_collected_and_undone_is_never_written(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    with database.session(read_only=True) as db:
        before = log.head(db, consultation.log_id)

    def broken_off() -> None:
        with database.transaction() as db:
            log.note(db, consultation, actor="equipo", action=Action.RECEIVE, subject="x", payload={}, recorded=now)
            raise RuntimeError("broken off")

    with pytest.raises(RuntimeError, match="broken off"):
        broken_off()
    with database.transaction() as db:
        log.note(db, consultation, actor="equipo", action=Action.RECEIVE, subject="x", payload={}, recorded=now)
        log.forget(db)
    with database.transaction() as db:
        log.note(db, consultation, actor="equipo", action=Action.RECEIVE, subject="x", payload={}, recorded=now)
        ((log_id, entry),) = log.collected(db)
        assert (log_id, json.loads(entry)["action"]) == (consultation.log_id, "contribution:receive")
    with database.session(read_only=True) as db:
        assert log.head(db, consultation.log_id) == before


def test_a_new_log_begins_from_nothing(database: Database) -> None:
    with database.transaction() as db:
        made = log.open_log(db, "consulta/nueva")
        assert log.head(db, made.id) == log.Head(0, "00" * 32)
        assert list(log.entries(db, made.id)) == []


def test_an_action_says_subject_and_verb_once() -> None:
    values = [action.value for action in Action]
    assert len(set(values)) == len(values)
    assert all(value.count(":") == 1 and value == value.lower() for value in values)


def test_some_columns_of_a_row_and_their_digest() -> None:
    whole = datetime(2026, 1, 1, tzinfo=UTC)
    assert digests.columns(whole, ("year", "month")) == {"year": 2026, "month": 1}
    assert digests.digest({"b": 1, "a": "ñ"}) == hashlib.sha256('{"a":"ñ","b":1}'.encode()).hexdigest()
