"""Pin the command's output, to prove that a refactoring does not change it.

    python tests/tools/pins.py write build/pins.json --work build/pins-before
    ... move, rename, rewrite ...
    python tests/tools/pins.py check build/pins.json

``write`` runs the command on every clip and on a few live sessions, and stores a hash of every
output file. ``check`` repeats this and lists every file that differs, with its first differing
lines if the folder from ``write`` still exists; its exit code is then 1.

Use it before and after a change on one machine: the numbers come from a neural network whose last
bits depend on the processor and the runtime, so hashes from two machines are not comparable. Only
the command line and its files are used; no module of the program is imported.

Everything that may differ between two runs of the same code is removed before hashing;
``normalised`` lists it.
"""

import argparse
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from difflib import unified_diff
from itertools import islice
from pathlib import Path
from typing import Any, Final

REPOSITORY: Final = Path(__file__).resolve().parents[2]
FORMATS: Final = ("folder", "csv", "json", "parquet", "trc", "mot", "c3d")
# Light clips besides the demo: one at 30 frames per second, one of walking.
LIVE_CLIPS: Final = ("lowcad_30fps_right.mp4", "walk_right.mp4")
# One thread, for a fixed order of summation; no load shedding, which may change the model.
STEADY: Final = ("--set", "pose.threads=1")
LIVE: Final = (*STEADY, "--set", "load.shed=false")
# A live run drops frames if other processes use the processor; it is then repeated.
TRIES: Final = 5

_BINARY: Final = {".c3d"}
_DIFF_LINES: Final = 8
_DIFF_WIDTH: Final = 150

Varying = tuple[re.Pattern[str], str]

# The order matters: session names are dates, too.
VARYING: Final = (
    # The program's version, as JSON and in text.
    (re.compile(r'(toeline"?:? "?)\d+\.\d+\.\d+[\w.+-]*', re.IGNORECASE), r"\1VERSION"),
    # The time taken per pose. The time at which an event was decided is capture time, so it stays.
    (re.compile(r'("capture_to_pose": )(\{[^}]*\}|null)'), r"\1LATENCY"),
    # Session names, and the times at which a session was begun, ended, marked or reported.
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(-\d+)?"), "SESSION"),
    (re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?)?"), "DATE"),
)


def main() -> int:
    """Write or check; return the exit code."""
    arguments = _arguments()
    work = arguments.work or Path(tempfile.mkdtemp(prefix="toeline-pins-"))
    work = work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    if any(work.iterdir()):
        _say(f"{work} is not empty; name another --work")
        return 2
    before = json.loads(arguments.file.read_text()) if arguments.action == "check" else None
    files = _pins(work, arguments.clips.resolve())
    now = {"machine": _machine(), "work": str(work), "files": files}
    if before is None:
        arguments.file.write_text(json.dumps(now, indent=1) + "\n")
        _say(f"{len(files)} files pinned in {arguments.file}; {work} may be kept for later diffs")
        return 0
    return _compare(before, now)


def _arguments() -> argparse.Namespace:
    shared = Path(os.environ.get("TOELINE_SHARED", REPOSITORY.parent / "shared"))
    parser = argparse.ArgumentParser(description="Pin what the toeline command writes.")
    parser.add_argument("action", choices=("write", "check"))
    parser.add_argument("file", type=Path, metavar="FILE.json")
    parser.add_argument("--clips", type=Path, metavar="DIR", default=shared / "data" / "clips")
    parser.add_argument("--work", type=Path, metavar="DIR", help="An empty folder; it is kept.")
    return parser.parse_args()


def _machine() -> dict[str, str]:
    return {"processor": _processor(), "python": platform.python_version()}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if "model name" in line), "")


def _pins(work: Path, clips: Path) -> dict[str, str]:
    """Return the hash of every normalised file; the files are left in ``work/pinned``."""
    _analyze(sorted(clips.glob("*.mp4")), work / "raw" / "analyze")
    _sessions([_demo_clip(), *(clips / name for name in LIVE_CLIPS)], work)
    varying = (*_literal({work: "WORK", clips: "CLIPS", REPOSITORY: "REPOSITORY"}), *VARYING)
    varying = (*_settings_hashes(work / "raw"), *varying)
    hashes = {}
    for path in sorted((work / "raw").rglob("*")):
        if not path.is_file():
            continue
        name = normalised(path.relative_to(work / "raw").as_posix(), VARYING)
        content = _content(path, varying)
        pinned = work / "pinned" / name
        pinned.parent.mkdir(parents=True, exist_ok=True)
        pinned.write_bytes(content)
        hashes[name] = hashlib.sha256(content).hexdigest()
    return hashes


def _analyze(clips: list[Path], out: Path) -> None:
    """Analyse all clips in two processes."""
    if not clips:
        raise SystemExit("there are no clips; give their folder with --clips")
    parts = [part for part in (clips[::2], clips[1::2]) if part]
    workers = [
        subprocess.Popen(_command("analyze", *part, "--out", out, *STEADY), cwd=REPOSITORY)
        for part in parts
    ]
    if any([worker.wait() for worker in workers]):
        raise SystemExit("an analysis failed")


def _sessions(clips: list[Path], work: Path) -> None:
    """Record each clip as a live session, then write every output about the sessions."""
    environment = os.environ | {"TOELINE_DATA": str(work / "data")}
    raw = work / "raw" / "sessions"
    names = []
    for clip in clips:
        name, strides = _recorded(clip, environment)
        names.append(name)
        _put(raw / clip.stem / "run.csv", strides)
        for form in FORMATS:
            out = raw / clip.stem / form
            _run("sessions", "export", name, "--format", form, "--out", out, env=environment)
        for file, command in {
            "show.json": ("show", name, "--json"),
            "show.txt": ("show", name),
            "replay.txt": ("replay", name),
        }.items():
            _put(raw / clip.stem / file, _run("sessions", *command, env=environment))
        _report(raw / clip.stem / "report.html", [name], environment)
    _put(raw / "list.txt", _run("sessions", "list", env=environment))
    _put(raw / "list.json", _run("sessions", "list", "--json", env=environment))
    _put(raw / "compare.txt", _run("sessions", "compare", *names[:2], env=environment))
    _report(raw / "visits.html", names[:2], environment)
    other = ("--set", "gait.contact_offset_s=0.04")
    _put(raw / "replay_other.txt", _run("sessions", "replay", *names, *other, env=environment))


def _recorded(clip: Path, environment: Mapping[str, str]) -> tuple[str, str]:
    """Return the name of a session without dropped frames, and the strides it printed."""
    for _ in range(TRIES):
        strides = _run("run", "--headless", "--source", clip, *LIVE, env=environment)
        shown = json.loads(_run("sessions", "show", "last", "--json", env=environment))
        name = str(shown["session"]["name"])
        if shown["summary"]["frames"]["dropped"] == 0:
            return name, strides
        _say(f"{clip.name}: frames were dropped, retrying")
        _run("sessions", "delete", name, "--yes", env=environment)
    raise SystemExit(f"{clip.name}: frames were dropped {TRIES} times; the machine is too busy")


def _report(path: Path, names: list[str], environment: Mapping[str, str]) -> None:
    _run("sessions", "report", *names, "--out", path, env=environment)


def _demo_clip() -> Path:
    """Return the path of the bundled clip."""
    command = ["git", "ls-files", "*demo.mp4"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    (name,) = listed.stdout.split()
    return REPOSITORY / name


def _command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "edge", *map(str, arguments)]


def _run(*arguments: str | Path, env: Mapping[str, str]) -> str:
    done = subprocess.run(
        _command(*arguments), cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, arguments))}: {done.stderr or done.stdout}")
    return done.stdout


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _literal(names: Mapping[Path, str]) -> Iterator[Varying]:
    for path, name in names.items():
        yield re.compile(re.escape(str(path))), name


def _settings_hashes(raw: Path) -> list[Varying]:
    """Return patterns for the hashes of all settings, in full or shortened.

    A new setting changes them without changing anything else. The settings themselves are pinned
    in each ``show.json``.
    """
    hashes = set()
    for path in (*raw.rglob("session.json"), *raw.rglob("show.json")):
        document = json.loads(path.read_text())
        hashes.add(document.get("session", document)["config_sha256"])
    return [(re.compile(rf"\b{sha256[:8]}[0-9a-f]*"), "SETTINGS") for sha256 in sorted(hashes)]


def _content(path: Path, varying: Iterable[Varying]) -> bytes:
    if path.suffix in _BINARY:
        return path.read_bytes()
    text = _parquet_text(path) if path.suffix == ".parquet" else path.read_text()
    return normalised(text, varying).encode()


def normalised(text: str, varying: Iterable[Varying]) -> str:
    """Return a text without everything that differs between two runs of the same code.

    That is the program's version, absolute paths, the hash of all settings, the time per pose, and
    every wall-clock date, including session names.
    """
    for pattern, name in varying:
        text = pattern.sub(name, text)
    return text


def _parquet_text(path: Path) -> str:
    """Return a Parquet file as text: its own bytes hold the library's version and compression."""
    from pyarrow import parquet

    table = parquet.read_table(path)
    columns = [f"{field.name}: {field.type}" for field in table.schema]
    metadata = {k.decode(): v.decode() for k, v in (table.schema.metadata or {}).items()}
    rows = [json.dumps(row, default=str) for row in table.to_pylist()]
    return "\n".join([*columns, *(f"{k} = {v}" for k, v in metadata.items()), *rows]) + "\n"


def _compare(before: dict[str, Any], now: dict[str, Any]) -> int:
    """Print which files differ and how; return the exit code."""
    if before["machine"] != now["machine"]:
        _say(f"pinned on another machine, {before['machine']}: numbers may differ for that alone")
    old, new = before["files"], now["files"]
    differing = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    for name in differing:
        _say(f"{name}: {_how(name, old, new)}")
        if name in old and name in new:
            for line in _hint(Path(before["work"]), Path(now["work"]), name):
                _say(f"    {line[:_DIFF_WIDTH]}")
    same = len(new) - len([name for name in differing if name in new])
    _say(f"{len(differing)} files differ, {same} are the same; this run is in {now['work']}")
    return 1 if differing else 0


def _how(name: str, old: Mapping[str, str], new: Mapping[str, str]) -> str:
    if name not in old:
        return "new"
    return "differs" if name in new else "missing"


def _hint(before: Path, now: Path, name: str) -> Iterator[str]:
    """Yield the first differing lines, without context."""
    old, new = before / "pinned" / name, now / "pinned" / name
    if not old.exists():
        yield f"({old} no longer exists, so there is nothing to compare with)"
    elif old.suffix in _BINARY:
        yield f"{old.stat().st_size} bytes before, {new.stat().st_size} now"
    else:
        before_lines, now_lines = (path.read_text().splitlines() for path in (old, new))
        lines = unified_diff(before_lines, now_lines, lineterm="", n=0)
        # Skip the two lines that name the files.
        yield from islice(lines, 2, 2 + _DIFF_LINES)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
