"""The press: each document once, one at a time, within limits, for as many as ask."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from pypdf import PdfReader

from consulta.documents import posters, press, setting
from consulta.documents.press import Busy, Press
from consulta.documents.setting import Manuscript

PATIENCE = 120


def manuscript(title: str = "Consulta") -> Manuscript:
    """A poster with this title."""
    described = {
        "call": "Opine",
        "hint": "",
        "address": "consulta.example",
        "closing": "",
        "demo": "",
        "language": "es",
    }
    return posters.poster(posters.describe(title=title, themes=[], qr=["1"], **described))


@pytest.fixture
def shop(tmp_path: Path) -> Press:
    """A press of its own."""
    return Press(tmp_path / "made", patience=PATIENCE)


def rested(shop: Press) -> None:
    """Wait until nobody works at it any more."""
    while setting.in_line(shop.folder):
        time.sleep(0.05)
    for _ in range(1200):
        with setting.held(shop.folder) as free:
            if free:
                return
        time.sleep(0.05)
    raise AssertionError("still at work")


def test_a_document_is_set_once_and_kept(shop: Press) -> None:
    path = shop.take(manuscript())
    first = path.stat()
    assert "consulta.example" in "".join(PdfReader(path).pages[0].extract_text().split())
    assert shop.take(manuscript()) == path
    assert path.stat().st_mtime_ns == first.st_mtime_ns
    assert first.st_mode & 0o077 == 0, "for nobody else on the machine"
    assert shop.take(manuscript("Otra")) != path


@pytest.mark.parametrize("form", ["sheets.docx", "minutes.docx"])
def test_what_is_written_is_as_if_set_here(shop: Press, form: str) -> None:
    names = ("title", "consultation", "voices_heading", "source", "demo", "language")
    data = dict.fromkeys(names, "es") | {"facts": [], "parts": [["", "Dicho."]], "voices": [], "sheets": []}
    found = shop.take(Manuscript(form, json.dumps(data)))
    assert found.read_bytes()[:4] == b"PK\x03\x04"


def test_twenty_who_ask_at_once_get_the_same_from_one_process(tmp_path: Path) -> None:
    shops = [Press(tmp_path / "made", patience=PATIENCE) for _ in range(10)]
    got: list[object] = []

    def ask(shop: Press) -> None:
        try:
            got.append(shop.take(manuscript()).read_bytes())
        except Exception as error:
            got.append(error)

    threads = [threading.Thread(target=ask, args=(shops[n // 2],)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 20
    assert {type(one) for one in got} == {bytes}, got
    assert len(set(got)) == 1
    assert [path.name for path in (tmp_path / "made").iterdir() if path.name != "lock"] == [manuscript().key]


def test_no_more_than_two_threads_of_a_server_stand_waiting(shop: Press) -> None:
    shop.folder.mkdir(parents=True)
    with setting.held(shop.folder) as ours:  # the press is at something long
        assert ours
        shop.patience = 3600
        waiting = [threading.Thread(target=lambda n=n: shop.take(manuscript(f"{n}")), daemon=True) for n in range(2)]
        for thread in waiting:
            thread.start()
        while len(setting.in_line(shop.folder)) < 2 or shop._places.acquire(blocking=False):
            time.sleep(0.01)
        with pytest.raises(Busy) as busy:
            shop.take(manuscript("tercero"))
        assert busy.value.seconds <= 10
        assert len(setting.in_line(shop.folder)) == 3, "it is in line all the same"
    for thread in waiting:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    rested(shop)
    assert shop.take(manuscript("tercero")).exists()


def test_the_eleventh_in_line_is_told_to_come_back(shop: Press) -> None:
    shop.folder.mkdir(parents=True)
    shop.patience = 0
    with setting.held(shop.folder):
        for n in range(12):
            with pytest.raises(Busy):
                shop.take(manuscript(f"{n}"))
        assert len(setting.in_line(shop.folder)) == press.LINE
        with pytest.raises(Busy):
            shop.take(manuscript("3"))
        assert len(setting.in_line(shop.folder)) == press.LINE
    shop.patience = PATIENCE
    assert shop.take(manuscript("3")).exists()
    rested(shop)
    assert len(list(shop.folder.iterdir())) == press.LINE + 1, "whoever left has it when they come back"


@pytest.mark.parametrize("data", ["no es JSON", "{}", '{"sheets": ['])
@pytest.mark.parametrize("form", ["sheets.pdf", "sheets.docx"])
def test_what_cannot_be_set_holds_nobody_up(
    shop: Press, form: str, data: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Busy) as busy:
        shop.take(Manuscript(form, data))
    assert busy.value.seconds == press.REFUSED_SECONDS
    begun = time.monotonic()
    with pytest.raises(Busy):
        shop.take(Manuscript(form, data))
    assert time.monotonic() - begun < PATIENCE / 2, "it is not tried again at once"
    assert shop.take(manuscript()).exists()
    rested(shop)
    said = capfd.readouterr().err
    assert form in said
    assert data not in said, "what people wrote stands in no log"


def test_a_document_has_its_limits_of_time_and_memory(tmp_path: Path) -> None:
    """With limits as tight as a test can wait for: the one is killed by the clock, the other finds no memory."""
    for changed, sign in (("SECONDS = 1", "SIGALRM"), ("BYTES = 60_000_000", "could not be set")):
        folder = tmp_path / sign
        folder.mkdir()
        (folder / "key.ask").write_text(json.dumps([manuscript().form, manuscript().data]))
        slow = "setting.printed = lambda _m: __import__('time').sleep(3600)" if sign == "SIGALRM" else "pass"
        program = (
            f"from consulta.documents import setting\nfrom pathlib import Path\nsetting.{changed}\n{slow}\n"
            f"setting.work(Path({str(folder)!r}))"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert sign in done.stderr
        assert (folder / "key.no").exists()
        assert not (folder / "key").exists()
        assert not (folder / "key.ask").exists()


def test_what_is_nobody_elses_is_not_kept(shop: Press) -> None:
    made = shop.take_once(manuscript("Códigos"), "secreto")
    assert made.startswith(b"%PDF")
    rested(shop)
    assert [path.name for path in shop.folder.iterdir()] == ["lock"]


def test_whoever_had_to_come_back_for_it_finds_it_and_takes_it_away(shop: Press) -> None:
    shop.folder.mkdir(parents=True)
    shop.patience = 0
    with setting.held(shop.folder):
        for _ in range(3):
            with pytest.raises(Busy):
                shop.take_once(manuscript("Códigos"), "secreto")
        assert len(setting.in_line(shop.folder)) == 1
    shop.patience = PATIENCE
    assert shop.take_once(manuscript("Códigos"), "secreto").startswith(b"%PDF")
    rested(shop)
    assert [path.name for path in shop.folder.iterdir()] == ["lock"]
    (shop.folder / "once-left").write_bytes(b"%PDF")
    os.utime(shop.folder / "once-left", (0, 0))
    assert shop.forget(older=press.KEPT_SECONDS) == 1


@pytest.mark.parametrize("content", [b"", b"[", b"{}", b"[1]"])
def test_a_ticket_that_nobody_can_read_holds_nobody_up(shop: Press, content: bytes) -> None:
    shop.folder.mkdir(parents=True)
    (shop.folder / "roto.ask").write_bytes(content)
    assert shop.take(manuscript()).exists()
    rested(shop)
    assert (shop.folder / "roto.no").exists()


def test_the_press_has_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSULTA_SECRET_KEY", "secreto")
    assert not [name for name in setting.environment() if name.startswith("CONSULTA")]


def test_a_full_disk_is_said_so(shop: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(setting, "put", full)
    with pytest.raises(Busy):
        shop.take(manuscript())


def test_documents_are_forgotten_by_age_and_what_waits_is_not(shop: Press) -> None:
    shop.take(manuscript())
    rested(shop)
    for name in ("waiting.ask", "written.part"):
        (shop.folder / name).write_text("[]")
    assert shop.forget(older=3600) == 0
    assert shop.forget() == 1
    assert sorted(path.name for path in shop.folder.iterdir()) == ["lock", "waiting.ask", "written.part"]
    for name in ("waiting.ask", "written.part"):
        os.utime(shop.folder / name, (0, 0))
    assert shop.forget() == 2, "nobody asks for it any more"
    assert Press(shop.folder / "nowhere").forget() == 0


def test_another_version_of_the_program_sets_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = manuscript().key
    monkeypatch.setattr(setting, "programs", lambda: "another")
    assert manuscript().key != before
