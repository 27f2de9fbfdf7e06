"""The door without internet, on real devices: nothing is lost, nothing counts twice, and the PIN guards the list."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, BrowserType, Page, Route, expect
from sqlalchemy import func, select

from consulta.domain import codes
from consulta.domain.consultations import reading as consultations
from consulta.domain.forums import registrations
from consulta.domain.forums.registrations import Group, Guest
from consulta.models.forums import AttendanceMark, Forum, Registration
from tests.support.accessibility import check
from tests.support.audits import sound

from .conftest import sign_in

KEY = "foro-de-ejemplo"
DOOR = f"/gestion/demostracion/foros/{KEY}"
PEOPLE = [f"Persona {first}{second}" for first in "ABCDEF" for second in "ABCDEFGHIJ"]
PIN = "271828"


@pytest.fixture(scope="module")
def registered(demo: Flask) -> list[str]:
    """Sixty people on the list of the demonstration's forum; their codes."""
    found: list[str] = []
    for name in PEOPLE:
        with demo.extensions["database"].transaction() as db:
            view = consultations.find(db, "demostracion").view
            found += registrations.register(
                db,
                view,
                KEY,
                Group(guests=(Guest(name),)),
                submission=f"puerta-{name}",
                language="es",
                now=datetime.now(UTC),
            )
    return found


@pytest.fixture
def device(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], address: str, tmp_path: Path
) -> Iterator[Callable[..., BrowserContext]]:
    """A device by its name: closed and opened again, it still has what it kept."""
    made: list[BrowserContext] = []

    def start(name: str, *, offline: bool = False) -> BrowserContext:
        context = browser_type.launch_persistent_context(
            str(tmp_path / name),
            base_url=address,
            viewport={"width": 360, "height": 800},
            locale="es-GT",
            offline=offline,
            **browser_type_launch_args,
        )
        made.append(context)
        return context

    yield start
    for context in made:
        context.close()


def prepared(context: BrowserContext) -> Page:
    """The page of a device that has the list."""
    page = context.new_page()
    sign_in(page, "coordinadora@demostracion.example")
    page.goto(f"{DOOR}/sin-internet")
    page.fill("#pin", PIN)
    page.fill("#pin-again", PIN)
    page.click("#prepare button")
    expect(page.locator("#said")).to_contain_text("Listo", timeout=90_000)
    return page


def unlock(page: Page, pin: str = PIN) -> None:
    """Type the PIN."""
    page.fill("#pin-open", pin)
    page.click("#locked button")


def mark(page: Page, names: list[str]) -> None:
    """Find each by name, without regard to letters, and mark them with one tap."""
    for name in names:
        page.fill("#q", name.upper())
        page.locator("#people .queue-row", has_text=name).get_by_role("button").click()
        expect(page.locator("#people .status:visible")).to_have_count(1)


def walk_in(page: Page, names: list[str]) -> None:
    """Take in people who are not on the list."""
    for name in names:
        page.fill("#name", name)
        page.click("#arrived button")
        expect(page.locator("#code")).to_contain_text(f"{name}: anotado")


def present(demo: Flask) -> list[str]:
    """Who is there, as the server has it."""
    with demo.extensions["database"].session(read_only=True) as db:
        query = select(Registration.name).join(Forum).where(Forum.key == KEY, Registration.present)
        return sorted(db.execute(query).scalars())


def test_two_devices_without_internet(
    demo: Flask, registered: list[str], device: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    first, second = (prepared(device(name)) for name in ("one", "two"))
    check(first)
    for page in (first, second):
        page.context.set_offline(True)
        expect(page.locator("#net")).to_contain_text("Sin internet")
    mark(first, PEOPLE[:15])
    first.reload()
    unlock(first, "000000")
    expect(first.locator("#said")).to_contain_text("Ese no es el PIN")
    expect(first.locator("#left")).to_contain_text("9")
    unlock(first)
    mark(first, PEOPLE[15:30])
    walk_in(first, [f"Llegó {n} al uno" for n in range(5)])
    mark(second, PEOPLE[20:50])
    walk_in(second, [f"Llegó {n} al dos" for n in range(5)])
    first.context.close()
    again = device("one", offline=True).new_page()
    again.goto(f"{DOOR}/puerta")  # the address of the list online leads to the list of the device
    expect(again.locator("#waiting")).to_contain_text("35 marcas sin enviar")
    assert present(demo) == []
    unlock(again)
    expect(again.locator("#count")).to_contain_text("están 35")
    with again.expect_download() as carried:
        again.click("#carry")
    carried.value.save_as(tmp_path / "marcas.json")
    for page in (again, second):
        page.context.set_offline(False)
        expect(page.locator("#waiting")).to_contain_text("Todo está enviado", timeout=90_000)
    arrived = [f"Llegó {n} al {which}" for n in range(5) for which in ("uno", "dos")]
    assert present(demo) == sorted(PEOPLE[:50] + arrived)
    again.goto(f"{DOOR}/puerta")
    again.click("main form button.big")
    again.click("text=Traer las marcas de un aparato")
    again.set_input_files("#file", tmp_path / "marcas.json")
    again.click("text=Traer las marcas >> nth=-1")
    assert "Marcas nuevas: 0. Ya estaban: 35." in again.inner_text("body")
    assert present(demo) == sorted(PEOPLE[:50] + arrived)
    with demo.extensions["database"].session(read_only=True) as db:
        assert db.execute(select(func.count()).select_from(AttendanceMark)).scalar_one() == 70
    sound(demo.extensions["database"], "demostracion")
    assert PEOPLE[0] not in (tmp_path / "marcas.json").read_text()


def test_a_mistake_is_undone_and_a_code_is_found(
    demo: Flask, registered: list[str], device: Callable[..., BrowserContext]
) -> None:
    page = prepared(device("three"))
    page.context.set_offline(True)
    page.fill("#q", f"https://consulta.example/seguimiento#{registered[55].lower()}")
    button = page.locator("#people button")
    button.click()
    expect(button).to_contain_text("Deshacer")
    button.click()
    expect(button).to_contain_text("Está")
    mark(page, [PEOPLE[56]])
    page.context.set_offline(False)
    expect(page.locator("#waiting")).to_contain_text("Todo está enviado", timeout=90_000)
    assert PEOPLE[55] not in present(demo)
    assert PEOPLE[56] in present(demo)
    page.fill("#q", PEOPLE[56])
    button.click()
    expect(button).to_contain_text("Está")
    expect(page.locator("#waiting")).to_contain_text("Todo está enviado", timeout=90_000)
    assert PEOPLE[56] not in present(demo)
    sound(demo.extensions["database"], "demostracion")


KEPT = """async () => {
  const database = await new Promise((resolve) => {
    const asked = indexedDB.open("consulta-door"); asked.onsuccess = () => resolve(asked.result);
  });
  const all = (store) => new Promise((resolve) => {
    const asked = database.transaction(store).objectStore(store).getAll();
    asked.onsuccess = () => resolve(asked.result);
  });
  const plain = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
    ? new TextDecoder("latin1").decode(value)
    : value && typeof value === "object" ? Object.values(value).map(plain).join("|") : String(value);
  return JSON.stringify({ rosters: (await all("rosters")).map(plain), marks: (await all("marks")).map(plain) });
}"""


def test_ten_wrong_pins_take_the_list_and_leave_the_marks(
    demo: Flask, registered: list[str], device: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = prepared(device("four"))
    page.context.set_offline(True)
    mark(page, [PEOPLE[58]])
    walk_in(page, ["Canaria de prueba"])
    kept = page.evaluate(KEPT)
    assert len(json.loads(kept)["rosters"]) == 1
    assert not [name for name in (*PEOPLE, "Canaria", PIN) if name in kept]
    page.click("#lock")
    for left in range(9, 0, -1):
        unlock(page, "1234567")
        expect(page.locator("#left")).to_contain_text(f": {left}.")
    unlock(page, "1234567")
    expect(page.locator("#said")).to_contain_text("la lista se borró de este aparato")
    expect(page.locator("#waiting")).to_contain_text("2 marcas sin enviar")
    assert json.loads(page.evaluate(KEPT))["rosters"] == []
    page.context.set_offline(False)
    expect(page.locator("#waiting")).to_contain_text("Todo está enviado", timeout=90_000)
    assert {PEOPLE[58], "Canaria de prueba"} <= set(present(demo))
    assert json.loads(page.evaluate(KEPT))["marks"] == []


def test_the_list_goes_by_itself(registered: list[str], device: Callable[..., BrowserContext]) -> None:
    page = prepared(device("five"))
    page.evaluate("""async () => {
      const kept = await Vault.get("rosters", "demostracion/foro-de-ejemplo");
      const asked = indexedDB.open("consulta-door");
      await new Promise((resolve) => { asked.onsuccess = resolve; });
      const transaction = asked.result.transaction("rosters", "readwrite");
      transaction.objectStore("rosters").put({ ...kept, wipeAt: Date.now() - 5000 });
      await new Promise((resolve) => { transaction.oncomplete = resolve; });
    }""")
    page.goto(f"{DOOR}/hojas")  # any page of the desk will do
    page.wait_for_function(f"async () => (JSON.parse(await ({KEPT})())).rosters.join().includes('true')")
    page.goto(f"{DOOR}/sin-internet")
    expect(page.locator("#said")).to_contain_text("La lista se borró de este aparato")
    assert json.loads(page.evaluate(KEPT))["rosters"] == []


def test_a_clock_that_is_wrong_takes_no_list(registered: list[str], device: Callable[..., BrowserContext]) -> None:
    page = prepared(device("six"))
    page.evaluate("""async () => {
      const kept = await Vault.get("rosters", "demostracion/foro-de-ejemplo");
      const asked = indexedDB.open("consulta-door");
      await new Promise((resolve) => { asked.onsuccess = resolve; });
      const transaction = asked.result.transaction("rosters", "readwrite");
      transaction.objectStore("rosters").put({ ...kept, skew: 400 * 24 * 3600 * 1000 });
      await new Promise((resolve) => { transaction.oncomplete = resolve; });
    }""")
    page.reload()
    expect(page.locator("#said")).to_contain_text("Según el reloj de este aparato")
    page.context.set_offline(True)
    page.reload()
    unlock(page)
    expect(page.locator("#count")).to_contain_text("están")


@pytest.mark.parametrize("fault", ["error", "silence", "sign-in", "portal"])
def test_the_kept_page_is_there_whatever_answers(
    registered: list[str], device: Callable[..., BrowserContext], fault: str
) -> None:
    page = prepared(device(f"fault-{fault}"))
    if fault == "sign-in":
        page.context.clear_cookies()
    else:
        answers: dict[str, Callable[[Any], None]] = {
            "error": lambda route: route.fulfill(status=502, body="Bad gateway"),
            "silence": lambda route: None,
            "portal": lambda route: route.fulfill(
                status=200, body="<h1>Compre internet</h1>", content_type="text/html"
            ),
        }
        page.context.route("**/gestion/**", answers[fault])
    page.goto(f"{DOOR}/puerta")
    unlock(page)
    mark(page, [PEOPLE[57]])
    expect(page.locator("#last")).to_contain_text(f"{PEOPLE[57]} está")
    expect(page.locator("#here summary")).to_contain_text("Ya están (")
    if fault == "sign-in":
        expect(page.locator("#enter")).to_be_visible()
    page.click("#undo-last")
    expect(page.locator("#last")).to_be_hidden()


def test_a_code_that_is_not_on_the_list_is_kept_for_the_server(
    demo: Flask, registered: list[str], device: Callable[..., BrowserContext]
) -> None:
    page = prepared(device("seven"))
    with demo.extensions["database"].transaction() as db:
        view = consultations.find(db, "demostracion").view
        party = Group(guests=(Guest("Otto Rene Tzoc Caal"),))
        [code] = registrations.register(db, view, KEY, party, submission="tarde", language="es", now=datetime.now(UTC))
    page.context.set_offline(True)
    page.fill("#q", f"Código: {code.replace('-', ' ').lower()}.")
    page.locator("#people").get_by_role("button").click()
    expect(page.locator("#waiting")).to_contain_text("1 marca sin enviar")
    page.context.set_offline(False)
    expect(page.locator("#waiting")).to_contain_text("Todo está enviado", timeout=90_000)
    assert "Otto Rene Tzoc Caal" in present(demo)


def test_a_device_reads_codes_as_the_server_does(device: Callable[..., BrowserContext]) -> None:
    page = device("nine").new_page()
    sign_in(page, "coordinadora@demostracion.example")
    page.goto(f"{DOOR}/sin-internet")
    code = "VMPB-XN23-328C-ECPE"
    spaced, whole = code.replace("-", " "), code.replace("-", "")
    pasted = [
        code,
        code.lower(),
        spaced,
        whole,
        f"Código: {code}",
        f"code {code}",
        f"Mi code {spaced}",
        f"code {spaced} gracias",
        f"https://consulta.example/seguimiento#{whole.lower()}.",
        code.replace("-", " – "),
        code.replace("-", "\u2011"),
        f"\u200b{code[:9]}\u200d{code[9:]}\ufeff",
        "Otto Rene Tzoc Caal",
        "Ana",
        "",
        "0000",
        f"{whole}X",
        f"X{whole}",
        "Vmpb xn23 328c ecpe y ana",
        code.replace("-", "\u00a0"),
        code.replace("3", "3\n"),
        "vmpb-xn23-328c-ecpu",
    ]
    hashes = page.evaluate("async (all) => Promise.all(all.map((one) => Vault.hashOf(one)))", pasted)
    read = [codes.read_folio(one) for one in pasted]
    assert read[:12] == [code] * 12
    assert hashes == [one and codes.sha256(one).hex() for one in read]


def test_two_kept_pages_do_not_take_each_others_files(
    registered: list[str], device: Callable[..., BrowserContext]
) -> None:
    page = prepared(device("eight"))
    page.evaluate("""async () => {
      const other = await caches.open("consulta-door /gestion/demostracion/foros/otro/sin-internet");
      await other.put("/static/door.js?v=antigua", new Response("// of an earlier version"));
      await other.put("/gestion/demostracion/foros/otro/sin-internet", new Response("<p>otro</p>"));
    }""")
    page.reload()
    expect(page.locator("#locked")).to_be_visible()
    page.wait_for_timeout(500)
    assert page.evaluate("async () => Boolean(await caches.match('/static/door.js?v=antigua'))")


def test_without_scripts_there_is_the_list_online(open_context: Callable[..., BrowserContext]) -> None:
    page = open_context(360, scripts=False).new_page()
    sign_in(page, "coordinadora@demostracion.example")
    page.goto(f"{DOOR}/sin-internet")
    assert "Use la lista en línea" in page.inner_text("main")
    page.click("a:text-is('Lista en línea')")
    assert "Abrir la lista" in page.inner_text("main")


def test_what_could_not_be_sent_is_sent_later_by_itself_and_hides_no_other_word(
    demo: Flask, registered: list[str], device: Callable[..., BrowserContext]
) -> None:
    page, refused = prepared(device("ten")), []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        if len(refused) < 3:
            route.abort()
        else:
            route.continue_()

    page.context.route("**/sin-internet/clave", refuse)
    mark(page, [PEOPLE[57]])
    page.click("#lock")
    unlock(page, "000000")
    expect(page.locator("#said")).to_contain_text("Ese no es el PIN")
    expect(page.locator("#waiting")).to_contain_text("Todo está enviado")
    expect(page.locator("#said")).to_contain_text("Ese no es el PIN")
    assert len(refused) >= 3
    assert PEOPLE[57] in present(demo)


# RFC 9180's vector of DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM in base mode, its first message.
VECTOR = {
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "secret": "90345e3a1d116c1dd39ae76d95ab858c142223a63e44f8f85318cfa91a84858e",
    "point": "04c06b4f6bebc7bb495cb797ab753f911aff80aefb86fd8b6fcc35525f3ab5f03e"
    "0b21bd31a86c6048af3cb2d98e0d3bf01da5cc4c39ff5370d331a4f1f7d5a4e0",
    "receiver": "04abc7e49a4c6b3566d77d0304addc6ed0e98512ffccf505e6a8e3eb25c685136f"
    "853148544876de76c0f2ef99cdc3a05ccf5ded7860c7c021238f9e2073d2356c",
    "text": "4265617574792069732074727574682c20747275746820626561757479",
    "aad": "436f756e742d30",
    "sealed": "58c61a45059d0c5704560e9d88b564a8b63f1364b8d1fcb3c4c6ddc1d291742465e902cd216f8908da49f8f96f",
}
SEAL = """async (given) => {
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (two) => parseInt(two, 16));
  const base64 = (data) => btoa(String.fromCharCode(...data));
  const url = (data) => base64(data).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const curve = { name: "ECDH", namedCurve: "P-256" }, point = bytes(given.point);
  const open = { kty: "EC", crv: "P-256", x: url(point.slice(1, 33)), y: url(point.slice(33)) };
  const closed = { ...open, d: url(bytes(given.secret)) };
  const ephemeral = {
    publicKey: await crypto.subtle.importKey("jwk", open, curve, true, []),
    privateKey: await crypto.subtle.importKey("jwk", closed, curve, false, ["deriveBits"]),
  };
  const options = { ephemeral, aad: bytes(given.aad) };
  const sealed = await Hpke.seal(bytes(given.receiver), bytes(given.info), bytes(given.text), options);
  return Array.from(sealed, (byte) => byte.toString(16).padStart(2, "0")).join("");
}"""


def test_a_device_seals_as_the_standard_says(device: Callable[..., BrowserContext]) -> None:
    page = device("eleven").new_page()
    sign_in(page, "coordinadora@demostracion.example")
    page.goto(f"{DOOR}/sin-internet")
    assert page.evaluate(SEAL, VECTOR) == VECTOR["point"] + VECTOR["sealed"]


def test_a_device_of_an_earlier_version_is_told_to_prepare_again_and_loses_nothing(
    demo: Flask, registered: list[str], device: Callable[..., BrowserContext]
) -> None:
    context = device("twelve")
    page = prepared(context)
    context.route("**/sin-internet/marcas", lambda route: route.abort())
    mark(page, [PEOPLE[55]])
    page.evaluate(
        """async (forum) => {
      const database = await new Promise((done) => {
        indexedDB.open("consulta-door").onsuccess = (event) => done(event.target.result);
      });
      const store = database.transaction("rosters", "readwrite").objectStore("rosters");
      await new Promise((done) => {
        store.get(forum).onsuccess = (event) => {
          const { version, ...older } = event.target.result;
          store.put(older).onsuccess = done;
        };
      });
    }""",
        f"demostracion/{KEY}",
    )
    page.reload()
    expect(page.locator("#outdated")).to_be_visible()
    expect(page.locator("#locked")).to_be_visible()
    page.fill("#pin", PIN)
    page.fill("#pin-again", PIN)
    page.click("#prepare button")
    expect(page.locator("#said")).to_contain_text("Listo", timeout=90_000)
    expect(page.locator("#outdated")).to_be_hidden()
    expect(page.locator("#waiting")).to_contain_text("1 marca sin enviar")
    context.unroute("**/sin-internet/marcas")
    page.click("#send")
    expect(page.locator("#waiting")).to_contain_text("Todo está enviado", timeout=90_000)
    assert PEOPLE[55] in present(demo)
