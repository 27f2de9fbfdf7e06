"""What the domain may refuse."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from consulta.domain import errors


def test_values_fill_the_message_and_stay_apart_for_translation() -> None:
    error = errors.Invalid("«%(name)s» no cabe", name="Ñ", field="file")
    assert str(error) == "«Ñ» no cabe"
    assert error.message == "«%(name)s» no cabe"
    assert error.values == {"name": "Ñ"}
    assert error.field == "file"


def test_a_message_without_values_may_hold_a_percent_sign() -> None:
    assert str(errors.Conflict("subió 50 %")) == "subió 50 %"


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        (errors.NotFound, errors.DomainError),
        (errors.NotAllowed, errors.DomainError),
        (errors.Closed, errors.DomainError),
        (errors.Conflict, errors.DomainError),
        (errors.AlreadyReceived, errors.Conflict),
    ],
)
def test_kinds(kind: type[errors.DomainError], parent: type[errors.DomainError]) -> None:
    assert issubclass(kind, parent)
    assert str(kind("no")) == "no"


def test_what_would_be_valid_and_until_when_are_told() -> None:
    until = datetime(2026, 11, 28, tzinfo=UTC)
    assert errors.Malformed("no", valid=("a", "b")).valid == ("a", "b")
    assert errors.TooMany("despacio", until=until).until == until
