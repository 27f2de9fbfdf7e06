"""Copies of everything, encrypted with ``CONSULTA_BACKUP_KEY``, made while the server runs.

A copy is an age file (X25519, authenticated in pieces, so that a damaged or shortened one is refused) of a gzip stream:
a line of JSON, then the database (SQLite: the file itself; PostgreSQL: every table as COPY gives it).
"""

from __future__ import annotations

import io
import json
import os
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.engine import make_url

from consulta.config import Settings
from consulta.database import schema
from consulta.database.transactions import Database
from consulta.domain import heartbeats
from consulta.domain.errors import Invalid

from . import transfer

FORMAT = 1
CHUNK = 1 << 20
KEPT = 14
REGISTER, STATE = "autores.jsonl", "autores.json"


class BackupError(Invalid):
    """A copy cannot be made or taken; one line says why."""


class _Pulled(io.RawIOBase):
    """A generator of bytes as a file to read, for a library that pulls."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.rest = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self.rest:
            piece = next(self.pieces, None)
            if piece is None:
                return 0
            self.rest = memoryview(piece)
        size = min(len(buffer), len(self.rest))
        buffer[:size] = self.rest[:size]
        self.rest = self.rest[size:]
        return size


def new_key() -> str:
    """A key for copies; without it nobody reads them, their owner included."""
    import pyrage

    return str(pyrage.x25519.Identity.generate())


def write(database: Database, settings: Settings, target: Path, *, now: datetime) -> int:
    """Make a copy; its size. It appears under its name only when it is whole."""
    import pyrage

    identity = _identity(settings)
    for folder in (target.parent, settings.instance):
        folder.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            reader = io.BufferedReader(_Pulled(_zipped(_dumped(database, settings.instance, now))), CHUNK)
            pyrage.encrypt_io(reader, out, [identity.to_public()])
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
    except pyrage.EncryptError as error:  # the library's word for whatever went wrong while it pulled
        raise BackupError("%(file)s: no se pudo hacer la copia: %(why)s", file=target.name, why=str(error)) from error
    finally:
        part.unlink(missing_ok=True)
    with database.transaction() as db:
        heartbeats.beat(db, heartbeats.BACKUP, now=now)
    return target.stat().st_size


def rotate(folder: Path) -> None:
    """Keep the fourteen newest daily copies."""
    for old in sorted(folder.glob("consulta-*.age"))[:-KEPT]:
        old.unlink()


def unpack(settings: Settings, source: Path, plain: Path) -> None:
    """Decrypt a copy into ``plain``; ``BackupError`` for what is damaged, foreign, or of another key."""
    import pyrage

    identity = _identity(settings)
    try:
        with source.open("rb") as packed, open(os.open(plain, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            pyrage.decrypt_io(packed, out, [identity])
    except pyrage.DecryptError as error:
        raise BackupError("%(file)s: no es una copia de consulta, o es de otra clave", file=source.name) from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise BackupError("%(file)s: está dañada o incompleta; no se cambió nada", file=source.name) from error


def head(plain: BinaryIO, name: str) -> tuple[dict[str, Any], Iterator[bytes]]:
    """The first line of a decrypted copy, and the bytes that follow it."""
    pieces = _unzipped(plain, name)
    first = b""
    for piece in pieces:
        first += piece
        if b"\n" in first:
            break
    line, _, rest = first.partition(b"\n")
    try:
        found = json.loads(line)
        if found["format"] != FORMAT:
            raise ValueError(found["format"])
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError("%(file)s: no es una copia de consulta", file=name) from error

    def following() -> Iterator[bytes]:
        yield rest
        yield from pieces

    return found, following()


def _identity(settings: Settings) -> Any:
    import pyrage

    if not settings.backup_key:
        raise BackupError("CONSULTA_BACKUP_KEY: hace falta para las copias; «consulta db key» hace una")
    try:
        return pyrage.x25519.Identity.from_str(settings.backup_key)
    except pyrage.IdentityError as error:
        raise BackupError("CONSULTA_BACKUP_KEY: no es una clave que se pueda usar") from error


def _dumped(database: Database, folder: Path, now: datetime) -> Iterator[bytes]:
    dialect = database.write.dialect.name
    said = {"format": FORMAT, "dialect": dialect, "revision": schema.status(database)[0], "made": now.isoformat()}
    yield json.dumps(said).encode() + b"\n"
    yield from _sqlite_file(database, folder) if dialect == "sqlite" else transfer.dump(database)


def _sqlite_file(database: Database, folder: Path) -> Iterator[bytes]:
    """A consistent copy of the file, made in one reading transaction; others go on writing meanwhile."""
    descriptor, name = tempfile.mkstemp(prefix=".copia-", suffix=".db", dir=folder)  # for its owner alone
    os.close(descriptor)
    copy = Path(name)
    try:
        with sqlite3.connect(f"file:{make_url(database.url).database}?mode=ro", uri=True) as source:
            with sqlite3.connect(copy) as made:
                made.execute("PRAGMA journal_mode=OFF")
                made.execute("PRAGMA synchronous=OFF")
                source.backup(made, pages=-1)
            made.close()
        source.close()
        with copy.open("rb") as file:
            while piece := file.read(CHUNK):
                yield piece
    finally:
        copy.unlink(missing_ok=True)


def _zipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1, wbits=31)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()


def _unzipped(file: BinaryIO, name: str) -> Iterator[bytes]:
    opener = zlib.decompressobj(wbits=31)
    try:
        while packed := file.read(CHUNK):
            yield opener.decompress(packed)
    except zlib.error as error:
        raise BackupError("%(file)s: no es una copia de consulta", file=name) from error
    if not opener.eof:
        raise BackupError("%(file)s: está incompleta", file=name)
