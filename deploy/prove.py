"""Test whether a station works: the installed release, or the running service.

    prove.py release SECONDS   run the bundled clip in this Python's station, as `toeline demo`
    prove.py station SECONDS   wait until the service is healthy or waits for its camera
    prove.py wait              wait until the service responds, without a limit

Exit code 0 on success, 1 with a sentence on failure. Uses only the standard library: the release
under test runs it, as the service's user.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

PORT = 8765
# Half a second of the bundled clip: enough to run every room.
ENOUGH_FRAMES = 30
WELL = {"live", "degraded", "no_camera", "storage_full"}


def health(port: int) -> dict[str, Any] | None:
    """Return a station's health; None if it does not respond."""
    try:
        with build_opener(ProxyHandler({})).open(
            f"http://127.0.0.1:{port}/healthz", timeout=5
        ) as reply:
            return dict(json.load(reply))
    except HTTPError as error:
        # A station without a camera answers 503 with its health.
        return dict(json.load(error))
    except (URLError, OSError, ValueError):
        return None


def of_release(seconds: float) -> str:
    """Run the bundled clip; return the failure, empty on success."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    toeline = Path(sys.executable).parent / "toeline"
    command = [str(toeline), "demo", "--no-browser", "--port", str(port)]
    # The child must not notify a service manager that supervises this script.
    environment = {k: v for k, v in os.environ.items() if k != "NOTIFY_SOCKET"}
    with subprocess.Popen(command, env=environment) as process:
        try:
            return _measures(process, port, seconds) or _ends(process)
        finally:
            process.kill()


def _measures(process: "subprocess.Popen[bytes]", port: int, seconds: float) -> str:
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        if process.poll() is not None:
            return f"the station ended by itself with exit code {process.returncode}"
        now = health(port)
        if now and now["state"] in {"live", "degraded"} and now["processed"] >= ENOUGH_FRAMES:
            return ""
        time.sleep(0.5)
    return f"the station did not measure {ENOUGH_FRAMES} frames in {seconds:.0f} s"


def _ends(process: "subprocess.Popen[bytes]") -> str:
    process.send_signal(signal.SIGTERM)
    try:
        code = process.wait(20)
    except subprocess.TimeoutExpired:
        return "the station did not end when asked to"
    return f"the station ended with exit code {code}" if code else ""


def of_station(seconds: float) -> str:
    """Wait for the service; return the failure, empty on success."""
    end_s = time.monotonic() + seconds
    now = None
    while time.monotonic() < end_s:
        now = health(PORT)
        if now and now["state"] in WELL:
            return ""
        time.sleep(0.5)
    return (
        f"the station is {now['state']}: {now['notice']}" if now else "the station does not respond"
    )


def main() -> int:
    """Run the chosen test."""
    what, *more = sys.argv[1:] or ["station"]
    seconds = float(more[0]) if more else float("inf")
    proofs = {"release": of_release, "station": of_station, "wait": of_station}
    wrong = proofs[what](seconds)
    if wrong:
        sys.stderr.write(f"toeline: {wrong}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
