"""Patient sheet and letter in a browser: on both papers, on a phone, for everybody."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from browsing import chromium
from playwright.sync_api import Browser, Page
from pypdf import PdfReader
from recordings import EXACT, record
from stored import put
from synthetic import GOOD, KNEES_FORWARD, Runner
from test_web_access import axe

from edge.i18n.word_catalogue import load
from edge.record.store import Store
from edge.report.documents import Document, document, visits_of
from edge.settings.clinic_settings import ClinicSettings
from edge.settings.settings import Settings

MOST_PAGES = {Document.SHEET: 1, Document.LETTER: 2}
CLINIC = ClinicSettings(name="Physio am Park", address="Parkstraße 1, 12345 Berlin")
MADE = [(which, language) for which in Document for language in ("en", "de")]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[Document, str], str]:
    data = tmp_path_factory.mktemp("data")
    for form in (KNEES_FORWARD, GOOD):
        put(
            data, record(Runner(form=form), 8.0).poses, runner="r-17", settings=Settings(gait=EXACT)
        )
    with Store(data, create=False) as store:
        visits = visits_of(store, store.sessions())
        return {
            (which, language): document(which, visits, CLINIC, load(language))
            for which, language in MADE
        }


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(bypass_csp=True, viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("which", "language"), MADE)
def test_it_prints_on_both_papers(
    page: Page, pages: dict[tuple[Document, str], str], which: Document, language: str
) -> None:
    page.set_content(pages[which, language])
    for paper in ("A4", "Letter"):
        printed = PdfReader(BytesIO(page.pdf(format=paper)))
        assert len(printed.pages) <= MOST_PAGES[which], paper


@pytest.mark.parametrize(("which", "language"), MADE)
def test_it_is_read_on_a_phone_by_everybody(
    page: Page, pages: dict[tuple[Document, str], str], which: Document, language: str
) -> None:
    page.set_content(pages[which, language])
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = page.evaluate(
        """[...document.querySelectorAll("p, li, td, dd, h2")]
          .map(element => parseFloat(getComputedStyle(element).fontSize))"""
    )
    assert min(sizes) >= 13
    assert axe(page) == []
