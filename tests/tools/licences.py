"""Every dependency of a running station: version, licence, and its wheel for 64-bit ARM.

    python tests/tools/licences.py requirements.lock docs/licences.md

pip itself is asked what it would install on an aarch64 board with Debian bookworm; licences are
what each package says of itself. Exit code 1 if a wheel is missing, or a licence is unknown or not
to be had in a permissive program.
"""

import json
import re
import subprocess
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

# The oldest C library of the boards: bookworm's 2.36; and every older one that wheels are made for.
GLIBC_MINORS = (17, 24, 26, 27, 28, 31, 34, 35, 36)
COPYLEFT = re.compile(r"\b(A?GPL|LGPL|SSPL|EUPL|CC-BY-(NC|SA)|General Public)", re.IGNORECASE)
# Packages that say it in words of their own.
WORDS = {
    "Apache Software License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "MIT License": "MIT",
    "BSD License": "BSD",
    "Apache 2.0": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "ISC License": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


def wheels(lock: Path) -> dict[str, tuple[str, str]]:
    """Return the version and the file that pip would install on a board, by package."""
    platforms = [f"manylinux_2_{minor}_aarch64" for minor in GLIBC_MINORS]
    options = [x for p in (*platforms, "manylinux2014_aarch64") for x in ("--platform", p)]
    told = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--dry-run", "--ignore-installed", "--no-deps", "--report", "-", "--target", "none"),
            *("--only-binary=:all:", "--python-version", "3.11", "--implementation", "cp"),
            *("--abi", "cp311", "--abi", "abi3", "--abi", "none", *options),
            *("--require-hashes", "-r", str(lock)),
        ],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    files = {}
    for item in json.loads(told)["install"]:
        name = canonical(item["metadata"]["name"])
        file = item["download_info"]["url"].rpartition("/")[2]
        files[name] = (item["metadata"]["version"], file)
    return files


def canonical(name: str) -> str:
    """Return the one spelling of a package's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(found: Distribution) -> str:
    """Return what a package says of its licence; empty if nothing that can be used."""
    told: Any = found.metadata
    if expression := told.get("License-Expression"):
        return str(expression)
    classified = [
        line.rpartition(" :: ")[2]
        for line in told.get_all("Classifier") or []
        if line.startswith("License :: OSI Approved :: ")
    ]
    stated = str(told.get("License") or "").strip()
    if stated and "\n" not in stated and len(stated) < 60:
        return WORDS.get(stated, stated)
    return " or ".join(WORDS.get(each, each) for each in classified)


def usable(words: str) -> bool:
    """Return whether one of the licences to choose from is permissive, or binds single files only.

    Examples
    --------
    >>> [usable(w) for w in ("MIT", "GPL-2.0 or later", "LGPLv2+ or MPL 1.1", "")]
    [True, False, True, False]
    """
    choices = re.split(
        r"\bor\b", re.sub(r"\bor (later|newer)\b", "", words, flags=re.I), flags=re.I
    )
    return any(choice.strip() and not COPYLEFT.search(choice) for choice in choices)


def table(lock: Path) -> tuple[list[str], list[str]]:
    """Return the lines of the table, and sentences about what is wrong."""
    lines, wrong = [], []
    for name, (version, file) in sorted(wheels(lock).items()):
        words = licence(distribution(name))
        wheel = (
            "pure Python"
            if file.endswith("-any.whl")
            else file.rpartition("-")[2].removesuffix(".whl").replace(".", ", ")
        )
        lines.append(f"| {name} | {version} | {words} | {wheel} |")
        if not usable(words):
            wrong.append(f"{name}: licence {words or 'unknown'}")
        if not file.endswith(("aarch64.whl", "-any.whl")):
            wrong.append(f"{name}: no wheel for aarch64")
    return lines, wrong


def main() -> int:
    """Write the page; say what is wrong."""
    lock, page = map(Path, sys.argv[1:])
    lines, wrong = table(lock)
    head = [
        "# Dependencies of a station",
        "",
        "Written by `make licences`: all that `requirements.lock` installs on a 64-bit ARM board",
        "with Debian bookworm, what each package says of its licence, and the wheel pip takes.",
        "Toeline itself is Apache-2.0.",
        "",
        "| package | version | licence | wheel for aarch64 |",
        "|---|---|---|---|",
    ]
    page.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")
    for sentence in wrong:
        sys.stderr.write(f"{sentence}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
