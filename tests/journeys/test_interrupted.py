"""A restore that is killed between any two of its steps, or for which the disk is too small: there is a whole database
in its place afterwards, the old one is never lost, and it can be done again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from consulta import Settings
from consulta.backups import copies, in_use, restoring
from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.audit import check as audit_check
from consulta.domain.authors import rights
from consulta.domain.consultations.snapshots import ConsultationView
from tests.support.clock import NOW
from tests.support.contributions import submit
from tests.support.interruptions import DONE, FAILED, full_after, in_child, killed_at

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@dataclass
class Installation:
    """One whose copy holds one contribution; three more came after it, of which the last are in the WAL only."""

    settings: Settings
    copy: Path
    files: dict[str, bytes]

    @property
    def place(self) -> Path:
        """The database."""
        return Path(self.settings.database_url.removeprefix("sqlite:///"))

    def anew(self) -> None:
        """As it was."""
        for path in self.place.parent.iterdir():
            if path.is_file() and path != self.copy:
                path.unlink()
        for name, data in self.files.items():
            self.place.with_name(name).write_bytes(data)

    def restore(self) -> None:
        """As the command does."""
        restoring.restore(Database(self.settings.database_url), self.settings, self.copy, now=NOW)

    def found(self) -> list[int]:
        """How many contributions are in the database and in those that were set aside; each is sound."""
        with in_use.shared(self.settings):  # as the server begins
            pass
        counts = []
        for path in [self.place, *sorted(self.place.parent.glob(f"{self.place.name}.antes*"))]:
            if path.name.endswith(restoring.WAL):
                continue
            with closing(sqlite3.connect(path)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",), path
                counts.append(int(connection.execute("SELECT count(*) FROM contributions").fetchone()[0]))
        database = Database(self.settings.database_url)
        with database.session(read_only=True) as db:
            assert [r.faults for r in audit_check.check_all(db) if r.faults] == []
        database.dispose()
        left = {path.name for path in self.place.parent.iterdir()}
        assert not [name for name in left if name.startswith((".restaurar", ".copia")) or in_use.BESIDE in name]
        return counts


@pytest.fixture
def installation(
    database: Database, consultation: ConsultationView, settings: Settings, tmp_path: Path
) -> Installation:
    """Ready to be restored."""
    keyed = replace(settings, backup_key=copies.new_key(), database_url=database.url)
    submit(database, consultation, "La primera de todas", "k1")
    copies.write(database, keyed, tmp_path / "uno.age", now=NOW)
    with database.transaction() as db:
        rights.withdraw(db, codes.folio_of("k1"), now=NOW)
    for n in range(2, 5):
        submit(database, consultation, f"Después de la copia, {n}", f"k{n}")
    place = Path(database.url.removeprefix("sqlite:///"))
    files = {path.name: path.read_bytes() for path in (place, place.with_name(f"{place.name}-wal")) if path.exists()}
    database.dispose()
    return Installation(keyed, tmp_path / "uno.age", files)


def holds(installation: Installation, ended: int) -> None:
    """Nothing is lost, whatever happened; and what did not end can be done again."""
    counts = installation.found()
    assert 4 in counts, "what came after the copy is somewhere"
    assert counts[0] == (1 if ended == DONE else counts[0])
    assert counts[0] in (1, 4)
    if counts[0] == 1:
        assert 4 in counts[1:]
    installation.restore()
    counts = installation.found()
    assert counts[0] == 1
    assert 4 in counts[1:]


def test_killed_between_any_two_steps(installation: Installation) -> None:
    folder, ends = installation.place.parent, []
    for step in range(200):
        installation.anew()
        ends.append(in_child(installation.restore, killed_at(step, folder)))
        holds(installation, ends[-1])
        if ends[-1] == DONE:
            break
    assert ends[-1] == DONE
    assert set(ends[:-1]) == {-9}
    assert len(ends) > 8, "every step was one at which it was killed"


@pytest.mark.parametrize("share", [0, 0.001, 0.1, 0.5, 0.9, 0.99, 1.5, 4])
def test_a_disk_that_is_full_at_any_size(
    installation: Installation, share: float, capfd: pytest.CaptureFixture[str]
) -> None:
    size = int(len(installation.files[installation.place.name]) * share)
    ended = in_child(installation.restore, full_after(size))
    assert ended == (DONE if share > 1 else FAILED)
    holds(installation, ended)


def test_twice_at_once_is_once(installation: Installation) -> None:
    def second() -> None:
        with in_use.alone(installation.settings):
            installation.restore()

    assert in_child(second, lambda: None) == FAILED
    assert installation.found() == [4]
