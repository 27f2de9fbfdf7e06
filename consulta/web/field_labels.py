"""What a field is called, read from the templates themselves: a page that shows a form's fields again names them as the
form does, and nobody keeps a second list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import cast

from flask import current_app
from jinja2 import Environment, nodes

from consulta.words.i18n import gettext

MACROS = {"text", "area", "choice", "pick", "file", "check", "both"}
"""Those of ``components/forms.html``: name and label come first."""
SECRET = ("csrf_token", "password", "token")
_WORDS = r'\{\{-? ?_\("((?:[^"\\]|\\.)+)"\) ?-?\}\}'
_SHOWN = (
    re.compile(r'<label[^>]*? for="([^"]+)"[^>]*>\s*' + _WORDS),
    re.compile(r'<legend[^>]*? id="([^"]+)"[^>]*>\s*' + _WORDS),
    re.compile(r'<input type="(?:checkbox|radio)"[^>]*? name="([^"]+)"[^>]*>\s*' + _WORDS),
)
_UNSHOWN = (
    re.compile(r'type="hidden"[^>]*? name="([^"]+)"'),
    re.compile(r'<button[^>]*? name="([^"]+)"'),
)
_TRAP = re.compile(r'name="([^"]+)" tabindex="-1"')
_FILLED = re.compile(r"\{\{.*?\}\}")


def label(name: str) -> str | None:
    """The label of a field in the language of the page; its name if no form has it, ``None`` if nobody fills it in."""
    named, unshown = _known(cast(Environment, current_app.jinja_env))
    for pattern, words in named:
        if pattern.fullmatch(name):
            return gettext(words)
    return None if any(pattern.fullmatch(name) for pattern in unshown) else name


def is_secret(name: str) -> bool:
    """Whether a field is never shown or sent again by us."""
    return any(part in name for part in SECRET)


@cache
def _known(environment: Environment) -> tuple[list[tuple[re.Pattern[str], str]], list[re.Pattern[str]]]:
    """Label by pattern of the name, and the names of what is no field to fill in; from every template, once."""
    named: dict[str, str] = {}
    unshown: set[str] = set()
    traps: set[str] = set()
    for template in sorted(environment.list_templates(extensions=["html"])):  # the same labels in every process
        source = cast(str, environment.loader.get_source(environment, template)[0])  # type: ignore[union-attr]
        for name, words in (*_called(environment, source), *(m for one in _SHOWN for m in one.findall(source))):
            if _FILLED.sub("", name):  # a label whose field is only known when the page is made names nothing here
                named.setdefault(_FILLED.sub("…", name), words.replace("\\", ""))
        unshown |= {_FILLED.sub("…", name) for one in _UNSHOWN for name in one.findall(source) if _FILLED.sub("", name)}
        traps |= set(_TRAP.findall(source))
    shown = [(name, words) for name, words in named.items() if name not in traps]
    plain_first = sorted(shown, key=lambda one: one[0].count("…"))
    return [(_pattern(name), words) for name, words in plain_first], [
        _pattern(name) for name in (unshown | traps) - {*dict(shown)}
    ]


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(".+".join(map(re.escape, name.split("…"))))


def _called(environment: Environment, source: str) -> Iterator[tuple[str, str]]:
    """Name and label of every call of a macro for a field."""
    for call in environment.parse(source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in MACROS and len(call.args) > 1:
            name, words = _name(call.args[0]), _words(call.args[1])
            if name.strip("…") and words:
                yield from (
                    ((f"{name}_es", words), (f"{name}_en", words)) if call.node.name == "both" else ((name, words),)
                )


def _name(node: nodes.Expr) -> str:
    """A name as written; ``…`` for what is only known when the page is made."""
    if isinstance(node, nodes.Const):
        return str(node.value)
    if isinstance(node, nodes.Concat):
        return "".join(_name(part) for part in node.nodes)
    if isinstance(node, nodes.Add):
        return _name(node.left) + _name(node.right)
    return "…"


def _words(node: nodes.Expr) -> str:
    """The message of a label."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "_":
        return _name(node.args[0])
    if isinstance(node, nodes.Concat):
        return next((said for part in node.nodes if (said := _words(part))), "")
    return ""
