"""A language is one file: the pages and the report speak it at once."""

import json
import shutil
from pathlib import Path

import pytest
from browsing import PATIENCE_MS, chromium
from feed import Station
from playwright.sync_api import expect
from scenes import opened

from edge.i18n import word_catalogue

NAME = "Nonsense"


@pytest.fixture
def nonsense(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a language whose every sentence is the English one in brackets."""
    for path in word_catalogue.FOLDER.glob("*.json"):
        shutil.copy(path, tmp_path)
    words = dict(word_catalogue.load("en").words)
    made = {
        key: f"[{text}]" if isinstance(text, str) else {n: f"[{t}]" for n, t in text.items()}
        for key, text in words.items()
        if not key.startswith("language.")
    }
    own = {k: v for k, v in words.items() if k.startswith("language.")}
    own |= {"language.name": NAME, "language.decimal": ";"}
    (tmp_path / "xx.json").write_text(json.dumps(own | made), encoding="utf-8")
    monkeypatch.setattr(word_catalogue, "FOLDER", tmp_path)


@pytest.mark.usefixtures("nonsense")
@pytest.mark.parametrize(
    ("path", "place", "text"),
    [
        ("", "#knees-forward h2", "[Knee over toe]"),
        ("tablet?tab=setup&", "#check-now", "[Check now]"),
        ("pair?", "h1", "[Pair this device]"),
    ],
)
def test_a_page_speaks_a_language_that_was_added(path: str, place: str, text: str) -> None:
    with chromium() as browser, Station() as station:
        asked = f"{path or '?'}lang=xx"
        with opened(browser, station, asked) as page:
            expect(page.locator("html")).to_have_attribute("lang", "xx", timeout=PATIENCE_MS)
            expect(page.locator(place)).to_have_text(text)


@pytest.mark.usefixtures("nonsense")
def test_a_page_offers_every_language_in_turn() -> None:
    with (
        chromium() as browser,
        Station() as station,
        opened(browser, station, "tablet?tab=setup&lang=en") as page,
    ):
        button = page.locator("#language")
        for offered in ("Deutsch", NAME, "English"):
            expect(button).to_have_text(offered)
            button.click()
        expect(page.locator("html")).to_have_attribute("lang", "en")


def test_an_unknown_language_is_not_found_and_no_path_leads_out() -> None:
    with chromium() as browser, Station() as station:
        asking = browser.new_context().request
        for name in ("tlh", "word_catalogue.py", "..%2Fcatalogue", "__init__"):
            assert asking.get(f"{station.url}i18n/{name}.json").status == 404
        names = asking.get(f"{station.url}i18n/languages.json").json()
        assert names == {
            n: word_catalogue.load(n).text("language.name") for n in word_catalogue.languages()
        }
