import json
import os
import re
import shutil
import subprocess
from math import isnan
from pathlib import Path

import msgspec
import numpy as np
from feed import WEB_DIR, healthy, plain_frame
from findings import LINES
from skeletons import BLAZEPOSE33

from edge.i18n import word_catalogue
from edge.messages.gait import Activity, EventKind, GaitEvent, GaitState, Phase
from edge.messages.pose import Pose
from edge.messages.reading import BeltSource
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import KeyPose, StrideMetrics
from edge.messages.verdict import Bands, Cue, Fault, Verdict, VerdictState
from edge.serve.wire import binary, protocol, session_messages
from edge.serve.wire.encode import frame_header, hello_for, still_header, text_for
from edge.settings.settings import Settings

NODE_MODULES = Path(__file__).with_name("node_modules")

STATE = GaitState(
    frame_index=1,
    time_s=0.5,
    activity=Activity.RUNNING,
    facing=Side.RIGHT,
    near_side=Side.RIGHT,
    left_phase=Phase.SWING,
    right_phase=Phase.STANCE,
    cadence_spm=float("nan"),
    belt_speed_px_s=float("nan"),
)


def write_samples(folder: Path) -> None:
    """Write one sample of each message, as the station sends it."""
    hello = hello_for(Settings(), "0.1.0", skeleton=BLAZEPOSE33)
    texts: list[protocol.Text] = [
        hello,
        session_messages.Session(name="s", started_at="2026-11-23T10:00:00", recording=True),
        text_for(healthy()),
        text_for(STATE),
        text_for(Cue(kind="x", wording="Sit back", issued_at_s=1.0)),
        text_for(
            GaitEvent(
                kind=EventKind.TOE_OFF,
                side=Side.LEFT,
                near=False,
                time_s=1.0,
                decided_at_s=1.0,
                confidence=1.0,
            )
        ),
        text_for(
            StrideMetrics(
                side=Side.LEFT,
                near=True,
                start_s=0.0,
                peak_knee_flexion_s=0.1,
                toe_off_s=0.2,
                end_s=0.7,
                valid=True,
                reason=Reason(),
            )
        ),
        text_for(
            Bands(
                side=Side.RIGHT,
                fault=Fault.BENT_PUSH_OFF,
                metric="knee_flexion_push_off_deg",
                amber=17.5,
                red=22.5,
                inside=1.5,
                worse=1,
                speed_mps=4.5,
                speed_source=BeltSource.PICTURE,
                decided_at_s=9.5,
            )
        ),
        text_for(
            Verdict(
                side=Side.RIGHT,
                fault=Fault.BENT_PUSH_OFF,
                state=VerdictState.BORDERLINE,
                reason=Reason(),
                cue=None,
                decided_at_s=1.0,
            )
        ),
    ]
    for message in texts:
        text = protocol.encode_text(message)
        (folder / f"{json.loads(text)['type']}.txt").write_text(text)
    xy_px = np.full((33, 2), np.nan)
    xy_px[24:] = np.arange(18).reshape(9, 2) / 3
    pose = Pose(
        frame_index=1,
        time_s=0.5,
        size_px=(64, 48),
        skeleton=BLAZEPOSE33,
        xy_px=xy_px.copy(),
        visibility=np.where(np.isfinite(xy_px[:, 0]), 0.9, np.nan),
        depth_px=np.zeros(33),
        presence=1.0,
    )
    key = KeyPose(
        kind=EventKind.TOE_OFF,
        side=Side.RIGHT,
        near=True,
        time_s=0.5,
        frame_index=1,
        xy_px=pose.body_px,
        value=14.5,
    )
    headers: dict[str, tuple[binary.Header, bytes]] = {
        "frame": (frame_header(1, plain_frame(1), pose, STATE), b"\xff\xd8jpeg"),
        "frame_empty": (frame_header(2, plain_frame(2), None, None), b"\xff\xd8"),
        "still": (still_header(key, (64, 48), Side.LEFT, hello), b"\xff\xd8"),
        "still_gone": (still_header(key, None, None, hello), b""),
    }
    for name, (header, jpeg) in headers.items():
        (folder / f"{name}.bin").write_bytes(binary.pack(header, jpeg))
        expected = {"header": json.loads(msgspec.json.encode(header)), "jpeg": jpeg.hex()}
        (folder / f"{name}.json").write_text(json.dumps(expected))


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
