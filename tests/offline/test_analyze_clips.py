"""`toeline analyze` with the real model over every clip with ground truth: complete and right.

The bars are those a coach would notice: strides found, cadence, sides, and lights that are neither
wrongly red nor wrongly green. How near the numbers come is for `toeline evaluate clips`.
"""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from capture_media import beginning, frame_count
from command import toeline, toeline_process

from edge.record.result_folder import EVENTS, POSES, SESSION, STRIDES

# The first test waits for the analysis of all clips.
pytestmark = pytest.mark.timeout(1500)

EVENT_HEADER = "time_s,decided_at_s,side,near,kind,confidence"
STRIDE_HEADER = (
    "side,near,start_s,peak_knee_flexion_s,toe_off_s,end_s,valid,reason,"
    "knee_toe_offset_pct,shank_angle_deg,hip_ankle_offset_pct,"
    "knee_flexion_peak_deg,knee_flexion_contact_deg,knee_flexion_push_off_deg,"
    "thigh_extension_deg,plantarflexion_deg,line_straightness_pct,trunk_lean_deg,"
    "overstride_pct,ground_contact_ms,flight_ms,stride_time_ms,cadence_spm,"
    "vertical_oscillation_pct,reason_code,legs_source,legs_score"
)
ACTIVITIES = {"running", "walking", "standing", "absent"}
SIDES = ("left", "right")
FAULTS = ("knees_forward", "bent_push_off")

FAULTY = {
    "kneesfwd_right": ("knees_forward",),
    "kneesfwd_left": ("knees_forward",),
    "bentpush_right": ("bent_push_off",),
    "bentpush_left": ("bent_push_off",),
    "both_right_720p": FAULTS,
    "asym_leftonly_left": FAULTS,
}
GOOD = (
    "good_right",
    "good_left",
    "asym_leftonly_right",
    "highcad_120fps_left",
    "lowcad_30fps_right",
    "mocap_s003_35_right",
    "mocap_s014_45_right",
    "mocap_s019_25_left",
)
RUNNING = (*FAULTY, *GOOD, "yaw10_tilt3_right")
CLIPS = (*RUNNING, "walk_right", "session_right")
AGAIN = "lowcad_30fps_right"


@dataclass(frozen=True)
class Clip:
    """What is true of a clip, how many frames of it were analysed, and what came of it."""

    truth: Mapping[str, Any]
    frames: int
    folder: Path

    @cached_property
    def session(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / SESSION).read_text())
        return content

    @cached_property
    def strides(self) -> list[dict[str, str]]:
        return rows(self.folder / STRIDES)

    @property
    def duration_s(self) -> float:
        return self.frames / float(self.truth["fps"])

    @property
    def near(self) -> str:
        return str(self.truth["near_side"])

    @property
    def far(self) -> str:
        return "left" if self.near == "right" else "right"

    def states(self, side: str) -> dict[str, str]:
        """Return the state of each fault's light."""
        return {fault: self.session["verdicts"][fault][side]["state"] for fault in FAULTS}

    def true_strides(self) -> list[tuple[float, float]]:
        """Return the near leg's strides that lie wholly in what was analysed."""
        return [
            (stride["start_s"], stride["end_s"])
            for stride in self.truth["strides"]
            if stride["near"] and None not in (stride["start_s"], stride["end_s"])
            if stride["start_s"] >= 0 and stride["end_s"] <= self.duration_s
        ]

    def missed(self) -> list[tuple[float, float]]:
        """Return the true strides of which no stride has both contacts within a tenth of it."""
        found = [
            (float(stride["start_s"]), float(stride["end_s"]))
            for stride in self.strides
            if stride["side"] == self.near and stride["near"] == "1"
        ]

        def seen(start_s: float, end_s: float) -> bool:
            within_s = (end_s - start_s) / 10
            return any(
                abs(a - start_s) <= within_s and abs(b - end_s) <= within_s for a, b in found
            )

        return [stride for stride in self.true_strides() if not seen(*stride)]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Others:
    """Results of a clip analysed again, alone in its process, and of one with narrow pixels."""

    again: Path
    narrow: Path


@pytest.fixture(scope="session")
def others(
    clips_dir: Path,
    shared_dir: Path,
    analysed_films: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Others:
    folder = tmp_path_factory.mktemp("others")
    film = shared_dir / "data" / "faults" / "sar43_bent.mp4"
    seconds = frame_count(analysed_films["bentpush_left"]) / 60
    narrow = beginning(film, folder / film.name, seconds)
    options = ("--out", folder / "out", "--set", "pose.threads=1")
    for run, source in ((toeline_process, clips_dir / f"{AGAIN}.mp4"), (toeline, narrow)):
        result = run("analyze", source, *options)
        assert (result.returncode, result.stderr) == (0, "")
    return Others(folder / "out" / AGAIN, folder / "out" / narrow.stem)


@pytest.fixture(scope="session")
def clips(
    clips_dir: Path, analysed_films: dict[str, Path], analysed: dict[str, Path]
) -> dict[str, Clip]:
    assert set(analysed) == set(CLIPS)
    return {
        name: Clip(
            truth=json.loads((clips_dir / f"{name}.truth.json").read_text()),
            frames=frame_count(analysed_films[name]),
            folder=folder,
        )
        for name, folder in analysed.items()
    }


@pytest.fixture(params=CLIPS)
def clip(request: pytest.FixtureRequest, clips: dict[str, Clip]) -> Clip:
    return clips[request.param]


@pytest.fixture(params=RUNNING)
def running(request: pytest.FixtureRequest, clips: dict[str, Clip]) -> Clip:
    return clips[request.param]


def test_the_folder_is_complete_and_its_columns_are_exact(clip: Clip) -> None:
    assert {path.name for path in clip.folder.iterdir()} == {EVENTS, STRIDES, POSES, SESSION}
    events = (clip.folder / EVENTS).read_text(encoding="utf-8").splitlines()
    strides = (clip.folder / STRIDES).read_text(encoding="utf-8").splitlines()
    assert events[0] == EVENT_HEADER
    assert strides[0] == STRIDE_HEADER
    assert len(events) > 10
    for event in rows(clip.folder / EVENTS):
        assert event["kind"] in ("initial_contact", "peak_knee_flexion", "toe_off")
        assert event["side"] in SIDES
        assert event["near"] in ("0", "1")
        assert 0 <= float(event["time_s"]) <= float(event["decided_at_s"])
        assert float(event["decided_at_s"]) <= clip.duration_s
        assert 0 <= float(event["confidence"]) <= 1
    for stride in clip.strides:
        assert (stride["valid"] == "1") == (stride["reason"] == "")
        assert float(stride["start_s"]) < float(stride["end_s"])


def test_every_frame_has_its_line_in_order(clip: Clip) -> None:
    frames = []
    with (clip.folder / POSES).open(encoding="utf-8") as file:
        for line in file:
            pose = json.loads(line)
            assert set(pose) == {"frame", "time_s", "score", "xy_px", "visibility", "swapped"}
            assert len(pose["xy_px"]) == len(pose["visibility"]) == 33
            assert all(len(point) == 2 for point in pose["xy_px"])
            assert pose["time_s"] == pytest.approx(pose["frame"] / clip.truth["fps"], abs=1e-4)
            frames.append(pose["frame"])
    assert frames == list(range(clip.frames))


def test_the_session_says_what_the_contract_says(clip: Clip) -> None:
    session, count = clip.session, clip.frames
    assert set(session) >= {
        "schema", "toeline", "source", "model", "config_sha256", "frames", "frame_rate_hz",
        "duration_s", "facing", "near_side", "belt_speed_mps", "camera_roll_deg", "activity_s",
        "cadence_spm", "sides", "verdicts", "latency_ms",
    }  # fmt: skip
    assert session["schema"] == 1
    assert session["source"] == f"{clip.folder.name}.mp4"
    assert session["model"] == "full"
    assert session["frames"] == {"captured": count, "processed": count, "dropped": 0}
    for rate_hz in session["frame_rate_hz"].values():
        assert rate_hz == pytest.approx(clip.truth["fps"], rel=1e-3)
    assert session["duration_s"] == pytest.approx(clip.duration_s, abs=1e-3)
    assert set(session["activity_s"]) == ACTIVITIES
    assert sum(session["activity_s"].values()) == pytest.approx(session["duration_s"], abs=1e-3)
    for side in SIDES:
        of_side = [stride for stride in clip.strides if stride["side"] == side]
        told = session["sides"][side]
        assert told["strides"] == len(of_side)
        assert told["valid"] == sum(stride["valid"] == "1" for stride in of_side)
        assert set(told["metrics"]["knee_toe_offset_pct"]) == {
            "mean",
            "sd",
            "ci95",
            "error95",
            "n",
        }
        for fault in FAULTS:
            verdict = session["verdicts"][fault][side]
            assert set(verdict) == {
                "state",
                "reason",
                "reason_code",
                "cue",
                "mean",
                "ci95",
                "error95",
                "strides",
            }
            assert verdict["state"] in ("green", "amber", "red", "borderline", "unknown")
            assert verdict["reason"]
    for latency in ("capture_to_pose", "event_decision"):
        assert set(session["latency_ms"][latency]) == {"p50", "p95"}


def test_nine_in_ten_strides_of_the_near_leg_are_found(running: Clip) -> None:
    true, missed = running.true_strides(), running.missed()
    assert len(true) >= 10
    assert len(missed) <= 0.1 * len(true), f"missed {missed} of {len(true)}"


def test_cadence_is_within_two_steps_a_minute(running: Clip) -> None:
    assert running.session["cadence_spm"] == pytest.approx(running.truth["cadence_spm"], abs=2.0)


def test_facing_and_near_side_are_right(running: Clip) -> None:
    assert running.session["facing"] == running.truth["facing"]
    assert running.session["near_side"] == running.near


def test_all_of_a_run_is_running(running: Clip) -> None:
    assert running.session["activity_s"]["running"] == pytest.approx(running.duration_s, abs=0.1)


@pytest.mark.parametrize("name", GOOD)
def test_good_form_is_never_red(clips: dict[str, Clip], name: str) -> None:
    assert "red" not in clips[name].states(clips[name].near).values()


@pytest.mark.parametrize("name", FAULTY)
def test_a_fault_is_never_called_good(clips: dict[str, Clip], name: str) -> None:
    states = clips[name].states(clips[name].near)
    for fault in FAULTY[name]:
        # A measurement within its own error of the limit may say so.
        assert states[fault] in ("red", "amber", "borderline"), states
    assert {"red", "amber"} & {states[fault] for fault in FAULTY[name]}, states


def test_no_light_is_the_opposite_of_the_truth(running: Clip) -> None:
    states = running.states(running.near)
    for fault in FAULTS:
        given = (running.truth["expected"][fault][running.near], states[fault])
        assert given not in (("green", "red"), ("red", "green")), states


def test_the_far_leg_is_not_judged(clip: Clip) -> None:
    assert set(clip.states(clip.far).values()) == {"unknown"}


def test_a_walk_is_no_run(clips: dict[str, Clip]) -> None:
    walk = clips["walk_right"]
    seconds = walk.session["activity_s"]
    assert seconds["running"] == 0
    assert seconds["walking"] == pytest.approx(12.0, abs=0.1)
    for side in SIDES:
        assert set(walk.states(side).values()) == {"unknown"}
    assert not [stride for stride in walk.strides if stride["valid"] == "1"]
    assert walk.session["cadence_spm"] == pytest.approx(walk.truth["cadence_spm"], abs=4.0)


def true_running_s(truth: Mapping[str, Any]) -> float:
    """Return from the first to the last event of running."""
    times = [event["time_s"] for event in truth["events"] if event["gait"] == "run"]
    return float(max(times) - min(times))


def test_a_session_shows_every_activity(clips: dict[str, Clip]) -> None:
    seconds = clips["session_right"].session["activity_s"]
    assert {activity for activity in seconds if seconds[activity] > 0} == ACTIVITIES


def test_a_session_runs_as_long_as_it_does(clips: dict[str, Clip]) -> None:
    session = clips["session_right"]
    running_s = session.session["activity_s"]["running"]
    assert running_s == pytest.approx(true_running_s(session.truth), abs=3.0)


def test_a_session_that_ended_is_no_longer_judged(clips: dict[str, Clip]) -> None:
    session = clips["session_right"]
    for side in SIDES:
        assert set(session.states(side).values()) == {"unknown"}


def test_strides_of_a_leg_follow_each_other(clip: Clip) -> None:
    for side in SIDES:
        spans = [
            (float(stride["start_s"]), float(stride["end_s"]))
            for stride in clip.strides
            if stride["side"] == side
        ]
        for (_, end_s), (start_s, _) in pairwise(spans):
            assert start_s >= end_s


# This one needs no other analysis, so it comes before those that wait for all.
def test_a_fault_is_found_in_film_with_narrow_pixels(others: Others) -> None:
    session = json.loads((others.narrow / SESSION).read_text())
    assert session["verdicts"]["bent_push_off"]["left"]["state"] == "red"


def test_a_second_analysis_is_byte_identical(clips: dict[str, Clip], others: Others) -> None:
    # The first came after others in one process; this one is alone in its own.
    for table in (EVENTS, STRIDES, POSES):
        assert (others.again / table).read_bytes() == (clips[AGAIN].folder / table).read_bytes()


def test_film_with_narrow_pixels_gives_the_figures_of_square_ones(
    clips: dict[str, Clip], others: Others
) -> None:
    """A copy of ``bentpush_left`` in 720x540 with pixels of 4:3."""
    session = json.loads((others.narrow / SESSION).read_text())
    found, square = (
        content["sides"]["left"] for content in (session, clips["bentpush_left"].session)
    )
    for name, entry in square["metrics"].items():
        # Ground contact and flight are in milliseconds, and quantised by frames.
        error = 5.0 if name.endswith("_ms") else 1.5
        if entry["mean"] is not None:
            assert found["metrics"][name]["mean"] == pytest.approx(entry["mean"], abs=error), name
