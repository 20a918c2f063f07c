"""Cue experiments on constructed runners through identity, gait and metrics, and on looped clips.

    make cue-experiment

runs every scenario with twenty seeds, and fails unless what changed was found and nothing else.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import nan
from typing import Final

from recordings import EXACT, Flaws, record
from stored import gait_rooms
from synthetic import Form, Runner

from edge.messages.pose import Pose
from edge.messages.stride import StrideMetrics
from edge.messages.visit import Block, StepKind
from edge.report.blocks import columns_of
from edge.report.changes import Judged, minimal_detectable_change
from edge.report.experiment import ROWS, Experiment, experiment
from edge.settings.settings import Settings

SESSION: Final = "2026-11-30T10-00-00Z"
SECONDS: Final = 30.0
"""Of each block: about 41 strides of the near leg, half of what a visit has."""
# The least at which anything is judged; half of the time that 60 would take.
_RATE_HZ: Final = 30.0
# White noise of 8 mm, with jitter of the camera's clock: strides scatter as they do through the
# pose model (SD of the knee-toe offset 2 to 3 % of shank).
_NOISE_PX: Final = 2.0
_JITTER_S: Final = 0.002

_KNEES: Final = Form(knee_toe_pct=6.0, belt_mps=2.7, peak_flexion_deg=52.0, bounce_m=0.025)
_USUAL: Final = Form()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The runner's form in the baseline and under a cue; retention is as the cue left it."""

    cue: str
    before: Form
    after: Form

    @property
    def expected(self) -> set[str]:
        """The metrics that differ by more than their limit, by the closed form."""
        old, new = Runner(self.before).metrics, Runner(self.after).metrics
        return {
            str(metric)
            for metric in ROWS
            if abs(new[metric] - old[metric]) > minimal_detectable_change(metric, same_session=True)
        }


SCENARIOS: Final = {
    "knee-toe +6 to -2 %": Scenario(
        cue="sit_back", before=_KNEES, after=replace(_KNEES, knee_toe_pct=-2.0)
    ),
    # The time of contact stays, so that cadence alone changes.
    "cadence +6": Scenario(
        cue="cadence",
        before=_USUAL,
        after=replace(_USUAL, cadence_spm=172.0, duty=_USUAL.duty * 172.0 / 166.0),
    ),
    "nothing": Scenario(cue="sit_back", before=_USUAL, after=_USUAL),
}


def run(scenario: Scenario, seed: int, seconds: float = SECONDS) -> Experiment:
    """Run baseline, cue and retention of one runner; return the table."""
    poses: list[Pose] = []
    for number, form in enumerate((scenario.before, scenario.after, scenario.after)):
        flaws = Flaws(noise_px=_NOISE_PX, jitter_s=_JITTER_S, seed=10 * seed + number)
        start_s = number * seconds
        poses += record(Runner(form), seconds, _RATE_HZ, flaws, start_s).poses
    steps = [(StepKind.BASELINE, ""), (StepKind.CUE, scenario.cue), (StepKind.RETENTION, "")]
    blocks = [
        _block(kind, cue, number * seconds, (number + 1) * seconds)
        for number, (kind, cue) in enumerate(steps)
    ]
    return table(poses, blocks, Settings(gait=EXACT))


def looped(poses: list[Pose], rounds: int, settings: Settings | None = None) -> Experiment:
    """Play a clip over and over, unchanged, cut into baseline, cue and retention; the table."""
    # The next round begins one frame after the last one ends.
    length_s = (poses[-1].time_s - poses[0].time_s) * len(poses) / (len(poses) - 1)
    played = [
        replace(pose, time_s=pose.time_s + turn * length_s, frame_index=turn * len(poses) + index)
        for turn in range(3 * rounds)
        for index, pose in enumerate(poses)
    ]
    start_s, block_s = poses[0].time_s, rounds * length_s
    kinds = ((StepKind.BASELINE, ""), (StepKind.CUE, "sit_back"), (StepKind.RETENTION, ""))
    blocks = [
        _block(kind, cue, start_s + number * block_s, start_s + (number + 1) * block_s)
        for number, (kind, cue) in enumerate(kinds)
    ]
    return table(played, blocks, settings or Settings())


def table(poses: Iterable[Pose], blocks: list[Block], settings: Settings) -> Experiment:
    """Return the table of the leg that was near."""
    rooms = gait_rooms(settings)
    messages = [message for pose in poses for message in rooms.follow(pose).messages]
    messages += rooms.finish()
    ran = [message for message in messages if isinstance(message, StrideMetrics)]
    side = next(stride.side for stride in ran if stride.near)
    return experiment(columns_of(blocks, {SESSION: ran}, side), side)


def changed(found: Experiment) -> Mapping[str, set[str]]:
    """Return the metrics that changed, by kind of block."""
    return {
        column.kind.value: {
            str(row.metric)
            for row in found.rows
            if (change := row.cells[at].change) is not None and change.judged is Judged.CHANGED
        }
        for at, column in enumerate(found.columns)
        if column.kind is not StepKind.BASELINE
    }


def _block(kind: StepKind, cue: str, start_s: float, end_s: float) -> Block:
    return Block(
        number=0,
        session=SESSION,
        step=kind.value,
        kind=kind,
        cue=cue,
        feedback_pct=100.0 if cue else nan,
        speed_mps=2.5,
        start_s=start_s,
        end_s=end_s,
    )


def main(seeds: int) -> int:
    """Run every scenario; return how many tables were wrong."""
    wrong = 0
    for name, scenario in SCENARIOS.items():
        expected = {kind: scenario.expected for kind in ("cue", "retention")}
        right = 0
        for seed in range(1, seeds + 1):
            found = changed(run(scenario, seed))
            right += found == expected
            if found != expected:
                sys.stdout.write(f"seed {seed}: {found}\n")
        wrong += seeds - right
        listed = ", ".join(sorted(scenario.expected)) or "nothing"
        sys.stdout.write(f"{name}: {right} of {seeds} tables say {listed}\n")
        sys.stdout.flush()
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1])) else 0)
