"""MediaPipe's Python pose on a clip's frames, for comparison; run by another Python.

Reads one JSON object per line and answers each with one: first ``{"clip": PATH, "frames": N}``,
then ``{"complexity": 0, 1 or 2}`` for each round. Imports nothing from the station.
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
        # Converted to MediaPipe's colour order beforehand, so that only its own work is timed.
        frames.append(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
    return frames


def _round(pose_module: Any, frames: list[Any], complexity: int) -> dict[str, Any]:
    times_ms = []
    found = 0
    with pose_module.Pose(static_image_mode=False, model_complexity=complexity) as pose:
        # MediaPipe builds its graph on the first picture.
        pose.process(frames[0])
        for frame in frames:
            start_s = time.perf_counter()
            result = pose.process(frame)
            times_ms.append(1000 * (time.perf_counter() - start_s))
            found += result.pose_landmarks is not None
    return {"ms": times_ms, "found": found}


def main() -> None:
    """Answer requests until the end of input."""
    # The library's own output on stdout must not mix with the answers.
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
            # Usually a size whose model file is missing.
            answer = {"error": " ".join(str(error).split())}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
