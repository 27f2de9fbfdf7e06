"""The next version of a schedule: one group of fields a stage, and the reason that everybody will read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, FieldList, Form, FormField, IntegerField, StringField, ValidationError

from consulta.domain.consultations.snapshots import ConsultationView, StageView
from consulta.domain.days import read_date
from consulta.domain.management.as_file import stage_data
from consulta.domain.management.schedules import ACTS
from consulta.domain.texts import LINE_MAX, showable
from consulta.words.i18n import gettext

from .fields import YEARS, kept, new_key

MAX_STAGES, TEXT_MAX = 250, 2000
LONG = ("participants", "result", "notes")
_GROUP = re.compile(r"stages-([0-9]{1,9})-(\w+)")


def _text(limit: int = TEXT_MAX) -> StringField:
    def short_enough(_form: Form, field: StringField) -> None:
        if field.data and len(field.data) > limit:
            raise ValidationError(gettext("Es demasiado largo: caben %(most)s letras.", most=limit))

    return StringField(filters=[kept, str.strip], validators=[short_enough])


def _day(value: str) -> date:
    found = read_date(value)
    if found is None or found.year not in YEARS:
        raise ValidationError(gettext("Escriba una fecha como 24/06/2026."))
    return found


class StageForm(Form):
    """One stage. ``key`` is empty for a new one; days are inclusive; ``dates`` are single days inside them."""

    key = StringField()
    number = _text(10)
    title_es, title_en = _text(LINE_MAX), _text(LINE_MAX)
    starts, ends = _text(40), _text(40)
    opinion = BooleanField()
    comment = BooleanField()
    proposal = BooleanField()
    dates = _text()
    participants_es, participants_en = _text(), _text()
    result_es, result_en = _text(), _text()
    notes_es, notes_en = _text(), _text()
    remove = BooleanField()

    def blank(self) -> bool:
        """A new stage in which nothing was typed, or one that is to go."""
        typed = (f.data for f in self if f.short_name not in ("key", "remove"))
        return bool(self.remove.data) or not (self.key.data or any(typed))

    def validate_title_es(self, field: StringField) -> None:
        """Every stage has a name."""
        if not field.data and not self.blank():
            raise ValidationError(gettext("Escriba el nombre de la etapa."))

    def validate_starts(self, field: StringField) -> None:
        """A day."""
        if not self.blank():
            _day(field.data)

    validate_ends = validate_starts

    def validate_dates(self, field: StringField) -> None:
        """Days inside the stage, separated by commas."""
        if self.blank() or not field.data:
            return
        days = [_day(one.strip()) for one in field.data.split(",")]
        first, last = read_date(self.starts.data or ""), read_date(self.ends.data or "")
        if first and last and any(not first <= day <= last for day in days):
            raise ValidationError(gettext("Uno de los días señalados queda fuera de la etapa."))


class Groups(FieldList):
    """A list whose groups bear a number that a page could have given them: any other would end in a fault of ours."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        return (int(match[1]) for name in formdata if (match := _GROUP.fullmatch(name)))


class ScheduleForm(FlaskForm):
    """All stages, why they change, and the version seen."""

    class Meta:
        """The whole application's protection checked the token already."""

        csrf = False

    seen = IntegerField()
    reason_es, reason_en = _text(500), _text(500)
    stages = Groups(FormField(StageForm), max_entries=MAX_STAGES)

    def validate_reason_es(self, field: StringField) -> None:
        """A reason that says something."""
        if len(field.data or "") < 10:
            raise ValidationError(gettext("Escriba por qué cambia, en 10 letras o más: todas las personas lo leerán."))

    def reason(self) -> dict[str, str]:
        """In the languages in which it was given."""
        return _said(self.reason_es.data, self.reason_en.data)

    def positions(self) -> list[int]:
        """Which of the groups typed are stages of the next version."""
        return [index for index, one in enumerate(self.stages) if not one.form.blank()]

    def rows(self, consultation: ConsultationView) -> list[dict[str, Any]]:
        """The stages in the shape of ``consulta/reference/``; what the form does not ask stays as it was."""
        typed = {one.form.key.data: index for index, one in enumerate(self.stages) if one.form.key.data}
        known, kept = {s.key: s for s in consultation.stages}, set(self.positions())
        taken, rows = set(known), []
        self.places: list[int | None] = []  # which group of the form each row comes from
        for stage in consultation.stages:
            index = typed.get(stage.key)
            if index is None:  # one of a long schedule that the form did not show
                rows.append(stage_data(stage))
                self.places.append(None)
            elif index in kept:
                rows.append(_row(self.stages[index].form, stage, stage.key))
                self.places.append(index)
        for index in sorted(kept - {typed[key] for key in typed if key in known}):
            one = self.stages[index].form
            rows.append(_row(one, None, new_key(one.title_es.data or "", taken, "etapa")))
            self.places.append(index)
        return rows

    def problems(self) -> dict[str, str]:
        """Every error under the name of its field."""
        found = {n: e[0] for n, e in self.errors.items() if n not in ("stages", None) and e}
        for index, one in enumerate(self.stages):
            found |= {f"stages-{index}-{n}": e[0] for n, e in one.form.errors.items() if n and e}
        return found


class DraftScheduleForm(ScheduleForm):
    """The stages of what is not published yet: nobody has to be told why they change."""

    def validate_reason_es(self, field: StringField) -> None:
        """None."""


def values_of(stages: Sequence[StageView]) -> list[dict[str, str]]:
    """Stages as the form shows them."""
    return [_values(stage) for stage in stages]


def typed(data: Any) -> list[dict[str, str]]:
    """What was typed, group by group, to stand in the form again."""
    groups: dict[int, dict[str, str]] = {}
    for name, value in data.items():
        match = _GROUP.fullmatch(name)
        if match:
            groups.setdefault(int(match[1]), {})[match[2]] = showable(value, 10_000)
    return [groups[index] for index in sorted(groups)][:MAX_STAGES]


def _values(stage: StageView) -> dict[str, str]:
    values = {
        "key": stage.key,
        "number": stage.number or "",
        "starts": stage.first_day.isoformat(),
        "ends": stage.last_day.isoformat(),
        **{act: "1" if act in stage.opens else "" for act in ACTS},
        "dates": ", ".join(d.isoformat() for d in stage.dates),
    }
    for name in ("title", *LONG):
        said = getattr(stage, name) or {}
        values |= {f"{name}_es": said.get("es", ""), f"{name}_en": said.get("en", "")}
    return values


def _row(one: StageForm, old: StageView | None, key: str) -> dict[str, Any]:
    first, last = _day(one.starts.data or ""), _day(one.ends.data or "")
    days = [_day(d.strip()).isoformat() for d in (one.dates.data or "").split(",") if d.strip()]
    texts = {name: _said(one[f"{name}_es"].data, one[f"{name}_en"].data) or None for name in LONG}
    return {
        "key": key,
        "number": one.number.data or None,
        "parent": old.parent if old else None,
        "title": _said(one.title_es.data, one.title_en.data),
        **texts,
        "theme": old.theme if old else None,
        "source": old.source if old else None,
        "starts": first.isoformat(),
        "ends": last.isoformat(),
        "dates": days or None,
        "opens": [act for act in ACTS if one[act].data],
    }


def _said(spanish: str | None, english: str | None) -> dict[str, str]:
    return {code: text for code, text in (("es", spanish), ("en", english)) if text}


def typed_place(form: ScheduleForm, field: str) -> str:
    """The field as typed of a fault that the domain found: it does not count rows that are blank or to be removed."""
    if not field.startswith("stages-"):
        return field
    _, row, name = field.split("-", 2)
    place = form.places[int(row)]
    return "" if place is None else f"stages-{place}-{name}"
