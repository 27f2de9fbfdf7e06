"""What tests do again and again: a consultation of invented data, a browser, staff."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from justhtml import JustHTML
from werkzeug.test import TestResponse

TAG = re.compile(r"<[a-z][^<>]*>")
"""A tag reads as one line to a test, however the template breaks it."""
PASSWORD = "una frase larga para entrar"


class Visitor:
    """A test client that reads forms: every fetched page is parsed strictly as HTML."""

    def __init__(self, app: Flask, slug: str = "prueba") -> None:
        self.app, self.client, self.slug = app, app.test_client(), slug

    def path(self, tail: str) -> str:
        """An address; ``…`` stands for the consultation."""
        return tail.replace("…", f"/consultas/{self.slug}")

    def get(self, path: str, status: int = 200, **kwargs: Any) -> TestResponse:
        """Fetch a page, with its status asserted and its HTML checked."""
        return self._checked(self.client.get(self.path(path), **kwargs), status)

    def post(self, path: str, data: dict[str, Any] | None = None, status: int = 303, **kwargs: Any) -> TestResponse:
        """Post with a valid CSRF token unless ``csrf_token`` is given."""
        data = dict(data or {})
        data.setdefault("csrf_token", self.token())
        return self._checked(self.client.post(self.path(path), data=data, **kwargs), status)

    def token(self) -> str:
        """A CSRF token of this browser's session."""
        return self.hidden(self.client.get("/seguimiento").text, "csrf_token")

    @staticmethod
    def hidden(page: str, name: str) -> str:
        """The value of a hidden field."""
        found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
        assert found, f"no field {name}"
        return found[1]

    def give(self, body: str = "Falta agua en mi colonia.", status: int = 303, **fields: Any) -> TestResponse:
        """Open the form, fill it, send it."""
        page = self.get("…/opinar").text
        fields.setdefault("submission", self.hidden(page, "submission"))
        return self.post("…/opinar", {"csrf_token": self.hidden(page, "csrf_token"), "body": body, **fields}, status)

    def comment(self, on: str, body: str, status: int = 303, **fields: Any) -> TestResponse:
        """Open the form for a comment on what has this address, and send it."""
        page = self.get(f"{on}/comentar").text
        preset = re.findall(r'name="themes" value="([^"]+)" checked', page)
        given = {name: self.hidden(page, name) for name in ("csrf_token", "submission")} | {"themes": preset}
        return self.post(f"{on}/comentar", {**given, "body": body, **fields}, status)

    def folio(self) -> str:
        """The code on the receipt."""
        found = re.search(r'<output id="folio"[^>]*>([^<]+)', self.get("…/comprobante").text)
        assert found
        return found[1]

    def follow(self, folio: str, status: int = 200, **fields: Any) -> TestResponse:
        """Type a code, perhaps with an act."""
        return self.post("/seguimiento", {"folio": folio, **fields}, status)

    def sign_in(self, email: str = "ana@equipo.example", password: str = PASSWORD, status: int = 303) -> TestResponse:
        """Sign in."""
        return self.post("/cuenta/entrar", {"email": email, "password": password}, status)

    def where_it_is(self, done: TestResponse) -> str:
        """The address that the notice after an act leads to with *Ver*."""
        found = re.search(r'<a href="([^"]+)">Ver</a>', self.get(done.headers["Location"]).text)
        assert found, "no notice says where it is"
        return found[1]

    @staticmethod
    def _checked(response: TestResponse, status: int) -> TestResponse:
        assert response.status_code == status, f"{response.status_code}: {response.text[:2000]}"
        if response.mimetype == "text/html" and response.data and status not in (301, 302, 303, 308):
            page = response.get_data(as_text=True)
            JustHTML(page, strict=True)
            _leads_somewhere(page)
            response.set_data(TAG.sub(lambda tag: " ".join(tag[0].split()), page))
        return response


def _leads_somewhere(page: str) -> None:
    """Each link of an error summary leads to something on the page that can be focused."""
    for summary in re.findall(r'<div class="error-summary".*?</div>', page, re.S):
        for name in re.findall(r'href="#([^"]*)"', summary):
            found = re.findall(rf'<([a-z]+)([^<>]*) id="{re.escape(name)}"([^<>]*)>', page)
            assert len(found) == 1, f"{len(found)} things have the id {name}"
            [(tag, before, after)] = found
            typed = tag in ("input", "select", "textarea", "button") and 'type="hidden"' not in before + after
            assert typed or "tabindex" in before + after, f"{tag} {name} cannot be focused"


def fields(page: str) -> dict[str, Any]:
    """The fields of the page's own form as a browser would send them."""
    form = page[page.index("<main") :]
    form = form[form.index('<form method="post"') : form.index("</form>")]
    values = dict(re.findall(r'<input (?:id="[^"]*" )?(?:type="hidden" )?name="([^"]+)"[^>]*?value="([^"]*)"', form))
    values |= dict(re.findall(r'<textarea id="[^"]*" name="([^"]+)"[^>]*>\n([^<]*)</textarea>', form))
    for name, options in re.findall(r'<select id="[^"]*" name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        first = re.search(r'<option value="([^"]*)"', options)
        values[name] = chosen[1] if chosen else first[1] if first else ""
    boxes = re.findall(r'<input type="(?:checkbox|radio)" name="([^"]+)" value="([^"]*)" ?(checked)?', form)
    values |= {name: value for name, value, checked in boxes if checked}
    return {name: value.replace("&#39;", "'").replace("&#34;", '"') for name, value in values.items()}


def filled(page: str) -> dict[str, Any]:
    """The fields of the schedule's form as a browser would send them."""
    form = page[page.index('<form method="post" action="/gestion') :]
    values = dict(re.findall(r'<input (?:id="[^"]*" )?(?:type="hidden" )?name="([^"]+)"[^>]*?value="([^"]*)"', form))
    boxes = re.findall(r'<input type="checkbox" name="([^"]+)" value="1" (checked)?', form)
    for name, _ in boxes:
        values.pop(name, None)
    return values | {name: "1" for name, checked in boxes if checked}
