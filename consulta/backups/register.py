"""The register of what authors did since the last copy, so that a restore does it again."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from consulta.config import Settings
from consulta.database.transactions import Database
from consulta.domain.authors import after_restore
from consulta.domain.notifications import news

from .copies import REGISTER, STATE


def register(database: Database, settings: Settings) -> None:
    """Write down what authors did since the last time, so that restoring a copy does not undo it."""
    folder = settings.backups
    folder.mkdir(parents=True, exist_ok=True)
    state = folder / STATE
    read: dict[str, after_restore.Place] = json.loads(state.read_text()) if state.exists() else {}
    before = dict(read)
    with database.session(read_only=True) as db:
        stopped = news.stopped(db)
        acts = [*after_restore.acts_since(db, read), *after_restore.stops(stopped)]
    if acts:
        _cut_back(folder / REGISTER)
        with open(os.open(folder / REGISTER, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as out:
            out.writelines(json.dumps(act) + "\n" for act in acts)
            out.flush()
            os.fsync(out.fileno())
    if read != before:
        _note(settings, read)
    if stopped:
        with database.transaction() as db:
            news.forget_stopped(db, stopped)


def rebase(settings: Settings, places: dict[str, after_restore.Place]) -> None:
    """After a restore, the register goes on from where the copy ended: its own acts again are acts like others."""
    settings.backups.mkdir(parents=True, exist_ok=True)
    _note(settings, places)


def _note(settings: Settings, read: dict[str, after_restore.Place]) -> None:
    state = settings.backups / STATE
    part = state.with_suffix(".part")
    part.write_text(json.dumps(read))
    part.replace(state)


def registered(settings: Settings) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Everything in the register, in its order; and, as *file, line*, what in it is no act, such as half a line that a
    full disk left."""
    path = settings.backups / REGISTER
    acts: list[dict[str, Any]] = []
    unreadable: list[str] = []
    lines = path.read_text(errors="replace").split("\n") if path.exists() else []
    for number, line in enumerate(lines, 1):
        if act := _act(line):
            acts.append(act)
        elif line.strip():
            unreadable.append(f"{path.name}, línea {number}")
    return acts, tuple(unreadable)


def _act(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and found.keys() in after_restore.SHAPES else None


def _cut_back(path: Path) -> None:
    """Take off half a line at the end: how far the logs were read was not noted, so its act is written again."""
    if not path.exists() or (text := path.read_bytes()).endswith(b"\n"):
        return
    with path.open("r+b") as file:
        file.truncate(text.rfind(b"\n") + 1)
