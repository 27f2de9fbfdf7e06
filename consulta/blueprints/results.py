"""The tally in public: tables and charts, and every figure as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask import Blueprint, Response, render_template
from markupsafe import Markup

from consulta.documents import charts, tables
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import reading as contribution_reading
from consulta.domain.contributions.queries import ListedContribution
from consulta.domain.errors import NotFound
from consulta.domain.results import editions, figures
from consulta.domain.results import tally as result_tally
from consulta.domain.results.editions import Edition
from consulta.domain.results.figures import GROUPS, Results
from consulta.domain.results.suppression import HIDDEN
from consulta.web import db
from consulta.web.answers import download
from consulta.web.auth import allow, anyone
from consulta.web.guards import find
from consulta.web.page_cache import head, public_page
from consulta.words.i18n import day, gettext, localized, number
from consulta.words.labels import first_upper, vocabulary
from consulta.words.markup import drawn

bp = Blueprint("results", __name__)
ON_PAGE = tuple(group for group in GROUPS if group != "annulled")
"""What an annulled import brought stands in the files, and in a line of the page."""
FIGURES = ("theme", "kind", "channel", "department", *result_tally.TRAITS, "day")


@bp.get("/consultas/<slug>/resultados")
@allow(anyone)
@public_page
def tally(consultation: ConsultationView) -> str:
    """Everything counted, drawn and in tables."""
    sheet = figures.sheet(db.session(), consultation)
    edition = editions.latest(db.session(), consultation)
    tiles, themes = _tiles(consultation, sheet), _theme_bars(consultation, sheet)
    slots = {t.slug: t.colour for t in consultation.themes}
    return render_template(
        "results/tally.html",
        consultation=consultation,
        sheet=sheet,
        groups=ON_PAGE,
        line=charts.line(sheet.days),
        theme_rows=drawn(charts.bar_rows(themes, number, slots)),
        state_rows=_states(sheet, themes),
        day_rows=drawn(charts.figure_rows((day(one), (number(n),)) for one, n in sheet.days)),
        map=drawn(charts.tile_map(tiles, number)),
        box=charts.box(tiles) if tiles else "",
        department_rows=_departments(consultation, sheet, tiles),
        silent=_silent(consultation, sheet),
        tables=_tables(consultation, sheet, edition),
        edition=edition,
        annulled=sheet.total["annulled"],
        unsaid=sheet.one_way.get("department", {}).get("", {}).get("received", 0),
        head=head(),
    )


@bp.get("/consultas/<slug>/datos")
@allow(anyone)
@public_page
def data(consultation: ConsultationView) -> str:
    """The downloads there are, and what each holds."""
    return render_template("results/data.html", consultation=consultation, figures=FIGURES)


@bp.get("/consultas/<slug>/datos/aportes.csv")
@allow(anyone)
def contributions(slug: str) -> Response:
    """Every published contribution; the download owns its read-only session until its last byte."""
    consultation = find(slug).view
    database = db.database()
    slugs = {t.id: t.slug for t in consultation.themes}

    def body() -> Iterator[bytes]:
        with database.session(read_only=True) as own:
            rows = contribution_reading.stream(own, consultation)
            header = (
                "number",
                "kind",
                "channel",
                "theme",
                "department",
                "week",
                "title",
                "body",
                "name",
                "status",
                "on",
                "part",
                "reply_to",
                "supports",
            )
            yield from tables.rows(
                header,
                (
                    (
                        r.number,
                        r.kind.value,
                        r.channel,
                        slugs.get(r.theme_id or 0, ""),
                        r.department or "",
                        r.week,
                        r.title or "",
                        r.body or "",
                        r.name or "",
                        "published",
                        *_target(consultation, r),
                    )
                    for r in rows
                ),
            )

    return download(body(), consultation, "aportes")


def _target(consultation: ConsultationView, row: ListedContribution) -> tuple[object, ...]:
    """What a comment is on (a theme's slug or a number), on which part, which comment it answers, its supports."""
    if row.on is None:
        return "", "", "", ""
    theme = consultation.theme_by_id(row.on.theme_id)
    return theme.slug if theme else row.on.number, row.on.part or "", row.on.parent or "", row.supports


@bp.get("/consultas/<slug>/datos/<figure>.csv")
@allow(anyone)
def figure(slug: str, figure: str) -> Response:
    """One figure as a file; cells of 1 to 4 of a trait are hidden as on the page."""
    consultation = find(slug).view
    if figure not in FIGURES:
        raise NotFound("No hay un archivo con ese nombre.")
    if figure in result_tally.TRAITS:
        rows = _trait_rows(editions.latest(db.session(), consultation), figure)
        return download(tables.rows((figure, "received", "published_on"), rows), consultation, figure)
    sheet = figures.sheet(db.session(), consultation)
    return download(tables.rows(*_figure_rows(consultation, sheet, figure)), consultation, figure)


def _trait_rows(edition: Edition | None, figure: str) -> list[tuple[object, ...]]:
    """A trait as it was published last, with its total; nothing before the first edition."""
    if edition is None:
        return []
    day = edition.made_on.isoformat()
    return [*((key, n, day) for key, n in edition.tables[figure].items()), ("total", edition.total, day)]


def _figure_rows(
    consultation: ConsultationView, sheet: Results, figure: str
) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    if figure == "day":
        return ("day", "received"), [(day.isoformat(), n) for day, n in sheet.days]
    if figure == "theme":
        return ("theme", *GROUPS, "mentions"), [
            (slug, *(sheet.themes[slug][g] for g in GROUPS if slug in sheet.themes), sheet.mentions.get(slug, 0))
            if slug in sheet.themes
            else (slug, *(0 for _ in GROUPS), 0)
            for slug in [t.slug for t in consultation.themes] + [""]
        ]
    if figure == "kind":
        rows = [(kind, *(group[g] for g in GROUPS)) for kind, group in sheet.kinds.items()]
        return ("kind", *GROUPS), [*rows, ("total", *(sheet.total[g] for g in GROUPS))]
    none = dict.fromkeys(GROUPS, 0)
    counted = {"": none, **sheet.one_way.get(figure, {})} if figure == "department" else sheet.one_way.get(figure, {})
    return (figure, *GROUPS), [
        *((key, *(group[g] for g in GROUPS)) for key, group in counted.items()),
        ("total", *(sheet.total[g] for g in GROUPS)),
    ]


def _theme_bars(consultation: ConsultationView, sheet: Results) -> list[charts.Bar]:
    rows: list[tuple[str, str, int | str]] = [
        (t.slug, localized(t.name), sheet.themes.get(t.slug, {}).get("received", 0)) for t in consultation.themes
    ]
    return charts.bars([*rows, ("", gettext("Sin tema todavía"), sheet.themes.get("", {}).get("received", 0))])


def _states(sheet: Results, themes: list[charts.Bar]) -> Markup:
    """By theme: in each state, and how often it was also spoken of."""
    none = dict.fromkeys(ON_PAGE, 0)
    counted = ((bar, sheet.themes.get(bar.key, none)) for bar in themes)
    rows = ((bar.label, [*(number(n[g]) for g in ON_PAGE), number(sheet.mentions[bar.key])]) for bar, n in counted)
    return drawn(charts.figure_rows(rows))


def _departments(consultation: ConsultationView, sheet: Results, tiles: list[charts.Tile]) -> Markup:
    """By department, the most first: received, and per 100,000 inhabitants; then those who did not say it, and all."""
    counted, mapped = sheet.one_way.get("department", {}), {tile.code for tile in tiles}
    rows = [(tile.label, (number(tile.n), tile.rate)) for tile in sorted(tiles, key=lambda tile: -tile.n)]
    for choice in consultation.lists.get("department", ()):
        n = counted.get(choice.code, {}).get("received", 0)
        rows += [(localized(choice.label), (number(n), "—"))] if choice.code not in mapped and n else []
    rows.append((gettext("No lo dijo"), (number(counted.get("", {}).get("received", 0)), "—")))
    return drawn(charts.figure_rows([*rows, (gettext("Total"), (number(sheet.total["received"]), "—"))]))


def _tables(consultation: ConsultationView, sheet: Results, edition: Edition | None) -> list[tuple[str, str, Markup]]:
    """The one-way tables: file name, heading, rows with their total. A hidden cell has a mark and no length."""
    kinds = {kind: group["received"] for kind, group in sheet.kinds.items()}
    channels = {key: group["received"] for key, group in sheet.one_way.get("channel", {}).items()}
    total = sheet.total["received"]
    found: list[tuple[str, str, list[charts.Bar], int]] = [
        ("kind", gettext("Por tipo de aporte"), _bars(consultation, "kind", kinds), total),
        ("channel", gettext("Por dónde llegaron"), _bars(consultation, "channel", channels), total),
    ]
    headings = {
        "taking_part_as": gettext("Participan como"),
        "age_group": gettext("Por edad"),
        "gender": gettext("Por género"),
        "language": gettext("Por idioma de la persona"),
    }
    if edition is not None:
        found += [
            (name, heading, _bars(consultation, name, edition.tables[name]), edition.total)
            for name, heading in headings.items()
        ]
    all_of_it = gettext("Total")
    return [
        (name, heading, drawn(charts.bar_rows([*rows, charts.Bar(all_of_it, counted, 0)], number)))
        for name, heading, rows, counted in found
    ]


def _bars(consultation: ConsultationView, name: str, counted: Mapping[str, int | str]) -> list[charts.Bar]:
    named = {"channel": "Channel", "kind": "Kind"}.get(name)
    words = {"": gettext("No lo dijo"), **(vocabulary(named) if named else {})}
    rows: list[tuple[str, str, int | str]] = []
    for key, n in counted.items():
        choice = consultation.choice(name, key)
        said = gettext("oculto") if n == HIDDEN else n
        rows.append((key, localized(choice.label) if choice else first_upper(words.get(key, key)), said))
    return charts.bars(
        sorted(rows, key=lambda row: (row[0] == "", -(row[2] if isinstance(row[2], int) else 4), row[1]))
    )


def _tiles(consultation: ConsultationView, sheet: Results) -> list[charts.Tile]:
    """A tile per department: received, and per 100,000 inhabitants (census of 2018), which gives the shade."""
    counted = sheet.one_way.get("department", {})
    rows = [
        (c, counted.get(c.code, {}).get("received", 0), c.population or 0)
        for c in consultation.lists.get("department", ())
        if c.tile
    ]
    rates = {c.code: 100_000 * n / people for c, n, people in rows if people}
    highest = max(rates.values(), default=0.0) or 1.0
    return [
        charts.Tile(
            c.code,
            localized(c.label),
            charts.short(localized(c.label)),
            c.tile[0] * charts.TILE,
            c.tile[1] * charts.TILE,
            n,
            rates.get(c.code),
            charts.shade(rates.get(c.code, 0.0), highest),
        )
        for c, n, _people in rows
        if c.tile
    ]


def _silent(consultation: ConsultationView, sheet: Results) -> list[str]:
    counted = sheet.one_way.get("department", {})
    return [
        localized(c.label)
        for c in consultation.lists.get("department", ())
        if c.population and not counted.get(c.code, {}).get("received")
    ]
