"""Text from outside, made safe to print: one line, without control and direction characters."""

from typing import Final
from unicodedata import category

# Control characters, surrogates, line and paragraph separators.
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
# They turn the direction of the text around them, or are invisible at its start: with them
# "R-1" may be shown as "1-R". The joiners U+200C and U+200D stay, which some scripts need.
_DIRECTION: Final = frozenset("\u061c\u200b\u200e\u200f\u2060\ufeff") | frozenset(
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
)

# How Python keeps the bytes of a file's name that are no UTF-8.
_NAMES: Final = "surrogateescape"


def plain_text(text: str, most: int) -> str:
    """Return at most ``most`` characters of a text as one printable line.

    Unprintable characters count as blanks; blanks are merged, and cut off at both ends.

    Examples
    --------
    >>> plain_text(f" left{chr(9)}knee{chr(0x202E)} hurts ", 80)
    'left knee hurts'
    """
    printable = "".join(" " if _hidden(character) else character for character in text)
    return " ".join(printable.split())[:most].rstrip()


def escaped(text: str) -> str:
    r"""Return a text with the bytes of each unprintable character as ``%XX``, as in addresses.

    For names of files: they may hold any byte, also such as are no UTF-8.

    Examples
    --------
    >>> escaped("caf\udce9" + chr(10) + ".mp4"), escaped(" 50 % müde.mp4")
    ('caf%E9%0A.mp4', ' 50 % müde.mp4')
    """
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if not _hidden(character):
        return character
    how = _NAMES if "\udc80" <= character <= "\udcff" else "surrogatepass"
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", how))


def _hidden(character: str) -> bool:
    return character in _DIRECTION or category(character) in _UNPRINTABLE
