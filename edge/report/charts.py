"""The report's charts as SVG, drawn from numbers alone: no text that a user entered."""

from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from typing import Final

import numpy as np
from markupsafe import Markup, escape

from edge.i18n.word_catalogue import Catalogue
from edge.messages.arrays import Floats
from edge.messages.verdict import Bands, VerdictState
from edge.metrics.reference_curves import Band

INK, MUTED, GRID = "#1d2530", "#66717f", "#dde2e8"
GREEN, AMBER, RED, VIOLET, GREY = "#1b7f4d", "#b86e00", "#b3261e", "#4f55b8", "#68727e"
STATE_INK: Final = {
    VerdictState.GREEN: GREEN,
    VerdictState.AMBER: AMBER,
    VerdictState.RED: RED,
    VerdictState.BORDERLINE: VIOLET,
    VerdictState.UNKNOWN: GREY,
}
# One colour and one dash pattern per visit, so that visits differ in black and white, too.
VISIT_INK: Final = ("#0b5cad", "#c2410c", "#5b21b6", "#0f766e")
VISIT_DASH: Final = ("", "7 4", "2 3", "9 3 2 3")
Scale = Callable[[float], float]

# Longer series are drawn as medians of groups.
MOST_POINTS: Final = 160


def state_icon(state: VerdictState) -> Markup:
    """Return the icon of a state, the same as on the station display."""
    ink = STATE_INK[state]
    shape = {
        VerdictState.GREEN: f'<circle cx="16" cy="16" r="14" fill="{ink}"/>'
        '<path d="M9 16.5l5 5 9-10" fill="none" stroke="#fff" stroke-width="3.4"/>',
        VerdictState.AMBER: f'<path d="M16 2l15 27H1z" fill="{ink}"/>'
        '<path d="M16 11v9M16 23.2v3" stroke="#fff" stroke-width="3.4"/>',
        VerdictState.RED: f'<path d="M10 1h12l9 9v12l-9 9H10l-9-9V10z" fill="{ink}"/>'
        '<path d="M10 10l12 12M22 10L10 22" stroke="#fff" stroke-width="3.6"/>',
        VerdictState.BORDERLINE: f'<path d="M16 4l13.5 24h-27z" fill="none" stroke="{ink}" '
        'stroke-width="3.4" stroke-linejoin="round"/>',
        VerdictState.UNKNOWN: f'<circle cx="16" cy="16" r="13" fill="none" stroke="{ink}" '
        'stroke-width="3" stroke-dasharray="5 3.5"/>',
    }[state]
    return Markup(f'<svg class="icon" viewBox="0 0 32 32" aria-hidden="true">{shape}</svg>')


def limit_bar(
    limits: Bands,
    spans: Sequence[tuple[float, float, float]],
    unit: str,
    words: Catalogue,
    *,
    signed: bool,
) -> Markup:
    """Return a bar of the three zones with each visit's mean and interval on it.

    Parameters
    ----------
    limits
        Limits in force at the end of the visit.
    spans
        Mean, lower and upper end for each visit.
    unit
        Unit, written at the end of the scale.
    words
        Catalogue of the report's language.
    signed
        Whether positive numbers have a sign.
    """
    width, height, left, right, top = 460.0, 70.0 + 16 * (len(spans) - 1), 8.0, 452.0, 30.0
    margin = max(abs(limits.red - limits.amber) * 1.6, 4.0)
    known = [v for span in spans for v in span if isfinite(v)]
    low = min([limits.amber, limits.red, *known]) - margin
    high = max([limits.amber, limits.red, *known]) + margin

    def x(value: float) -> float:
        return left + (value - low) / (high - low) * (right - left)

    ends = (low, limits.amber, limits.red, high) if limits.worse > 0 else (
        high, limits.amber, limits.red, low
    )  # fmt: skip
    parts = []
    for start, end, fill, state in zip(
        ends[:-1],
        ends[1:],
        ("#d5eddf", "#fbe6c4", "#f6d2cf"),
        (VerdictState.GREEN, VerdictState.AMBER, VerdictState.RED),
        strict=True,
    ):
        a, b = sorted((x(start), x(end)))
        parts.append(
            f'<rect x="{a:.1f}" y="{top}" width="{b - a:.1f}" height="{height - 48:.1f}" '
            f'fill="{fill}"/>'
        )
        word = words.text(f"state.{state}")
        if b - a > 6.5 * len(word):
            parts.append(_text((a + b) / 2, top - 5, word, 10.5, MUTED, "middle"))
    for limit in (limits.amber, limits.red):
        parts.append(_line(x(limit), top, x(limit), height - 18, INK, 1))
        text = words.number(limit, 1, signed=signed)
        parts.append(_text(x(limit), height - 5, text, 10.5, INK, "middle"))
    for number, (mean, lower, upper) in enumerate(spans):
        if not isfinite(mean):
            continue
        y, ink = top + 11 + 16 * number, INK if len(spans) == 1 else VISIT_INK[number]
        if isfinite(lower):
            parts.append(_line(x(lower), y, x(upper), y, ink, 3))
            parts += [_line(x(v), y - 5, x(v), y + 5, ink, 2) for v in (lower, upper)]
        parts.append(f'<circle cx="{x(mean):.1f}" cy="{y}" r="5.5" fill="{ink}"/>')
    parts.append(_text(right, height - 5, _spelled(unit, words), 10.5, MUTED, "end"))
    label = words.text("report.chart.limits", amber=limits.amber, red=limits.red, unit=unit)
    return _svg(width, height, parts, label)


def curve_chart(
    joint: str,
    curves: Sequence[tuple[Floats, Floats]],
    band: Band,
    toe_off_share: float,
    words: Catalogue,
) -> Markup:
    """Return one joint over the stride: the reference band and each visit's mean.

    Parameters
    ----------
    joint
        One of ``JOINTS``.
    curves
        Mean and standard deviation for each visit, shape (51,), degrees.
    band
        The reference runners' band.
    toe_off_share
        End of stance, 0 to 1; NaN if unknown.
    words
        Catalogue of the report's language.
    """
    title, up, down = (words.text(f"report.{joint}.{part}") for part in ("title", "up", "down"))
    width, height, left, right, top, bottom = 240.0, 226.0, 34.0, 226.0, 46.0, 192.0
    percent = np.linspace(0.0, 100.0, len(band.mean))
    known = [band.mean - band.sd, band.mean + band.sd, *(mean for mean, _ in curves)]
    low, high = _round_out(float(np.nanmin(known)), float(np.nanmax(known)), 10)

    def x(share: float) -> float:
        return left + share / 100 * (right - left)

    def y(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    parts = [_text(left, 14, title, 13, INK, "start", bold=True)]
    step = 20 if high - low <= 120 else 40
    for tick in np.arange(np.ceil(low / step) * step, high + 1, step):
        parts.append(_line(left, y(tick), right, y(tick), GRID if tick else MUTED, 0.8))
        parts.append(_text(left - 5, y(tick) + 3.5, f"{words.number(tick, 0)}°", 10, MUTED, "end"))
    for share in (0, 50, 100):
        parts.append(_text(x(share), bottom + 14, f"{share}", 10, MUTED, "middle"))
    parts.append(
        _text(
            (left + right) / 2, bottom + 27, words.text("report.chart.stride"), 10, MUTED, "middle"
        )
    )
    parts.append(_area(percent, band.mean - band.sd, band.mean + band.sd, x, y, "#cfd6de"))
    parts.append(_path(percent, band.mean, x, y, "#98a3af", 1.2, ""))
    if isfinite(toe_off_share):
        at = x(100 * toe_off_share)
        parts.append(_line(at, top, at, bottom, INK, 0.9, "3 3"))
        parts.append(
            _text(at + 3, top + 9, words.text("report.chart.toe_off"), 9.5, MUTED, "start")
        )
    for number, (mean, sd) in enumerate(curves):
        ink = VISIT_INK[number]
        if len(curves) == 1:
            parts.append(_area(percent, mean - sd, mean + sd, x, y, ink, 0.16))
        parts.append(_path(percent, mean, x, y, ink, 2.4, VISIT_DASH[number]))
    parts.append(_text(left, 32, f"↑ {up}", 10, MUTED, "start"))
    parts.append(_text(right, 32, f"↓ {down}", 10, MUTED, "end"))
    return _svg(width, height, parts, words.text("report.chart.over_stride", what=title))


def trend_chart(
    metric: str,
    series: Sequence[tuple[Floats, Floats]],
    limits: Bands | None,
    words: Catalogue,
    marks_min: Sequence[float] = (),
) -> Markup:
    """Return one metric of every stride over the session, in minutes.

    Parameters
    ----------
    metric
        The metric.
    series
        Minutes and values, shape (n,), for each visit.
    limits
        Limits to draw as lines; None for no lines.
    words
        Catalogue of the report's language.
    marks_min
        Times of the marks, minutes.
    """
    title, unit = (words.text(f"metric.{metric}.{part}") for part in ("label", "unit"))
    width, height, left, right, top, bottom = 340.0, 132.0, 44.0, 332.0, 26.0, 106.0
    groups = [_grouped(minutes, values) for minutes, values in series]
    values = np.concatenate([v for _, v in groups]) if groups else np.array([])
    values = values[np.isfinite(values)]
    parts = [
        _text(left, 14, title, 12.5, INK, "start", bold=True),
        _text(right, 14, _spelled(unit, words), 10.5, MUTED, "end"),
    ]
    if not values.size:
        parts.append(
            _text((left + right) / 2, 70, words.text("page.not_measured"), 11, MUTED, "middle")
        )
        return _svg(width, height, parts, title)
    reach = [*values, limits.amber] if limits else values
    low, high = _round_out(float(min(reach)), float(max(reach)), _step(min(reach), max(reach)))
    longest = max(float(minutes[-1]) for minutes, _ in groups if minutes.size) or 1.0

    def x(minute: float) -> float:
        return left + minute / longest * (right - left)

    def y(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    for tick in np.linspace(low, high, 3):
        parts.append(_line(left, y(tick), right, y(tick), GRID, 0.8))
        parts.append(_text(left - 5, y(tick) + 3.5, words.number(tick), 10, MUTED, "end"))
    for minute, anchor in ((0.0, "start"), (longest, "end")):
        parts.append(
            _text(x(minute), bottom + 14, f"{words.number(minute, 1)} min", 10, MUTED, anchor)
        )
    for limit, ink in ((limits.amber, AMBER), (limits.red, RED)) if limits else ():
        if low <= limit <= high:
            parts.append(_line(left, y(limit), right, y(limit), ink, 1.2, "5 3"))
    for mark in marks_min:
        at = x(min(max(mark, 0.0), longest))
        parts.append(_line(at, top, at, bottom, VIOLET, 1.4))
        parts.append(f'<path d="M{at:.1f} {top}l-4 -7h8z" fill="{VIOLET}"/>')
    for group, ink in zip(groups, VISIT_INK, strict=False):
        parts += _dots(*group, x, y, ink)
    return _svg(width, height, parts, words.text("report.chart.over_time", what=title))


def _spelled(unit: str, words: Catalogue) -> str:
    """Return a unit that stands alone, where the degree sign would be a speck."""
    return words.text("report.chart.degrees") if unit == "°" else unit


def _dots(xs: Floats, ys: Floats, x: Scale, y: Scale, ink: str) -> list[str]:
    return [
        f'<circle cx="{x(a):.1f}" cy="{y(b):.1f}" r="2.3" fill="{ink}" fill-opacity="0.75"/>'
        for a, b in zip(xs, ys, strict=True)
        if isfinite(b)
    ]


def _grouped(minutes: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Return medians of groups of strides if there are too many to draw separately."""
    if len(minutes) <= MOST_POINTS:
        return minutes, values
    parts = np.array_split(np.arange(len(minutes)), MOST_POINTS)
    known = [values[part][np.isfinite(values[part])] for part in parts]
    return (
        np.array([minutes[part].mean() for part in parts]),
        np.array([np.median(v) if v.size else np.nan for v in known]),
    )


def _round_out(low: float, high: float, step: float) -> tuple[float, float]:
    low, high = np.floor(low / step) * step, np.ceil(high / step) * step
    return float(low), float(high if high > low else low + step)


def _step(low: float, high: float) -> float:
    span = max(high - low, 1e-6)
    raw = 10.0 ** np.floor(np.log10(span))
    return float(next(raw * m for m in (0.5, 1, 2, 5, 10) if span / (raw * m) <= 5))


def _path(xs: Floats, ys: Floats, x: Scale, y: Scale, ink: str, width: float, dash: str) -> str:
    """Return a line, interrupted where a value is absent."""
    pen, steps = "M", []
    for a, b in zip(xs, ys, strict=True):
        if not isfinite(b):
            pen = "M"
            continue
        steps.append(f"{pen}{x(a):.1f} {y(b):.1f}")
        pen = "L"
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="{"".join(steps)}" fill="none" stroke="{ink}" stroke-width="{width}"'
        f' stroke-linejoin="round"{dashed}/>'
    )


def _area(
    xs: Floats, low: Floats, high: Floats, x: Scale, y: Scale, fill: str, opacity: float = 1.0
) -> str:
    known = np.isfinite(low) & np.isfinite(high)
    if not known.any():
        return ""
    outline = [(a, b) for a, b in zip(xs[known], high[known], strict=True)]
    outline += [(a, b) for a, b in zip(xs[known][::-1], low[known][::-1], strict=True)]
    points = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in outline)
    return f'<polygon points="{points}" fill="{fill}" fill-opacity="{opacity}"/>'


def _line(
    x1: float, y1: float, x2: float, y2: float, ink: str, width: float, dash: str = ""
) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{ink}" '
        f'stroke-width="{width}"{dashed}/>'
    )


def _text(
    x: float, y: float, text: str, size: float, ink: str, anchor: str, *, bold: bool = False
) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{ink}" '
        f'text-anchor="{anchor}"{weight}>{escape(text)}</text>'
    )


def _svg(width: float, height: float, parts: Iterable[str], label: str) -> Markup:
    return Markup(
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(label)}" '
        f'font-family="DejaVu Sans, Arial, sans-serif">{"".join(parts)}</svg>'
    )
