"""The pages of this folder, filled."""

from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from edge.i18n.word_catalogue import Catalogue
from edge.settings import paths


def filled(template: str, style: str, words: Catalogue, **content: Any) -> str:
    """Return a self-contained page.

    Parameters
    ----------
    template, style
        Names of the page and of its style sheet in this folder.
    words
        Catalogue of the page's language.
    content
        What the page shows, by the names that it uses.
    """
    folder = paths.PACKAGE / "report"
    page = Environment(autoescape=True, loader=FileSystemLoader(folder)).get_template(template)
    css = Markup((folder / style).read_text(encoding="utf-8"))
    return page.render(t=words.text, language=words.language, css=css, **content)
