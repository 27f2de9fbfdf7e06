"""The house: who may import whom, sizes, what never occurs, every route declares who may use it."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "consulta"
SOURCES = sorted(PACKAGE.rglob("*.py"))
MAY_NOT = {
    "models": {"domain", "forms", "documents", "blueprints", "cli", "templates", "web", "database", "words", "worker"},
    "domain": {"forms", "documents", "blueprints", "cli", "web", "database", "words", "worker", "backups"},
    "documents": {"forms", "blueprints", "cli", "web", "database"},
    "forms": {"blueprints", "cli", "documents", "database", "web"},
    "cli": {"blueprints", "forms"},
}
WINGS = [
    "errors",
    "days",
    "codes",
    "dialects",
    "texts",
    "places",
    "rows",
    "heartbeats",
    "consultations",
    "files",
    "ledger",
    "notifications",
    "accounts",
    "sheets",
    "plans",
    "organizations",
    "acts",
    "results",
    "forums",
    "attendance",
    "contributions",
    "papers",
    "intake",
    "comments",
    "moderation",
    "proposals",
    "authors",
]
"""An import inside ``domain/`` goes only left."""
ROOF = {"management", "demonstration", "audit"}
"""Imports anything; nothing in ``domain/`` imports it."""
OUTSIDE_DOMAIN = ("flask", "wtforms", "flask_wtf", "flask_login", "werkzeug")


def imports(path: Path) -> set[str]:
    """The absolute names that a module imports."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("layer", MAY_NOT)
def test_the_import_order_holds(layer: str) -> None:
    for path in (PACKAGE / layer).rglob("*.py"):
        reached = {name.split(".")[1] for name in imports(path) if name.startswith("consulta.")}
        assert not reached & MAY_NOT[layer], path
        if layer in ("domain", "models"):
            assert not {name.split(".")[0] for name in imports(path)} & set(OUTSIDE_DOMAIN), path


def test_an_import_goes_only_left() -> None:
    wrong = []
    for path in (PACKAGE / "domain").rglob("*.py"):
        own = path.relative_to(PACKAGE / "domain").with_suffix("").parts[0]
        reached = {name.split(".")[2] for name in imports(path) if name.startswith("consulta.domain.")} - {own}
        if own not in ROOF:
            wrong += [(str(path), w) for w in reached if w in ROOF or WINGS.index(w) > WINGS.index(own)]
    assert not wrong


def test_there_is_no_circle() -> None:
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in SOURCES}
    arrows = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): imports(path) & modules
        for path in SOURCES
    }
    packages = {name.rpartition(".")[0] for name in modules}
    left = {name: {to for to in found if to != name and to not in packages} for name, found in arrows.items()}
    while done := {name for name, found in left.items() if not found & left.keys()}:
        left = {name: found for name, found in left.items() if name not in done}
    assert not {name: sorted(found & left.keys()) for name, found in left.items()}


def test_blueprints_are_apart_and_hold_no_query() -> None:
    for path in (PACKAGE / "blueprints").rglob("*.py"):
        if path != PACKAGE / "blueprints" / "__init__.py":
            own = "consulta.blueprints." + path.parent.name
            reached = {name for name in imports(path) if name.startswith("consulta.blueprints")}
            assert reached <= {own, f"{own}.bp"}, path
        assert not re.search(r"\bselect\(", path.read_text("utf-8")), path


def test_files_and_functions_stay_small() -> None:
    for path in SOURCES:
        text = path.read_text("utf-8")
        assert text.count("\n") <= 300, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 50, f"{path}: {node.name}"
    for path in PACKAGE.glob("templates/**/*.*"):
        text = path.read_text("utf-8")
        assert max(map(len, text.split("\n"))) <= 140, path


def test_public_functions_say_what_they_do() -> None:
    for path in SOURCES:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path}: {node.name}"


def test_what_never_occurs() -> None:
    for path in SOURCES:
        text = path.read_text("utf-8")
        assert not re.search(r"csrf\.exempt|\bpickle\b|shell=True|TODO|FIXME", text), path
        assert "Markup(" not in text or path.name == "markup.py", path
        assert "import bleach" not in text or path.name == "markup.py", path
        built = r'((?<!\w)(?<!typed\.)text|execute|exec_driver_sql)\(\s*f["\']'
        assert not re.search(built, text), f"{path}: SQL built from strings"
    for path in (PACKAGE / "templates").rglob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"\|\s*safe\b|<style|<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", text), path


def test_no_name_of_the_layers_is_a_drawer() -> None:
    assert not [p for p in SOURCES if p.stem in ("utils", "helpers", "common", "misc")]


def test_the_lock_has_hashes_and_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert "--find-links" not in text
        assert "--index-url" not in text
        pinned = re.findall(r"^[a-z0-9._-]+(?:\[.*\])?==", text, re.M)
        assert len(pinned) > 20
        assert text.count("--hash=sha256:") >= len(pinned)


def test_every_route_declares_who_may_use_it(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert hasattr(app.view_functions[rule.endpoint], "rule"), f"{rule} declares nobody"


def test_only_these_routes_take_a_signature_in_the_place_of_a_form_s_token(app: Flask) -> None:
    """A new one is a decision: it has to be added here."""
    signed = {endpoint for endpoint, view in app.view_functions.items() if hasattr(view, "signature")}
    assert signed == {"news.unsubscribe"}


def test_a_route_without_a_rule_is_refused_to_everybody(app: Flask) -> None:
    app.add_url_rule("/olvidada", "forgotten", lambda: "secret")
    assert app.test_client().get("/olvidada").status_code == 403


def test_no_path_of_a_machine_ships() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in listed:
        if name.endswith((".md", ".toml", ".lock", ".html", ".txt")) or name in ("Makefile", ".ci/run"):
            assert not re.search(r"/(home|root|opt|srv|mnt)/", (ROOT / name).read_text("utf-8")), name


def test_a_status_moves_in_one_place() -> None:
    """With its figures, its place in search and its entry: erasure by the author, too."""
    setting = re.compile(
        r"update\((?:table_of\(Contribution\)|Contribution|_C|base|rows|contributions)\)(?:(?!update\().){0,300}?status=",
        re.S,
    )
    where = {str(p.relative_to(PACKAGE)) for p in SOURCES if setting.search(p.read_text("utf-8"))}
    assert where == {"domain/contributions/status.py"}
    moves = {str(p.relative_to(PACKAGE)) for p in SOURCES if "tally.move(" in p.read_text("utf-8")}
    arrivals = {"domain/contributions/admission.py", "domain/contributions/deferred.py"}
    assert moves == {"domain/contributions/status.py"} | arrivals


def test_every_domain_module_is_tested_by_its_own_wing() -> None:
    domain = PACKAGE / "domain"
    for path in sorted(domain.rglob("*.py")):
        parts = path.relative_to(domain).with_suffix("").parts
        if parts[-1] == "__init__" or len(parts) == 1:
            continue
        mine = (ROOT / "tests" / "domain" / parts[0]).rglob("*.py")
        name = ".".join(("consulta", "domain", *parts))
        assert any(name in imports(test) for test in mine), f"no test in tests/domain/{parts[0]} imports {name}"
