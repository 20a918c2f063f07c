"""The tablet's list of recorded sessions, driven in a browser against the real server and store."""

import fcntl
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from browsing import PATIENCE_MS, chromium
from feed import Station, new_hub
from playwright.sync_api import Browser, Download, Page, expect
from recordings import EXACT, record
from scenes import opened
from stored import put
from synthetic import Runner
from test_web_access import axe

from edge.record.recording_lock import LOCK
from edge.record.store import DATABASE, Store
from edge.serve.access.rights import Rights
from edge.serve.access.roles import Role
from edge.serve.sessions.session_archive import SessionArchive
from edge.settings.settings import Settings

NAME = "station.clinic"
ENGLISH = "tablet?tab=sessions&lang=en"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(f"--host-resolver-rules=MAP {NAME} 127.0.0.1") as browser:
        yield browser


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Two visits of one runner, and one of another."""
    data = tmp_path_factory.mktemp("recorded")
    poses = record(Runner(), 8.0).poses
    names = [
        put(data, poses, runner=runner, settings=Settings(gait=EXACT))
        for runner in ("R-1", "R-1", "R-2")
    ]
    return data, names


@pytest.fixture
def data(recorded: tuple[Path, list[str]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded[0], tmp_path / "data"))


@pytest.fixture
def names(recorded: tuple[Path, list[str]]) -> list[str]:
    return recorded[1]


@pytest.fixture
def station(data: Path) -> Iterator[Station]:
    with Station(new_hub(), archive=SessionArchive(data, keep_free_mb=0)) as running:
        yield running


def rows(page: Page) -> list[str]:
    expect(page.locator("#kept .chip").first).to_be_visible()
    return [str(row.get_attribute("data-name")) for row in page.locator("#kept .chip").all()]


def choose(page: Page, *names: str) -> None:
    for name in names:
        page.click(f"[data-name='{name}']")
    expect(page.locator("#picked")).to_be_visible()


@contextmanager
def downloaded(page: Page) -> Iterator[list[Download]]:
    """Yield a list that has the download once the block is left."""
    got: list[Download] = []
    with page.expect_download(timeout=PATIENCE_MS) as waiting:
        yield got
    got.append(waiting.value)


def test_the_list_shows_the_newest_first_and_one_runner_alone(
    browser: Browser, station: Station, names: list[str]
) -> None:
    with opened(browser, station, ENGLISH) as page:
        assert rows(page) == names[::-1]
        first = page.locator("#kept .chip").first
        expect(first).to_contain_text("R-2")
        expect(first).to_contain_text("strides")
        page.fill("#archive-runner", "R-1")
        page.press("#archive-runner", "Enter")
        expect(page.locator("#kept .chip")).to_have_count(2)
        page.fill("#archive-runner", "nobody")
        page.press("#archive-runner", "Enter")
        expect(page.locator("#archive-words")).to_have_text("No recorded sessions.")


def test_a_report_is_opened_as_a_page_with_its_own_style(
    browser: Browser, station: Station, names: list[str]
) -> None:
    with opened(browser, station, ENGLISH) as page:
        choose(page, names[0])
        with page.expect_popup() as opening:
            page.click("#report-open")
        report = opening.value
        expect(report.locator("body")).to_contain_text("R-1", timeout=PATIENCE_MS)
        # The station's own rule for pages would have taken the style away.
        assert report.evaluate("document.styleSheets.length") == 1
        expect(report.locator("svg").nth(3)).to_be_attached(timeout=PATIENCE_MS)


@pytest.mark.parametrize("what", ["sheet", "letter"])
def test_a_sheet_or_letter_is_opened_to_be_printed(
    browser: Browser, station: Station, names: list[str], what: str
) -> None:
    with opened(browser, station, ENGLISH) as page:
        choose(page, names[0], names[1])
        with page.expect_popup() as opening:
            page.click(f"#{what}-open")
        paper = opening.value
        expect(paper.locator(f"body.{what}")).to_contain_text("R-1", timeout=PATIENCE_MS)
        assert paper.evaluate("document.styleSheets.length") == 1


def test_a_report_and_a_session_are_kept_as_files(
    browser: Browser, station: Station, names: list[str], tmp_path: Path
) -> None:
    with opened(browser, station, ENGLISH) as page:
        choose(page, names[0])
        with downloaded(page) as pdf:
            page.click("#report-pdf")
        assert pdf[0].suggested_filename == f"toeline-{names[0]}.pdf"
        assert Path(pdf[0].path()).read_bytes().startswith(b"%PDF")
        expect(page.locator("#outcome")).to_contain_text("to your downloads")
        page.select_option("#export-format", "csv")
        with downloaded(page) as packed:
            page.click("#export")
        with zipfile.ZipFile(packed[0].path()) as tables:
            assert f"{names[0]}/strides.csv" in tables.namelist()


def test_two_are_compared_whichever_was_tapped_first(
    browser: Browser, station: Station, names: list[str]
) -> None:
    with opened(browser, station, ENGLISH) as page:
        choose(page, names[1], names[0])
        expect(page.locator(f"[data-name='{names[0]}']")).to_have_attribute("data-as", "A")
        expect(page.locator(f"[data-name='{names[1]}']")).to_have_attribute("data-as", "B")
        knee = page.locator("#compared-rows tr").first
        expect(knee).to_contain_text("Knee over toe, % of shank", timeout=PATIENCE_MS)
        expect(knee).to_contain_text("within error (5)")
        expect(page.locator("#one-only")).to_be_hidden()
        # A third takes the place of the one that was tapped last.
        choose(page, names[2])
        expect(page.locator("#compared-about")).to_contain_text(
            "different runners", timeout=PATIENCE_MS
        )
        expect(page.locator(f"[data-name='{names[0]}']")).to_have_attribute("aria-pressed", "false")


def test_a_session_is_given_to_another_runner(
    browser: Browser, station: Station, data: Path, names: list[str]
) -> None:
    with opened(browser, station, ENGLISH) as page:
        choose(page, names[0])
        page.click("#assign")
        expect(page.locator("#assign-words")).to_contain_text("R-1")
        expect(page.locator("#assign-runner")).to_be_focused()
        page.fill("#assign-runner", "two words")
        page.click("#assign-yes")
        expect(page.locator("#assign-wrong")).to_contain_text("letters")
        page.fill("#assign-runner", "R-2")
        page.keyboard.press("Enter")
        expect(page.locator("#outcome")).to_contain_text("1 session is R-2")
        expect(page.locator(f"[data-name='{names[0]}']")).to_contain_text("R-2")
        # All sessions of a runner at once.
        page.click("#assign")
        page.fill("#assign-runner", "R-3")
        page.check("#assign-all")
        page.click("#assign-yes")
        expect(page.locator("#outcome")).to_contain_text("2 sessions are R-3")
    with Store(data, create=False) as store:
        assert [s.head.runner for s in store.sessions()] == ["R-3", "R-1", "R-3"]


def test_a_belt_speed_is_shown_and_typed_in_the_unit_of_choice(
    browser: Browser, station: Station, names: list[str]
) -> None:
    with opened(browser, station, ENGLISH) as page:
        choose(page, names[0])
        facts = page.locator("#picked-facts")
        expect(facts).to_contain_text("10.1 km/h, entered")
        page.click("#tab-setup")
        page.fill("#speed", "10,8")
        for label, typed in (("mph", "6.7"), ("min/km", "5:34")):
            page.click("#speed-unit")
            expect(page.locator("#speed-label")).to_have_text(f"Belt speed, {label}")
            expect(page.locator("#speed")).to_have_value(typed)
        page.reload()
        expect(page.locator("#speed")).to_have_value("5:34")
        page.click("#tab-sessions")
        choose(page, names[0])
        expect(facts).to_contain_text("5:57 min/km, entered")


def test_deleting_is_asked_for_twice(
    browser: Browser, station: Station, names: list[str], data: Path
) -> None:
    with opened(browser, station, ENGLISH) as page:
        choose(page, names[1])
        page.click("#delete")
        expect(page.locator("#confirm-words")).to_contain_text("R-1")
        expect(page.locator("#delete-keep")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#confirm-delete")).to_be_hidden()
        page.click("#delete")
        page.click("#delete-keep")
        assert rows(page) == names[::-1]
        page.click("#delete")
        page.click("#delete-yes")
        expect(page.locator("#outcome")).to_have_text("Session deleted.")
        expect(page.locator("#kept .chip")).to_have_count(2)
        assert rows(page) == [names[2], names[0]]
        expect(page.locator("#picked")).to_be_hidden()
        (data / f"{DATABASE}.damaged-1").write_bytes(b"rows")
        choose(page, names[0])
        page.click("#delete")
        page.click("#delete-yes")
        expect(page.locator("#outcome")).to_contain_text(f"{DATABASE}.damaged-1, moved aside")


def test_a_session_that_goes_on_cannot_be_deleted(
    browser: Browser, station: Station, names: list[str], data: Path
) -> None:
    with (data / "sessions" / names[2] / LOCK).open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with Store(data) as store, store.file.transaction() as database:
            database.execute("UPDATE sessions SET ended_at = NULL WHERE name = ?", (names[2],))
        with opened(browser, station, ENGLISH) as page:
            expect(page.locator("#kept .chip").first).to_contain_text("recording")
            choose(page, names[2])
            expect(page.locator("#export")).to_be_visible()
            expect(page.locator("#delete")).to_be_hidden()


def test_what_is_gone_meanwhile_is_said(
    browser: Browser, station: Station, names: list[str], data: Path
) -> None:
    with opened(browser, station, ENGLISH, known="404") as page:
        choose(page, names[0])
        with Store(data) as store:
            store.delete(store.session(names[0]))
        page.click("#export")
        expect(page.locator("#outcome")).to_have_text("Failed: This session no longer exists.")
        page.click("#archive-again")
        expect(page.locator("#kept .chip")).to_have_count(2)


def test_a_viewer_reads_and_takes_nothing_along(
    browser: Browser, data: Path, names: list[str]
) -> None:
    rights = Rights(data)
    archive = SessionArchive(data, keep_free_mb=0)
    with Station(new_hub(name=NAME), rights=rights, archive=archive, name=NAME) as station:
        token, _ = rights.pairings.new_token(Role.VIEWER, "tablet", "test")
        station.url = f"http://{NAME}:{station.port}/"
        cookie = {"name": "toeline", "value": token, "url": station.url}
        state = {"cookies": [{**cookie, "domain": NAME, "path": "/"}]}
        for entry in state["cookies"]:
            del entry["url"]
        with opened(browser, station, ENGLISH, storage_state=state) as page:
            choose(page, names[0])
            for control in ("#export", "#export-format", "#assign", "#delete"):
                expect(page.locator(control)).to_be_disabled()
            with downloaded(page) as kept:
                page.click("#report-html")
            assert b"R-1" in Path(kept[0].path()).read_bytes()
    said = [f"{e.who} {e.what} {e.detail}" for e in archive.audited(10)][-2:]
    assert said == ["device 1 viewed the list of sessions", f"device 1 report {names[0]} html"]


@pytest.mark.parametrize("size", [(820, 1180), (1280, 800), (390, 844)])
def test_it_is_for_everybody_in_both_languages(
    browser: Browser, station: Station, names: list[str], size: tuple[int, int]
) -> None:
    small = """() => [...document.querySelectorAll("button, input, select, a, label:has(input)")]
      .filter(e => e.offsetParent && !e.closest(".switches"))
      .filter(e => e.getBoundingClientRect().height < 47.5)
      .map(e => e.id || e.textContent)"""
    path = "tablet?tab=sessions&lang=de&theme=light"
    with opened(browser, station, path, size, bypass_csp=True) as page:
        choose(page, names[0], names[1])
        compared = page.locator("#compared-rows tr").first
        expect(compared).to_contain_text("im Messfehler (5)", timeout=PATIENCE_MS)
        assert page.evaluate(small) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert axe(page) == []
        page.click(f"[data-name='{names[1]}']")
        page.click("#assign")
        expect(page.locator("#assign-title")).to_have_text("Wem gehört diese Sitzung?")
        assert page.evaluate(small) == []
        assert axe(page) == []
        page.click("#assign-cancel")
        page.click("#delete")
        expect(page.locator("#confirm-title")).to_have_text("Diese Sitzung löschen?")
        assert page.evaluate(small) == []
        assert axe(page) == []
