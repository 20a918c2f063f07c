from pathlib import Path

from edge.settings.settings_page import settings_page

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_page_is_what_the_code_says() -> None:
    """Otherwise: python -m edge.settings.settings_page docs/settings.md."""
    assert PAGE.read_text(encoding="utf-8") == settings_page()
