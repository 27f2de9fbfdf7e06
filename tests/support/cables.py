"""A cable between the application and PostgreSQL that can be pulled, held, and cut at the worst moment."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs


class Cable:
    """Listens on a socket of its own and passes on what comes to the real server, and back.

    ``at_commit``: what becomes of a connection when COMMIT passes by: ``unsent`` (cut before the server sees it),
    ``lost`` (cut after), ``held`` (after, with no answer and no end).
    """

    def __init__(self, url: str, folder: Path) -> None:
        base, _, query = url.partition("?")
        self._server = str(Path(parse_qs(query)["host"][0]) / ".s.PGSQL.5432")
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self._own = str(folder / ".s.PGSQL.5432")
        self.url = f"{base}?host={folder}"
        self.at_commit = ""
        self._held = threading.Event()
        self._doomed: set[socket.socket] = set()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listening: socket.socket | None = None
        self.up()

    def up(self) -> None:
        """Plug it in."""
        self._held.set()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(self._own)
        self._listening.listen(64)
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def pull(self) -> None:
        """Pull it out: every connection breaks, and none can be made."""
        if self._listening is not None:
            Path(self._own).unlink(missing_ok=True)
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None
        self._held.set()
        for pair in self._pairs:
            cut(*pair)

    def hold(self) -> None:
        """From now on nothing passes, and nothing breaks."""
        self._held.clear()

    def let_go(self) -> None:
        """End that."""
        self._held.set()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._server)
            self._pairs.append((client, server))
            for ends in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=(*ends, ends[0] is client), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, to_server: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._held.wait()
                if target in self._doomed:
                    break  # it was carried out, and nobody hears of it
                if to_server and self.at_commit and b"COMMIT\0" in data:
                    what, self.at_commit = self.at_commit, ""
                    if what == "unsent":
                        break
                    if what == "held":
                        self._held.clear()
                    else:
                        self._doomed.add(source)
                target.sendall(data)
        cut(source, target)


def cut(*ends: socket.socket) -> None:
    """End connections."""
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
