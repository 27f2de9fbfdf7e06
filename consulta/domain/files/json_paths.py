"""Reading JSON that somebody made: every value by its path, and every wrong path named at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from consulta.domain.errors import Invalid
from consulta.domain.texts import as_sent

One = TypeVar("One")
NAMED = 20


class Node:
    """A value at a path. What is not as it should be is noted in ``faults``, and something of the right kind is given
    instead, so that reading goes on to the end."""

    def __init__(self, value: object, path: str = "", faults: list[str] | None = None) -> None:
        self.value, self.path = value, path
        self.faults: list[str] = [] if faults is None else faults

    def wrong(self, expected: str) -> None:
        """Note that something else stands here."""
        had = f"«{str(self.value)[:40]}»" if isinstance(self.value, str | int | float) else type(self.value).__name__
        self.faults.append(f"{self.path or '$'}: {expected} ({had})")

    def at(self, name: str) -> Node:
        """The value of a name in an object; none: ``None``."""
        if not isinstance(self.value, Mapping):
            return Node(None, f"{self.path}.{name}".lstrip("."), self.faults)
        return Node(self.value.get(name), f"{self.path}.{name}".lstrip("."), self.faults)

    def only(self, *names: str) -> Node:
        """Note every name that is not known, and that this is no object."""
        if not isinstance(self.value, Mapping):
            self.wrong("se esperaba un objeto")
            return self
        for name in self.value:
            if name not in names:
                self.faults.append(f"{self.path}.{str(name)[:40]}".lstrip(".") + ": no se conoce")
        return self

    def text(self, limit: int = 20_000) -> str:
        """A text that says something."""
        found = self.maybe(limit)
        if not found and not self._said():
            self.wrong("falta un texto")
        return found or ""

    def maybe(self, limit: int = 20_000) -> str | None:
        """A text or nothing."""
        if self.value is None:
            return None
        if not isinstance(self.value, str):
            self.wrong("se esperaba un texto")
            return None
        if len(self.value) > limit:
            self.faults.append(f"{self.path}: tiene {len(self.value)} caracteres; caben {limit}")
            return None
        try:
            return as_sent(self.value)
        except Invalid:
            self.wrong("trae un carácter que no se puede guardar")
            return None

    def whole(self) -> int:
        """A whole number."""
        if isinstance(self.value, int) and not isinstance(self.value, bool) and abs(self.value) < 2**31:
            return self.value
        self.wrong("se esperaba un número entero")
        return 0

    def maybe_whole(self) -> int | None:
        """A whole number or nothing."""
        return None if self.value is None else self.whole()

    def flag(self) -> bool:
        """Yes or no."""
        if not isinstance(self.value, bool):
            self.wrong("se esperaba true o false")
        return bool(self.value)

    def one_of(self, *names: str) -> str | None:
        """One of these words, or nothing."""
        found = self.maybe()
        if found is not None and found not in names:
            self.wrong("se esperaba " + " o ".join(names))
        return found if found in names else None

    def each(self, read: Callable[[Node], One], limit: int = 1_000) -> tuple[One, ...]:
        """A list, read one by one."""
        return tuple(read(one) for one in self._items(limit))

    def check(self) -> None:
        """``Invalid`` with every fault, if there are any."""
        if self.faults:
            more = len(self.faults) - NAMED
            said = "; ".join(self.faults[:NAMED]) + (f"; y {more} más" if more > 0 else "")
            raise Invalid("No tiene la forma esperada. %(faults)s", faults=said, field="file")

    def _said(self) -> bool:
        return any(fault.startswith(f"{self.path}:") for fault in self.faults)

    def _items(self, limit: int) -> Iterator[Node]:
        if not isinstance(self.value, list):
            self.wrong("se esperaba una lista")
            return
        if len(self.value) > limit:
            self.faults.append(f"{self.path}: trae {len(self.value)} elementos; caben {limit}")
            return
        for at, one in enumerate(self.value):
            yield Node(one, f"{self.path}[{at}]", self.faults)
