import json
import os
import re
import shutil
import subprocess
from math import isnan
from pathlib import Path

import msgspec
from feed import WEB_DIR
from findings import LINES
from wire_records import headers, texts

from edge.i18n import word_catalogue
from edge.serve.wire import binary, protocol

NODE_MODULES = Path(__file__).with_name("node_modules")


def write_samples(folder: Path) -> None:
    """Write one sample of each message, as the station sends it."""
    for message in texts():
        text = protocol.encode_text(message)
        (folder / f"{json.loads(text)['type']}.txt").write_text(text)
    for name, (header, jpeg) in headers().items():
        (folder / name).write_bytes(binary.pack(header, jpeg))
        expected = {"header": json.loads(msgspec.json.encode(header)), "jpeg": jpeg.hex()}
        (folder / name).with_suffix(".json").write_text(json.dumps(expected))


def write_findings(folder: Path) -> None:
    """Write every line that the set-up check can say, as the station sends it."""
    lines = [
        {
            "name": line.name,
            "code": line.code,
            "text": line.text(word_catalogue.load("en")),
            "value": None if isnan(line.value) else round(line.value, 2),
        }
        for line, _, _ in LINES
    ]
    (folder / "findings.json").write_text(json.dumps(lines))


def test_the_page_has_words_for_all_that_the_check_can_say() -> None:
    source = (WEB_DIR.parent / "edge" / "exercises" / "set_up_check" / "findings.py").read_text(
        encoding="utf-8"
    )
    said = re.findall(r'line\(\s*Result\.\w+,\s*("?)(\w+)\1', source)
    # "where" and "way" are variables of two values each, which the list has, too.
    told = {code for quote, code in said if quote}
    assert told <= {line.code for line, _, _ in LINES}


def test_the_modules_of_the_page(tmp_path: Path) -> None:
    node = shutil.which("node")
    assert node, "node is missing: install the Debian package nodejs"
    write_samples(tmp_path)
    write_findings(tmp_path)
    languages = tmp_path / "i18n"
    shutil.copytree(
        word_catalogue.FOLDER, languages, ignore=shutil.ignore_patterns("*.py", "__pycache__")
    )
    names = {
        name: word_catalogue.load(name).text("language.name") for name in word_catalogue.languages()
    }
    (languages / "languages.json").write_text(json.dumps(names), encoding="utf-8")
    result = subprocess.run(
        [node, "--test", *map(str, sorted(Path(__file__).parent.glob("*.test.mjs")))],
        env={
            **os.environ,
            "TOELINE_WEB_DIR": str(WEB_DIR),
            "TOELINE_SAMPLES": str(tmp_path),
            "TOELINE_I18N": str(languages),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_pages_load_only_modules_that_exist() -> None:
    for script in WEB_DIR.glob("*.js"):
        text = script.read_text(encoding="utf-8")
        for name in re.findall(r'^(?:import|export) [^;]*?from "([^"]+)";', text, re.MULTILINE):
            assert name.startswith("./"), f"{script.name} imports {name}"
            assert (WEB_DIR / name).is_file(), f"{script.name} imports {name}"


def test_the_modules_keep_to_their_types() -> None:
    checker = NODE_MODULES / ".bin" / "tsc"
    assert checker.is_file(), "the type checker is missing: run `make install-dev`"
    result = subprocess.run(
        [checker, "--project", Path(__file__).with_name("tsconfig.json")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout


def test_every_module_is_checked() -> None:
    unchecked = [
        script.name
        for script in WEB_DIR.glob("*.js")
        if not script.read_text(encoding="utf-8").startswith("// @ts-check\n")
    ]
    assert unchecked == []
