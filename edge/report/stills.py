"""Stills of the two deciding instants, drawn as skeletons with the line that is measured."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np
from markupsafe import Markup, escape

from edge.i18n.word_catalogue import Catalogue
from edge.messages.arrays import Floats
from edge.messages.side import Side
from edge.messages.skeleton import (
    BODY_BONES,
    LEFT_LEG,
    LEFT_SHOULDER,
    RIGHT_LEG,
    RIGHT_SHOULDER,
)
from edge.messages.stride import KeyPose
from edge.messages.verdict import Fault
from edge.report.charts import GREY, INK
from edge.report.facts import Picture

_WIDTH, _HEIGHT, _MARGIN = 190.0, 268.0, 16.0
_QUALITY: Final = 85
_DASH: Final = ' stroke-dasharray="7 4"'
# Height of the top of the head above the shoulder, in trunk lengths.
_HEAD_SHARE: Final = 0.7
_LEG_BONES: Final = ((0, 1), (1, 2), (2, 3), (3, 4), (2, 4))


class _Line(NamedTuple):
    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    dashed: bool


def still(
    pose: KeyPose,
    fault: Fault,
    ink: str,
    words: Catalogue,
    picture: Picture | None = None,
) -> Markup:
    """Return one key pose: the near leg in bold, with the toe line or the push-off line over it.

    ``ink`` is the colour of that line. With a picture, the leg is drawn over it as it is there,
    which may be half a frame beside the instant, without the rest of the skeleton. The view is not
    mirrored.
    """
    own = LEFT_LEG if pose.side is Side.LEFT else RIGHT_LEG
    shoulder = LEFT_SHOULDER if pose.side is Side.LEFT else RIGHT_SHOULDER
    xy_px = pose.xy_px if picture is None else _in_picture(pose, own)
    around = xy_px if picture is None else _with_head(xy_px, own[0], shoulder)
    scale, shift = _fit(around)
    xy = xy_px * scale + shift
    behind = [] if picture is None else _behind(picture, scale, shift)
    parts = behind or _body(xy, own)
    if behind:
        # A light outline under a dark line is visible on any picture.
        parts += [_bone(xy, own[a], own[b], "#fff", 7) for a, b in _LEG_BONES]
        parts.append(_bone(xy, own[0], shoulder, "#fff", 7))
    strong, weak = (3.0, 3.0) if behind else (6.5, 5.0)
    parts += [_bone(xy, own[a], own[b], INK, strong) for a, b in _LEG_BONES]
    parts.append(_bone(xy, own[0], shoulder, INK, weak))
    hip, knee, ankle, _, toe = (xy[index] for index in own)
    lines = (
        _toe_line(knee, toe)
        if fault is Fault.KNEES_FORWARD
        else _push_off_line(ankle, xy[shoulder])
    )
    if behind:
        parts += [_drawn(line, "#fff", 3) for line in lines]
    parts += [_drawn(line, ink) for line in lines]
    parts += [
        f'<circle cx="{p[0]:.1f}" cy="{p[1]:.1f}" r="4.5" fill="#fff" stroke="{INK}" '
        f'stroke-width="2"/>'
        for p in (hip, knee, ankle)
        if np.isfinite(p).all()
    ]
    forward = 1.0 if toe[0] >= ankle[0] else -1.0
    if fault is Fault.KNEES_FORWARD:
        parts += _label(words.text("report.still.toes"), toe[0], toe[1] + 12, 0.0)
        parts += _label(
            words.text("report.still.knee"), knee[0] - 10 * forward, knee[1] + 4, -forward
        )
    else:
        parts += _label(
            words.text("report.still.knee"), knee[0] + 10 * forward, knee[1] + 4, forward
        )
    what = words.text(f"report.still.{'picture' if behind else 'skeleton'}")
    return Markup(
        f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" '
        f'aria-label="{escape(what)}">{"".join(parts)}</svg>'
    )


def _body(xy: Floats, own: Sequence[int]) -> list[str]:
    return [_bone(xy, a, b, "#b8c0c9", 4) for a, b in BODY_BONES if not (a in own and b in own)]


def _in_picture(pose: KeyPose, own: Sequence[int]) -> Floats:
    """Return the body with the leg where the picture has it; older records do not say."""
    if pose.leg_px is None:
        return pose.xy_px
    xy_px = pose.xy_px.copy()
    xy_px[list(own)] = pose.leg_px
    return xy_px


def _with_head(xy_px: Floats, hip: int, shoulder: int) -> Floats:
    """Return the points plus an estimated top of the head, if the trunk is seen.

    A key pose has only the measured points; the picture should not cut off the head.
    """
    if not np.isfinite(xy_px[[hip, shoulder]]).all():
        return xy_px
    return np.vstack([xy_px, xy_px[shoulder] + _HEAD_SHARE * (xy_px[shoulder] - xy_px[hip])])


def _fit(xy_px: Floats) -> tuple[float, Floats]:
    """Return the scale and shift that fit the points into the frame."""
    body = xy_px[np.isfinite(xy_px).all(axis=1)]
    low, high = body.min(axis=0), body.max(axis=0)
    room = np.array([_WIDTH, _HEIGHT]) - 2 * _MARGIN
    scale = float(np.min(room / np.maximum(high - low, 1e-6)))
    shift: Floats = np.array([_WIDTH, _HEIGHT]) / 2 - (low + high) / 2 * scale
    return scale, shift


def _behind(picture: Picture, scale: float, shift: Floats) -> list[str]:
    """Return the part of a picture inside the frame; nothing if it cannot be decoded.

    Cropped, so that the report shows nobody else and nothing else in the room.
    """
    whole = cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR)
    if whole is None:
        return []
    rows, columns = whole.shape[:2]
    # A camera's own JPEG may be larger than the picture in which the keypoints were found.
    fine = np.array([columns, rows]) / picture.size_px
    low = np.floor(np.maximum(-shift / scale * fine, 0)).astype(int)
    far = np.ceil((np.array([_WIDTH, _HEIGHT]) - shift) / scale * fine)
    high = np.minimum(far, [columns, rows]).astype(int)
    if (high <= low).any():
        return []
    cut = np.ascontiguousarray(whole[low[1] : high[1], low[0] : high[0]])
    ok, jpeg = cv2.imencode(".jpg", cut, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not ok:
        return []
    x, y = low / fine * scale + shift
    width, height = (high - low) / fine * scale
    data = b64encode(jpeg.tobytes()).decode("ascii")
    return [
        f'<image x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" '
        f'preserveAspectRatio="none" href="data:image/jpeg;base64,{data}"/>'
    ]


def _toe_line(knee: Floats, toe: Floats) -> list[_Line]:
    """Return the vertical through the shoe tip, and the gap between it and the knee."""
    if not (np.isfinite(knee).all() and np.isfinite(toe).all()):
        return []
    upright = _Line(toe[0], toe[1] + 6, toe[0], knee[1] - 46, 3, dashed=True)
    return [upright, _Line(toe[0], knee[1], knee[0], knee[1], 4, dashed=False)]


def _push_off_line(ankle: Floats, shoulder: Floats) -> list[_Line]:
    """Return the straight line from ankle to shoulder, on which a straight leg would be."""
    if not (np.isfinite(ankle).all() and np.isfinite(shoulder).all()):
        return []
    return [_Line(ankle[0], ankle[1], shoulder[0], shoulder[1], 3, dashed=True)]


def _drawn(line: _Line, ink: str, wider: float = 0.0) -> str:
    return (
        f'<line x1="{line.x1:.1f}" y1="{line.y1:.1f}" x2="{line.x2:.1f}" y2="{line.y2:.1f}" '
        f'stroke="{ink}" stroke-width="{line.width + wider:g}"'
        f"{_DASH if line.dashed else ''}/>"
    )


def _label(text: str, x: float, y: float, way: float) -> list[str]:
    """Return text that starts (``way`` 1), ends (-1) or is centred (0) at a point."""
    if not (np.isfinite(x) and np.isfinite(y)):
        return []
    anchor = {1.0: "start", -1.0: "end"}.get(way, "middle")
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="12" text-anchor="{anchor}"'
    # A light outline keeps the text readable on any picture.
    rim = 'fill="#fff" stroke="#fff" stroke-width="3.5" stroke-linejoin="round"'
    word = escape(text)
    return [f"<text {place} {rim}>{word}</text>", f'<text {place} fill="{INK}">{word}</text>']


def _bone(xy: Floats, a: int, b: int, ink: str, width: float) -> str:
    if not np.isfinite(xy[[a, b]]).all():
        return ""
    return (
        f'<line x1="{xy[a, 0]:.1f}" y1="{xy[a, 1]:.1f}" x2="{xy[b, 0]:.1f}" y2="{xy[b, 1]:.1f}" '
        f'stroke="{ink}" stroke-width="{width}" stroke-linecap="round"/>'
    )


def empty(words: Catalogue) -> Markup:
    """Return a placeholder for a missing still."""
    return Markup(
        f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}"><text x="{_WIDTH / 2:g}" y="{_HEIGHT / 2:g}" '
        f'font-size="12" fill="{GREY}" text-anchor="middle">'
        f"{escape(words.text('report.still.none'))}</text></svg>"
    )
