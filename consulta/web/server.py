"""What gunicorn says of requests in its log, and of itself to whoever asks: nothing that anybody sent, and no name."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger
from gunicorn.http import wsgi


class Discreet(Logger):
    """gunicorn's log without addresses and without what a request said, be it one that could not be read."""

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Log a warning; of a request that could not be read that there was one."""
        if msg.startswith("Invalid request"):
            msg, args = "A request could not be read; it was refused.", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Log a fault with where it was, and without the address that was asked for."""
        if msg.startswith("Error handling request"):
            msg, args = "Error handling request", ()
        super().exception(msg, *args, **kwargs)


def leave_unnamed() -> None:
    """From now on no answer of this process names the server in a ``Server`` header."""
    named = wsgi.Response.default_headers

    def unnamed(response: wsgi.Response) -> list[str]:
        return [line for line in named(response) if not line.startswith("Server:")]

    wsgi.Response.default_headers = unnamed
