"""Generator of the settings page: ``python -m edge.settings.settings_page docs/settings.md``."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_type_hints

from edge.settings.setting import SettingSpec
from edge.settings.settings import Settings
from edge.settings.settings_table import all_settings, shown_value, value_of

_HEAD: Final = """\
# Settings

Every setting with its default, its range and the source of the default. This page is generated from
the code: `python -m edge.settings.settings_page docs/settings.md`.

Give a TOML file with `--config`, or single settings with `--set gait.belt_speed_mps=3`, which take
precedence. `toeline config show` lists the settings in force and where each came from; `toeline
config check FILE` lists every mistake in a file, with its line. A file needs only the settings that
differ from their defaults:

```toml
[gait]
belt_speed_mps = 3.0
```

An unknown key is an error, and so is a value out of its range. Across settings: each red limit is
beyond its amber one; the margin for leaving a state is smaller than the distance between the two;
limits scaled with belt speed stay within 0 to 90 degrees; `min_valid_strides`, `window_strides` and
`recent_strides` rise in this order; `cadence_low_spm` is not above `cadence_high_spm`.

The limits are screening defaults, to be adjusted by each clinic. The source *choice* marks a
default without direct evidence.
"""
_COLUMNS: Final = (
    "| setting | default | unit | range | source | meaning |\n|---|---|---|---|---|---|"
)


def settings_page() -> str:
    """Return the page, in Markdown."""
    return "\n".join([_HEAD, *_rooms()])


def _rooms() -> Iterator[str]:
    defaults = Settings()
    for room in get_type_hints(Settings):
        yield f"## {room}\n"
        yield _COLUMNS
        for name, _, spec in all_settings():
            if name.startswith(f"{room}."):
                default = shown_value(value_of(defaults, name))
                yield _row(name.removeprefix(f"{room}."), default, spec)
        yield ""


def _row(key: str, default: str, spec: SettingSpec) -> str:
    cells = (
        f"`{key}`",
        default,
        spec.unit_words.strip(),
        spec.range_words,
        _linked(spec.source),
        spec.meaning,
    )
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def _linked(source: str) -> str:
    page, _, heading = source.partition(", ")
    if not page.endswith(".md"):
        return source
    # A page in docs/ is next to this one; others are one level up.
    link = page.removeprefix("docs/") if page.startswith("docs/") else f"../{page}"
    words = heading.strip('"')
    anchor = f"#{words.lower().replace(' ', '-')}" if words else ""
    return f"[{words or page}]({link}{anchor})"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(settings_page(), encoding="utf-8")
