"""MediaPipe's own Python pose on the frames of a clip, for comparison; run by another Python.

Reads one JSON object a line and answers each with one: first ``{"clip": PATH, "frames": N}``, then
``{"complexity": 0, 1 or 2}`` for each round. Needs nothing of the station.
"""

import json
import os
import sys
import time
from typing import Any


def _frames(path: str, count: int) -> list[Any]:
    import cv2

    capture = cv2.VideoCapture(path)
    frames: list[Any] = []
    while len(frames) < count:
        good, image = capture.read()
        if not good:
            break
        # Its own colour order, made beforehand: only its own work is timed.
        frames.append(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
    return frames


def _round(pose_module: Any, frames: list[Any], complexity: int) -> dict[str, Any]:
    times_ms = []
    found = 0
    with pose_module.Pose(static_image_mode=False, model_complexity=complexity) as pose:
        # The graph is built at the first picture.
        pose.process(frames[0])
        for frame in frames:
            start_s = time.perf_counter()
            result = pose.process(frame)
            times_ms.append(1000 * (time.perf_counter() - start_s))
            found += result.pose_landmarks is not None
    return {"ms": times_ms, "found": found}


def main() -> None:
    """Answer until there is no more to read."""
    # What the library writes to standard output must not come between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import mediapipe

    frames: list[Any] = []
    for line in sys.stdin:
        asked = json.loads(line)
        answer: dict[str, Any]
        try:
            if "clip" in asked:
                frames = _frames(asked["clip"], asked["frames"])
                answer = {"frames": len(frames), "version": mediapipe.__version__}
            else:
                answer = _round(mediapipe.solutions.pose, frames, asked["complexity"])
        except (ArithmeticError, LookupError, OSError, RuntimeError, ValueError) as error:
            # A size whose file is not there is the usual one.
            answer = {"error": " ".join(str(error).split())}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
