"""Words of a file as choices of the consultation: by code, letter or name, without regard to accents, case or stops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.texts import sort_key

YES = frozenset({"si", "x", "1", "yes", "y", "s", "verdadero", "true", "cierto", "✓", "✔", "☑"})
NO = frozenset({"", "no", "0", "n", "falso", "false", "☐", "-"})
_STOPS = str.maketrans("", "", ".;:«»\"'’ʼ")


def folded(value: str) -> str:
    """A value as it is compared."""
    return " ".join(sort_key(value.translate(_STOPS)).split())


def flag(value: str) -> bool | None:
    """Whether a word says yes or no; ``None`` for anything else."""
    said = folded(value)
    return True if said in YES else False if said in NO else None


def theme(consultation: ConsultationView, value: str) -> str | None:
    """The slug of the theme that a value names."""
    names = {one.slug: (one.slug, one.letter, *one.name.values()) for one in consultation.themes}
    return _among(value, names)


def choice(consultation: ConsultationView, name: str, value: str) -> str | None:
    """The code of a list's choice that a value names."""
    lists = consultation.lists.get(name, ())
    return _among(value, {one.code: (one.code, *one.label.values()) for one in lists})


def field(consultation: ConsultationView, name: str, value: str) -> str | None:
    """The same, for a field that is a theme or a list."""
    return theme(consultation, value) if name == "theme" else choice(consultation, name, value)


def _among(value: str, names: Mapping[str, Iterable[str]]) -> str | None:
    said = folded(value)
    return next((code for code, words in names.items() if said in {folded(word) for word in words}), None)
