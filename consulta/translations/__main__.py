"""``make messages``: bring every catalogue up to date with the source; exits 1 while English lacks a message."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

FOLDER = Path(__file__).parent
PACKAGE = FOLDER.parent
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    **dict.fromkeys(("NotFound", "NotAllowed", "Invalid", "Malformed")),
    **dict.fromkeys(("Closed", "Conflict", "TooMany")),
}
COMPLETE = ("en",)


def template() -> Catalog:
    """Every message of the source, with where it stands."""
    catalog = Catalog(charset="utf-8")
    for path, messages in _messages():
        for message in messages:
            catalog.add(message, locations=[(str(path.relative_to(PACKAGE.parent)), 1)])
    return catalog


def _messages() -> Iterator[tuple[Path, list[str | tuple[str, ...]]]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if FOLDER not in path.parents and PACKAGE / "cli" not in path.parents:
            found = [entry[1] for entry in extract_from_file("python", path, KEYWORDS)]
            if path == PACKAGE / "web" / "errors.py":
                from consulta.web.errors import TITLES

                found += list(TITLES.values())
            if path == PACKAGE / "blueprints" / "authors" / "tracking.py":
                from consulta.blueprints.authors.tracking import ACTS

                found += [words for _, words in ACTS.values()]
            yield path, found
    options = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    for path in sorted((PACKAGE / "templates").rglob("*.*")):
        found = [entry[1] for entry in extract_from_file("jinja2", path, KEYWORDS, options=options)]
        yield path, found


def missing(catalog: Catalog) -> list[str]:
    """The messages without a translation."""
    return [str(m.id) for m in catalog if m.id and not (all(m.string) if isinstance(m.string, tuple) else m.string)]


def main() -> None:
    """Update every catalogue in place."""
    source, incomplete = template(), 0
    for path in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po")):
        language = path.parts[-3]
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
        catalog.update(source, no_fuzzy_matching=True)
        with path.open("wb") as file:
            write_po(
                file, catalog, width=120, omit_header=False, no_location=True, ignore_obsolete=True, sort_output=True
            )
        lacking = missing(catalog)
        print(f"{language}: {len(catalog)} messages, {len(lacking)} without translation")
        for message in lacking:
            print(f"  {message}")
        incomplete += bool(lacking) and language in COMPLETE
    sys.exit(1 if incomplete else 0)


if __name__ == "__main__":
    main()
