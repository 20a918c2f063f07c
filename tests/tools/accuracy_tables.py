"""The tables of docs/accuracy.md, from the evaluations' JSON."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from accuracy_plots import EVENTS

Rows = Sequence[tuple[str, list[dict[str, Any]]]]

_METRICS = {
    "knee_toe_offset_pct": "knee-toe offset, % of shank",
    "shank_angle_deg": "shank angle, degrees",
    "hip_ankle_offset_pct": "hip-ankle offset, % of leg",
    "knee_flexion_peak_deg": "knee flexion at peak, degrees",
    "knee_flexion_contact_deg": "knee flexion at contact, degrees",
    "knee_flexion_push_off_deg": "knee flexion in push-off, degrees",
    "thigh_extension_deg": "thigh extension at toe-off, degrees",
    "plantarflexion_deg": "plantarflexion at toe-off, degrees",
    "line_straightness_pct": "line straightness, %",
    "trunk_lean_deg": "trunk lean, degrees",
    "overstride_pct": "overstride, % of leg",
    "ground_contact_ms": "ground contact, ms",
    "flight_ms": "flight, ms",
    "stride_time_ms": "stride time, ms",
    "cadence_spm": "cadence, steps/min",
    "vertical_oscillation_pct": "vertical oscillation, % of leg",
}
_PER_CLIP = {
    "knee_toe_offset_pct": "knee-toe, %",
    "knee_flexion_peak_deg": "peak knee, deg",
    "knee_flexion_push_off_deg": "push-off knee, deg",
    "thigh_extension_deg": "thigh ext., deg",
}
_JOINTS = ("hip", "knee", "ankle", "heel", "toe")


def event_table(rows: Rows) -> str:
    """Return every event's statistics, medians over each row's reports."""
    head = (
        "| | event | F1 20 ms | 33 ms | 50 ms (lowest) | bias ms | SD ms | RMSE ms | p95 ms | "
        "LoA ms | SD of bias |\n|---|---|---|---|---|---|---|---|---|---|---|"
    )
    lines = []
    for name, reports in rows:
        for i, (event, title) in enumerate(EVENTS.items() if reports else ()):
            figure = _median_of([r["events"][event] for r in reports])
            low, high = ([r["events"][event]["loa_ms"][k] for r in reports] for k in (0, 1))
            lines.append(
                row(
                    name if i == 0 else "",
                    title,
                    *(figure(f"f1_{ms}ms", 3) for ms in (20, 33)),
                    f"{figure('f1_50ms', 3)} ({figure('lowest_f1_50ms', 2)})",
                    figure("bias_ms", 1, "+"),
                    *(figure(key, 1) for key in ("sd_ms", "rmse_ms", "p95_abs_ms")),
                    f"{number(_median(low), 0, '+')} to {number(_median(high), 0, '+')}",
                    figure("trial_bias_sd_ms", 1),
                )
            )
    return "\n".join([head, *lines]) + "\n"


def metric_table(reports: Sequence[dict[str, Any]]) -> str:
    """Return every metric's statistics, medians over the reports."""
    head = (
        "| metric | bias | SD of a stride | RMSE | SD of ten-stride means (about the trial's own) "
        "| slope | r | worst trial |\n|---|---|---|---|---|---|---|---|"
    )
    lines = []
    for metric, title in _METRICS.items():
        tables = [r["metrics"][metric] for r in reports if metric in r["metrics"]]
        if not tables or all(t["n"] == 0 for t in tables):
            continue
        figure = _median_of(tables)
        error, trial = max(
            (
                (t["trial_means"]["worst"], t["trial_means"]["worst_trial"])
                for t in tables
                if t["trial_means"]["worst"] is not None
            ),
            key=lambda worst: abs(worst[0]),
            default=(None, ""),
        )
        lines.append(
            row(
                title,
                figure("bias", 1, "+"),
                figure("sd", 1),
                figure("rmse", 1),
                f"{figure('ten_stride_sd', 1)} ({figure('ten_stride_sd_within', 1)})",
                figure("slope", 2),
                figure("r", 2),
                f"{number(error, 1, '+')} `{trial}`",
            )
        )
    return "\n".join([head, *lines]) + "\n"


def metrics_by_setting(rows: Rows) -> str:
    """Return bias and SD of ten-stride means of the main metrics by setting."""
    columns = [m for m in list(_METRICS)[:7] if m != "knee_flexion_contact_deg"]
    lines = [row("", *(_METRICS[m] for m in columns)), row(*["---"] * (len(columns) + 1))]
    for name, reports in rows:
        if not reports:
            continue
        cells = []
        for metric in columns:
            figure = _median_of([r["metrics"][metric] for r in reports])
            cells.append(f"{figure('bias', 1, '+')} ({figure('ten_stride_sd', 1)})")
        lines.append(row(name, *cells))
    return "\n".join(lines) + "\n"


def identity_table(rows: Rows) -> str:
    """Return how often the near leg was on the wrong leg."""
    lines = [
        "| model | frames with the near leg on the far one | longest, frames |",
        "|---|---|---|",
    ]
    for name, reports in rows:
        for report in reports:
            identity = report["identity"]
            clip = identity["longest_swap_clip"]
            where = f" (`{clip}`)" if clip else ""
            lines.append(
                row(
                    name,
                    f"{number(identity['swapped_frames_pct'], 2)} %",
                    f"{identity['longest_swap_frames']}{where}",
                )
            )
    return "\n".join(lines) + "\n"


def point_table(rows: Rows) -> str:
    """Return the errors of the near leg's points."""
    lines = [row("model", *_JOINTS), row(*["---"] * (len(_JOINTS) + 1))]
    for name, reports in rows:
        for report in reports:
            points = [report["keypoints"][joint] for joint in _JOINTS]
            lines.append(
                row(
                    name,
                    *(
                        f"{number(p['median_pct_leg'], 1)} / {number(p['p95_pct_leg'], 1)}"
                        for p in points
                    ),
                )
            )
    return "\n".join(lines) + "\n"


def clip_table(report: Mapping[str, Any]) -> str:
    """Return each clip's results."""
    columns = ("contact", "peak", "toe-off", *_PER_CLIP.values(), "cadence", "swapped")
    lines = [
        "Events: F1 at 50 ms / RMSE in ms. Metrics and cadence: error of the clip's mean. "
        "Swapped: frames with the near leg on the far one (longest run).\n",
        row("clip", *columns),
        row(*["---"] * (len(columns) + 1)),
    ]
    for name, clip in report["clips"].items():
        events = [clip["events"][event] for event in EVENTS]
        means = [clip["metrics"].get(metric, {}).get("error") for metric in _PER_CLIP]
        identity = clip["identity"]
        lines.append(
            row(
                f"`{name}`",
                *(f"{number(e['f1_50ms'], 2)} / {number(e['rmse_ms'], 0)}" for e in events),
                *(number(m, 1, "+") for m in means),
                number(clip["cadence_spm"]["error"], 1, "+"),
                f"{number(identity['swapped_frames_pct'], 1)} % "
                f"({identity['longest_swap_frames']})",
            )
        )
    return "\n".join(lines) + "\n"


def verdict_table(report: Mapping[str, Any]) -> str:
    """Return each clip's verdicts and the expected ones."""
    counts = report["verdict_counts"]
    lines = [
        f"Of the near leg's verdicts in running clips {counts['same']} as expected, "
        f"{counts['neighbour']} the next state or borderline, {counts['opposite']} opposite, "
        f"{counts['unknown']} unknown.\n",
        "| clip | knees forward: expected, got | bent push-off: expected, got |",
        "|---|---|---|",
    ]
    for name, verdict in report["verdicts"].items():
        near = report["clips"][name]["near_side"]
        cells = [
            f"{verdict['expected'][fault][near]}, {verdict['got'][fault][near]}"
            for fault in ("knees_forward", "bent_push_off")
        ]
        lines.append(row(f"`{name}`", *cells))
    return "\n".join(lines) + "\n"


def gaitkit_table(content: dict[str, Any]) -> str:
    """Return gaitkit's results next to Toeline's."""
    lines = [
        f"### Comparison with gaitkit {content['gaitkit']}\n\nIts offline methods, which use the "
        "whole trial, on the same poses of the first seed (`make compare-gaitkit`):\n",
        "| method | contact F1 50 ms | bias ms | RMSE ms | toe-off F1 50 ms | bias ms | RMSE ms |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, events in {"Toeline": content["toeline"], **content["methods"]}.items():
        cells = []
        for event in ("initial_contact", "toe_off"):
            figures = events[event]
            cells += [
                number(figures["f1_50ms"], 3),
                number(figures["bias_ms"], 1, "+"),
                number(figures["rmse_ms"], 1),
            ]
        lines.append(row(name, *cells))
    lines.append(
        f"\nIts best method for contact is `{content['best_initial_contact']}`; Toeline's RMSE is "
        f"{content['rmse_ratio']:.2f} times that."
    )
    return "\n".join(lines) + "\n"


def latency_table(rows: Sequence[tuple[str, dict[str, Any]]]) -> str:
    """Return the delay from the true time to the decision, p50 / p95."""
    early = any("provisional" in report["events"][e] for _, report in rows for e in EVENTS)
    titles = [*EVENTS.values()]
    if early:
        titles += [f"{title}, provisional" for title in EVENTS.values()]
    lines = [row("", *titles), row(*["---"] * (len(titles) + 1))]
    for name, report in rows:
        events = [report["events"][event] for event in EVENTS]
        first = [e.get("provisional") for e in events] if early else []
        lines.append(row(name, *map(_late, [*events, *first])))
    return "\n".join(lines) + "\n"


def command_table(rows: Sequence[tuple[str, str]]) -> str:
    """Return the command behind each set of results."""
    lines = ["| figures | command |", "|---|---|"]
    lines += [row(name, f"`{command}`") for name, command in rows]
    return "\n".join(lines) + "\n"


def _late(events: Mapping[str, Any] | None) -> str:
    if events is None:
        return "-"
    late = events["emission_ms"]
    return f"{number(late['p50'], 0)} / {number(late['p95'], 0)}"


def _median_of(tables: Sequence[Mapping[str, Any]]) -> Callable[..., str]:
    """Return a function that formats the median of one entry over the tables."""

    def figure(key: str, decimals: int, sign: str = "") -> str:
        return number(_median(t[key] for t in tables), decimals, sign)

    return figure


def _median(values: Iterable[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return median(known) if known else None


def number(value: float | None, decimals: int, sign: str = "") -> str:
    """Return a number as text; a dash where it is absent."""
    return "-" if value is None else f"{value:{sign}z.{decimals}f}"


def row(*cells: str) -> str:
    """Return one line of a table."""
    return f"| {' | '.join(cells)} |"
