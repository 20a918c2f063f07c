import pytest

from edge.messages.plain_text import plain_text


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("left knee", "left knee"),
        ("  left \t knee\r\n", "left knee"),
        ("a\x00b\x1b[31mc\x7f\x85d", "a b [31mc d"),
        ("R-1\u202e1-R\u202c", "R-1 1-R"),
        ("\ufeffR\u2066x\u2069\u200e\u061c", "R x"),
        ("a\u2028b\u2029c", "a b c"),
        ("half \ud800 pair", "half pair"),
        ("Schmerz: 3/10 \u00e4\u00f6\u00fc \U0001f9d1\u200d\u2695", "Schmerz: 3/10 äöü 🧑\u200d⚕"),
        ("\u3000 \u00a0", ""),
    ],
)
def test_a_text_is_one_printable_line(said: str, plain: str) -> None:
    assert plain_text(said, 80) == plain


def test_a_text_is_cut_off_without_a_blank_at_its_end() -> None:
    assert plain_text("abc def", 4) == "abc"
