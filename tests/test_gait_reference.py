"""Events from force plates: real markers of treadmill runners, filmed by a made-up camera.

Data: Fukuchi, Fukuchi & Duarte (2017), PeerJ 5:e3298, CC BY 4.0; see the README beside them.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from recordings import events_of, poses_of, strides_of, tracked
from synthetic import TRUNK_M, legs_of

from edge.gait.tracker import GaitMessage
from edge.messages import EventKind, Floats, Side
from edge.settings import GaitSettings
from edge.skeleton import KEYPOINT_COUNT, LEFT_SHOULDER

FPS, SECONDS, MARKER_HZ = 60.0, 8.0, 150.0
# Four runners: forefoot, rearfoot, one of each foot, midfoot to forefoot.
TRIALS = ("s001_25", "s026_35", "s017_45", "s010_35")
# Markers have no model delay, so the peak is where it is seen. The straightest knee is 6 to 15 ms
# late and the ball rises 7 ms early, to which the rule adds 10: their middle is 7 ms late.
MARKERS = GaitSettings(peak_offset_s=0.0, contact_offset_s=0.028, toe_off_offset_s=-0.007)
MATCHED_S = 0.05
# A little above what was measured: 8.3 ms (contact) and 5.9 ms (toe-off), every event found.
WORST_RMSE_MS = {EventKind.INITIAL_CONTACT: 11.0, EventKind.TOE_OFF: 8.0}
SETTLED_S = 1.5
# From the heel, the second metatarsal marker lies this share of the way to the shoe tip.
TO_TOE = 0.74
CAMERA_M, PX_M = 3.5, 260.0
NOISE_M, NOISE_LASTS_S = 0.005, 0.06
SIDES = {0: Side.RIGHT, 1: Side.LEFT}


@dataclass(frozen=True)
class Agreement:
    """How found events of one kind agree with the force plate's, all trials together."""

    f1: float
    bias_ms: float
    rmse_ms: float
    worst_trial_bias_ms: float


@cache
def load(path: Path) -> dict[str, Floats]:
    with np.load(path) as stored:
        names = [str(n) for n in stored["names"]]
        found = {str(m["key"]) for m in json.loads(str(stored["meta"]))}
        assert found >= set(TRIALS)
        columns = [
            [names.index(f"{leg}_{point}_{axis}") for axis in "xyz"]
            for leg in ("L", "R")
            for point in ("hip", "knee", "ankle", "heel", "mt2")
        ]
        markers = {k: stored[f"{k}_pts"][:, columns] / 1e4 for k in TRIALS}
        return markers | {f"{k} events": stored[f"{k}_ev"].astype(float) for k in TRIALS}


def noisy(random: np.random.Generator, points: Floats) -> Floats:
    """Return points, shape (n, k, 2), with white noise and noise that lasts, 5 mm each."""
    kept = np.exp(-1 / (FPS * NOISE_LASTS_S))
    lasting = random.normal(scale=NOISE_M, size=points.shape)
    for i in range(1, len(points)):
        lasting[i] = kept * lasting[i - 1] + np.sqrt(1 - kept**2) * lasting[i]
    return np.asarray(points + lasting + random.normal(scale=NOISE_M, size=points.shape))


def filmed(markers: Floats, seed: int) -> tuple[Floats, Floats]:
    """Return frame times and keypoints, shape (n, 33, 2), px; the right leg is the near one."""
    times = np.arange(round(SECONDS * FPS)) / FPS
    marker_times = np.arange(len(markers)) / MARKER_HZ
    flat = markers.reshape(len(markers), -1)
    seen = np.stack([np.interp(times, marker_times, c) for c in flat.T], axis=1)
    legs = seen.reshape(times.size, 2, 5, 3)
    heel, ball = legs[:, :, 3], legs[:, :, 4]
    legs[:, :, 4] = heel + (ball - heel) / TO_TOE
    # A pinhole at the height of the hips, beside the belt on the runner's right.
    depth = CAMERA_M - legs[..., 2]
    flat_m = np.stack([legs[..., 0], legs[..., 1] - 0.9], axis=-1) * (CAMERA_M / depth)[..., None]
    both = noisy(np.random.default_rng(seed), flat_m.reshape(times.size, 10, 2))
    image = both * [PX_M, -PX_M] + [640.0, 360.0]
    xy = np.empty((times.size, KEYPOINT_COUNT, 2))
    near, far = legs_of(Side.RIGHT)
    xy[:, far], xy[:, near] = image[:, :5], image[:, 5:]
    # No markers above the hips: shoulders and the rest are made up over their middle.
    middle = (image[:, 0] + image[:, 5]) / 2
    xy[:, :LEFT_SHOULDER] = middle[:, None] + [30.0, -1.3 * TRUNK_M * PX_M]
    xy[:, LEFT_SHOULDER : far[0]] = middle[:, None] + [20.0, -TRUNK_M * PX_M]
    return times, xy


@pytest.fixture(scope="module")
def found(shared_dir: Path) -> dict[str, list[GaitMessage]]:
    data = load(shared_dir / "data" / "rbds" / "rbds.npz")
    messages = {}
    for seed, trial in enumerate(TRIALS):
        times, xy = filmed(data[trial], seed)
        messages[trial] = tracked(poses_of(xy, times), MARKERS)
    return messages


def matched(truth: Floats, events: Floats) -> Floats:
    """Return found minus true, s, of the pairs within the tolerance, one to one, nearest first."""
    gaps = events[None] - truth[:, None]
    pairs = []
    while gaps.size and np.nanmin(np.abs(gaps), initial=np.inf) <= MATCHED_S:
        i, j = np.unravel_index(int(np.nanargmin(np.abs(gaps))), gaps.shape)
        pairs.append(float(gaps[i, j]))
        gaps = np.delete(np.delete(gaps, i, 0), j, 1)
    return np.array(pairs)


def agreement(
    data: dict[str, Floats], found: dict[str, list[GaitMessage]], kind: EventKind
) -> Agreement:
    column = 0 if kind is EventKind.INITIAL_CONTACT else 1
    late, biases, count = [], [], 0
    for trial, messages in found.items():
        plate = data[f"{trial} events"]
        own = []
        for number, side in SIDES.items():
            truth = plate[plate[:, 2] == number, column]
            truth = truth[(truth > SETTLED_S) & (truth < SECONDS - 0.3)]
            events = events_of(messages, kind, side)
            events = events[(events > SETTLED_S - MATCHED_S) & (events < SECONDS - 0.3 + MATCHED_S)]
            # An event just outside the span has its true one there too.
            inside = (events > SETTLED_S) & (events < SECONDS - 0.3)
            pairs = matched(truth, events)
            own.append(pairs)
            count += truth.size + max(int(inside.sum()), pairs.size)
        late += own
        biases.append(1000 * np.concatenate(own).mean())
    errors = 1000 * np.concatenate(late)
    return Agreement(
        f1=2 * errors.size / count,
        bias_ms=float(errors.mean()),
        rmse_ms=float(np.sqrt((errors**2).mean())),
        worst_trial_bias_ms=float(np.abs(biases).max()),
    )


@pytest.mark.parametrize("kind", list(WORST_RMSE_MS))
def test_events_agree_with_the_force_plate(
    shared_dir: Path, found: dict[str, list[GaitMessage]], kind: EventKind
) -> None:
    data = load(shared_dir / "data" / "rbds" / "rbds.npz")
    result = agreement(data, found, kind)
    assert result.f1 >= 0.97, result
    assert result.rmse_ms < WORST_RMSE_MS[kind], result
    assert result.worst_trial_bias_ms < WORST_RMSE_MS[kind], result


def test_nearly_every_stride_of_both_legs_is_valid(found: dict[str, list[GaitMessage]]) -> None:
    for messages in found.values():
        for side in Side:
            strides = [s for s in strides_of(messages, side) if s.start_s > SETTLED_S]
            assert len(strides) >= (SECONDS - SETTLED_S) / 0.8 - 2
            assert sum(s.valid for s in strides) >= 0.9 * len(strides)
