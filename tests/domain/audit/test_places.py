"""Every table and column has a place: what somebody changes behind the application is found, or it is said why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import tampering
from consulta.domain.audit.places import COLUMNS, PLACES, Place
from consulta.models.base import Base

PRIVATE = {table for table, (place, _why) in PLACES.items() if place is Place.PRIVATE}


def test_every_table_and_every_column_has_a_place() -> None:
    """A new one has to be given one, and why, before it is merged."""
    tables = {table.name: {column.name for column in table.c} for table in Base.metadata.sorted_tables}
    assert PLACES.keys() == tables.keys()
    for table, columns in COLUMNS.items():
        assert set(columns) <= tables[table], table
    assert not PRIVATE & COLUMNS.keys(), "a private table has no column that is another place's exception"
    for _place, why in PLACES.values():
        assert why


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_cell_of_every_column_is_found_or_it_is_said_why_not(dialect: str, tmp_path: Path) -> None:
    missed = []
    for table, column, how in tampering.all_cells(tmp_path):
        stated = table in PRIVATE or column in COLUMNS.get(table, {}) or column == "id"
        if how == "missed" and not stated:
            missed.append(f"{table}.{column}")
    assert missed == []
