"""A pose network built from arithmetic: it finds each point by the colour of its blob.

Two outputs as in a SimCC model: for each point, the amount of its colour in each column and row.
So the points depend only on what the picture shows.
"""

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from synthetic import Camera, Runner

from edge.messages.arrays import Floats, Image
from edge.messages.skeleton import ABSENT, Skeleton
from edge.pose.models.rtmpose import simcc

ROWS, COLUMNS = 256, 192
GREY = 128
RADIUS_PX = 8
# RGB; each at least 110 from every other, from the grey background and from the black beyond the
# picture.
_LEVELS = [c for c in product((0, 127, 255), repeat=3) if c not in ((0, 0, 0), (127, 127, 127))]
COLOURS = np.array([*_LEVELS, (64, 191, 64)])
_NEAR = 30.0
CAMERA = Camera(px_per_m=300.0, size_px=(480, 640), ground_px=600.0, centre_px=240.0)
RATE_HZ = 30.0


def write_network(path: Path, points: int) -> None:
    """Write the network for the first ``points`` colours."""
    scale = simcc._SD.reshape(1, 1, 3, 1, 1)
    mean = simcc._MEAN.reshape(1, 1, 3, 1, 1)
    colours = COLOURS[:points].astype(np.float32).reshape(1, points, 3, 1, 1)
    constants = {
        "scale": scale,
        "wanted": colours - mean,
        "narrow": np.array(-1 / (2 * _NEAR**2), np.float32),
        "little": np.array(0.5, np.float32),
        "front": np.array([1], np.int64),
        "channel": np.array([2], np.int64),
    }
    nodes = [
        helper.make_node("Unsqueeze", ["input", "front"], ["pixels"]),
        helper.make_node("Mul", ["pixels", "scale"], ["rgb"]),
        helper.make_node("Sub", ["rgb", "wanted"], ["off"]),
        helper.make_node("Mul", ["off", "off"], ["square"]),
        helper.make_node("ReduceSum", ["square", "channel"], ["distance"], keepdims=0),
        helper.make_node("Mul", ["distance", "narrow"], ["log"]),
        helper.make_node("Exp", ["log"], ["alike"]),
        *_axis("simcc_x", 2),
        *_axis("simcc_y", 3),
    ]
    constants |= {"over_2": np.array([2], np.int64), "over_3": np.array([3], np.int64)}
    shape = (1, 3, ROWS, COLUMNS)
    graph = helper.make_graph(
        nodes,
        "blobs",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ("batch", *shape[1:]))],
        [
            helper.make_tensor_value_info("simcc_x", TensorProto.FLOAT, (1, points, COLUMNS)),
            helper.make_tensor_value_info("simcc_y", TensorProto.FLOAT, (1, points, ROWS)),
        ],
        initializer=[
            numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _axis(output: str, over: int) -> list[onnx.NodeProto]:
    """Sum over the other axis, then divide by the largest sum: about 1 where there is a blob."""
    return [
        helper.make_node("ReduceSum", ["alike", f"over_{over}"], [f"{output}_sum"], keepdims=0),
        helper.make_node("ReduceMax", [f"{output}_sum"], [f"{output}_most"], axes=[2]),
        helper.make_node("Add", [f"{output}_most", "little"], [f"{output}_below"]),
        helper.make_node("Div", [f"{output}_sum", f"{output}_below"], [output]),
    ]


def write_card(folder: Path, name: str, skeleton: Skeleton) -> Path:
    """Write the network and card of a model whose points are the blobs; return the card."""
    write_network(folder / f"{name}.onnx", skeleton.count)
    card = folder / f"{name}.toml"
    card.write_text(
        f'file = "{name}.onnx"\nkind = "rtmpose"\nskeleton = "{skeleton.name}"\n'
        'licence = "Apache-2.0"\n'
    )
    return card


def drawn(points_px: Floats, size_px: tuple[int, int], order: Sequence[int]) -> Image:
    """Return a grey picture with a blob at each point, BGR; later ones in ``order`` are on top."""
    image = np.full((size_px[1], size_px[0], 3), GREY, np.uint8)
    for index in order:
        x, y = points_px[index]
        if np.isfinite([x, y]).all():
            colour = [int(v) for v in COLOURS[index][::-1]]
            cv2.circle(image, (round(16 * x), round(16 * y)), 16 * RADIUS_PX, colour, -1, 8, 4)
    return image


def runner_points(runner: Runner, skeleton: Skeleton, times_s: Floats) -> Floats:
    """Return a runner's points, shape (n, k, 2); points without a body point are set aside."""
    body = runner.points_px(times_s)
    points = np.empty((times_s.size, skeleton.count, 2))
    top = body[:, 0]
    for index in range(skeleton.count):
        # In a row above the shoulders, so that none hides a leg.
        off = (18.0 * (index % 13) - 110.0, -25.0 - 20.0 * (index // 13))
        points[:, index] = top + np.array(off)
    known = skeleton.body != ABSENT
    points[:, skeleton.body[known]] = body[:, known]
    return points


def film(path: Path, skeleton: Skeleton, seconds: float) -> Runner:
    """Write a lossless clip of a runner drawn as blobs; return the runner."""
    runner = Runner(camera=CAMERA)
    times_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    # The near side is drawn last.
    order = sorted(range(skeleton.count), key=lambda i: skeleton.points[i].startswith("right"))
    code = cv2.VideoWriter.fourcc(*"png ")
    writer = cv2.VideoWriter(str(path), code, RATE_HZ, CAMERA.size_px)
    assert writer.isOpened()
    for points in runner_points(runner, skeleton, times_s):
        writer.write(drawn(points, CAMERA.size_px, order))
    writer.release()
    return runner
