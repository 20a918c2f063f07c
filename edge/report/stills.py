"""The two instants a clinician would freeze, drawn as skeletons with the line that decides."""

from math import isfinite
from typing import Final

import numpy as np
from markupsafe import Markup

from edge.messages import Fault, Floats, KeyPose, Side, VerdictState
from edge.report.charts import GREY, INK, STATE_INK
from edge.skeleton import BONES, LEFT_LEG, LEFT_SHOULDER, RIGHT_LEG, RIGHT_SHOULDER

_WIDTH, _HEIGHT, _MARGIN = 190.0, 268.0, 16.0
_HEAD: Final = 0
_LEG_BONES: Final = ((0, 1), (1, 2), (2, 3), (3, 4), (2, 4))


def still(pose: KeyPose, fault: Fault, state: VerdictState) -> Markup:
    """Return one key pose: the near leg strong, the toe line or the line of push-off over it.

    The picture is that of the camera: left is left.
    """
    own = LEFT_LEG if pose.side is Side.LEFT else RIGHT_LEG
    shoulder = LEFT_SHOULDER if pose.side is Side.LEFT else RIGHT_SHOULDER
    xy = _fitted(pose.xy_px)
    ink = STATE_INK[state]
    parts = [_bone(xy, a, b, "#b8c0c9", 4) for a, b in BONES if not (a in own and b in own)]
    parts += [_bone(xy, own[a], own[b], INK, 6.5) for a, b in _LEG_BONES]
    parts.append(_bone(xy, own[0], shoulder, INK, 5))
    if np.isfinite(xy[_HEAD]).all():
        x, y = xy[_HEAD]
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="11" fill="#b8c0c9"/>')
    hip, knee, ankle, _, toe = (xy[index] for index in own)
    if fault is Fault.KNEES_FORWARD:
        parts += _toe_line(knee, toe, ink)
    else:
        parts += _push_off_line(ankle, knee, hip, xy[shoulder], ink)
    parts += [
        f'<circle cx="{p[0]:.1f}" cy="{p[1]:.1f}" r="4.5" fill="#fff" stroke="{INK}" '
        f'stroke-width="2"/>'
        for p in (hip, knee, ankle)
        if np.isfinite(p).all()
    ]
    return Markup(
        f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" '
        f'aria-label="skeleton at the judged instant">{"".join(parts)}</svg>'
    )


def _fitted(xy_px: Floats) -> Floats:
    """Return the points moved and scaled into the frame; NaN stays."""
    body = xy_px[np.isfinite(xy_px).all(axis=1)]
    low, high = body.min(axis=0), body.max(axis=0)
    room = np.array([_WIDTH, _HEIGHT]) - 2 * _MARGIN
    scale = float(np.min(room / np.maximum(high - low, 1e-6)))
    middle = (low + high) / 2
    fitted: Floats = (xy_px - middle) * scale + np.array([_WIDTH, _HEIGHT]) / 2
    return fitted


def _toe_line(knee: Floats, toe: Floats, ink: str) -> list[str]:
    """Return the upright through the shoe tip and the gap between it and the knee."""
    if not (np.isfinite(knee).all() and np.isfinite(toe).all()):
        return []
    return [
        f'<line x1="{toe[0]:.1f}" y1="{toe[1] + 6:.1f}" x2="{toe[0]:.1f}" '
        f'y2="{knee[1] - 46:.1f}" stroke="{ink}" stroke-width="3" stroke-dasharray="7 4"/>',
        f'<line x1="{toe[0]:.1f}" y1="{knee[1]:.1f}" x2="{knee[0]:.1f}" y2="{knee[1]:.1f}" '
        f'stroke="{ink}" stroke-width="4"/>',
    ]


def _push_off_line(
    ankle: Floats, knee: Floats, hip: Floats, shoulder: Floats, ink: str
) -> list[str]:
    """Return the straight line from ankle to shoulder that a straight leg would lie on."""
    if not all(isfinite(v) for point in (ankle, shoulder) for v in point):
        return []
    return [
        f'<line x1="{ankle[0]:.1f}" y1="{ankle[1]:.1f}" x2="{shoulder[0]:.1f}" '
        f'y2="{shoulder[1]:.1f}" stroke="{ink}" stroke-width="3" stroke-dasharray="7 4"/>'
    ]


def _bone(xy: Floats, a: int, b: int, ink: str, width: float) -> str:
    if not np.isfinite(xy[[a, b]]).all():
        return ""
    return (
        f'<line x1="{xy[a, 0]:.1f}" y1="{xy[a, 1]:.1f}" x2="{xy[b, 0]:.1f}" y2="{xy[b, 1]:.1f}" '
        f'stroke="{ink}" stroke-width="{width}" stroke-linecap="round"/>'
    )


EMPTY: Final = Markup(
    f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}"><text x="{_WIDTH / 2:g}" y="{_HEIGHT / 2:g}" '
    f'font-size="12" fill="{GREY}" text-anchor="middle">no still</text></svg>'
)
