"""Read a session's TRC and MOT with OpenSim, and compare the result with the store.

    PYTHONPATH=. OPENSIM/bin/python tests/tools/opensim_check.py DATA SESSION.trc SESSION.mot

``make opensim-check`` records the bundled clip and runs this. OpenSim's package is not a dependency
and is installed in a separate environment.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import opensim

from edge.export.markers import MARKERS, Markers, markers_of
from edge.export.opensim import angles_of, write_mot, write_trc
from edge.messages.arrays import Floats
from edge.record.store import Store
from edge.record.stored_session import StoredSession

LEG_M = 0.85
# The files have six decimals.
MOST_AWAY = 6e-7
# The store's pixels are at frame times, the markers at equal intervals.
MOST_SCALE_SPREAD = 0.002


def read_trc(path: Path) -> tuple[Floats, list[str], Floats, dict[str, str]]:
    """Read times, labels, positions of shape (n, markers, 3) and the header with OpenSim."""
    table = opensim.TimeSeriesTableVec3(str(path))
    labels = list(table.getColumnLabels())
    # Each marker as three columns of one table, which can be handed over as a whole.
    flat = table.flatten()
    # Copied while the table that it is a view of is there.
    places = np.array(flat.getMatrix().to_numpy()).reshape(-1, len(labels), 3)
    keys = ("DataRate", "CameraRate", "Units")
    header = {key: table.getTableMetaDataAsString(key) for key in keys}
    return np.array(table.getIndependentColumn()), labels, places, header


def read_mot(path: Path) -> tuple[Floats, list[str], Floats, str]:
    """Read times, labels, values of shape (n, columns) and ``inDegrees`` with OpenSim."""
    table = opensim.TimeSeriesTable(str(path))
    labels = list(table.getColumnLabels())
    degrees = table.getTableMetaDataAsString("inDegrees")
    values = np.array(table.getMatrix().to_numpy())
    return np.array(table.getIndependentColumn()), labels, values, degrees


def check_trc(path: Path, markers: Markers) -> str:
    """Compare the markers; return a summary in one line."""
    times_s, labels, places, header = read_trc(path)
    same("markers", labels, list(MARKERS))
    same("units", header["Units"], "m")
    near("rate", np.array([float(header["DataRate"])]), np.array([markers.rate_hz]))
    near("times", times_s, markers.times_s)
    near("places", places, markers.xyz_m)
    known = np.isfinite(places).all(axis=2).mean()
    return f"TRC: {len(times_s)} rows of {len(labels)} markers, {100 * known:.0f} % seen, the same"


def check_mot(path: Path, markers: Markers) -> str:
    """Compare the angles; return a summary in one line."""
    times_s, labels, values, degrees = read_mot(path)
    angles = angles_of(markers)
    table = np.column_stack(list(angles.values()))
    whole = np.flatnonzero(np.isfinite(table).all(axis=1))
    rows = slice(whole[0], whole[-1] + 1)
    same("coordinates", labels, list(angles))
    same("inDegrees", degrees, "yes")
    near("times", times_s, markers.times_s[rows])
    near("angles", values, table[rows])
    return f"MOT: {len(times_s)} rows of {len(labels)} coordinates, the same"


def check_gaps(markers: Markers) -> list[str]:
    """Compare again with nobody in view for a while, and then with the last marker hidden."""
    places = markers.xyz_m.copy()
    places[100:130] = places[200:230, -1] = places[-1] = np.nan
    gappy = replace(markers, xyz_m=places)
    with TemporaryDirectory() as folder:
        trc, mot = Path(folder) / "gaps.trc", Path(folder) / "gaps.mot"
        write_trc(gappy, trc, "gaps")
        write_mot(gappy, mot, "gaps")
        return [f"with gaps, {check_trc(trc, gappy)}", f"with gaps, {check_mot(mot, gappy)}"]


def check_pixels(path: Path, store: Store, session: StoredSession) -> str:
    """Compare with the store's raw keypoints: a single scale must convert pixels to metres."""
    times_s, labels, places, _ = read_trc(path)
    poses = list(store.read(session).poses().settled())
    seen_s = np.array([pose.time_s for pose in poses]) - session.origin_s
    nearest = np.abs(times_s[:, None] - seen_s[None]).argmin(axis=1)
    at_frame = np.abs(times_s - seen_s[nearest]) < 1e-4
    side = (session.summary or {})["near_side"]
    letter = side[0].upper()
    ratios = []
    for above, below in (("Hip", "Knee"), ("Knee", "Ankle")):
        metres = np.subtract(*(places[:, labels.index(letter + n), :2] for n in (above, below)))
        points = [
            poses[0].skeleton.points.index(f"{side}_{name.lower()}") for name in (above, below)
        ]
        pixels = np.array([np.subtract(*poses[i].xy_px[points]) for i in nearest])
        ratios.append((np.hypot(*metres.T) / np.hypot(*pixels.T))[at_frame])
    ratio = np.concatenate(ratios)
    ratio = ratio[np.isfinite(ratio)]
    spread = float(np.quantile(np.abs(ratio / np.median(ratio) - 1), 0.95))
    if len(ratio) < 100 or spread > MOST_SCALE_SPREAD:
        raise SystemExit(f"pixels and metres differ: {len(ratio)} lengths, spread {spread:.4f}")
    scale = 1000 * float(np.median(ratio))
    return f"pixels: {len(ratio)} lengths, {scale:.3f} mm each, 95 % within {100 * spread:.2f} %"


def same(what: str, have: object, want: object) -> None:
    """Exit with a sentence if two things differ."""
    if have != want:
        raise SystemExit(f"{what}: OpenSim read {have}, the store holds {want}")


def near(what: str, have: Floats, want: Floats) -> None:
    """Exit with a sentence if numbers differ, or if NaN is at different positions."""
    if have.shape != want.shape:
        raise SystemExit(f"{what}: OpenSim read shape {have.shape}, the store holds {want.shape}")
    if not np.array_equal(np.isnan(have), np.isnan(want)):
        raise SystemExit(f"{what}: unknown at different places")
    away = np.nanmax(np.abs(have - want), initial=0.0)
    if away > MOST_AWAY:
        raise SystemExit(f"{what}: up to {away:g} apart")


def main() -> None:
    """Read, compare, and say so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("trc", type=Path)
    parser.add_argument("mot", type=Path)
    arguments = parser.parse_args()
    with Store(arguments.data, create=False) as store:
        session = store.session("last")
        markers = markers_of(store, session, leg_m=LEG_M)
        lines = [
            f"OpenSim {opensim.GetVersion()}",
            check_trc(arguments.trc, markers),
            check_mot(arguments.mot, markers),
            *check_gaps(markers),
            check_pixels(arguments.trc, store, session),
        ]
    print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    main()
