"""What is loaded before the workers are forked."""

from __future__ import annotations

from datetime import date

from flask import Flask
from sqlalchemy.orm import Mapper, configure_mappers

from consulta.models.base import Base
from consulta.web import preload
from consulta.words import i18n


def test_every_template_is_compiled_and_kept(app: Flask) -> None:
    count = preload.load(app)
    cache = app.jinja_env.cache
    assert count > 100
    assert cache is not None
    assert {name for _, name in cache} == set(app.jinja_env.list_templates(extensions=("html", "xml")))
    assert count == len(cache), "the cache holds fewer templates than there are: raise its size"


def test_the_tables_are_mapped(app: Flask) -> None:
    preload.load(app)
    configure_mappers()
    mappers: list[Mapper[object]] = list(Base.registry.mappers)
    assert mappers
    assert all(mapper.configured for mapper in mappers)


def test_every_language_can_write_days_at_once(app: Flask) -> None:
    i18n._day.cache_clear()
    preload.load(app)
    loaded = i18n._day.cache_info().misses
    assert loaded == len(i18n.catalogues())
    with app.test_request_context("/?lang=en"):
        assert i18n.day(date(2000, 1, 1)) == "January 1, 2000"
    with app.test_request_context("/"):
        assert i18n.day(date(2000, 1, 1)) == "1 de enero de 2000"
    assert i18n._day.cache_info().misses == loaded
