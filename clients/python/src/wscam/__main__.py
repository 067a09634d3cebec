"""``python -m wscam URL``: the rate and the age of what arrives, once a second."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from typing import List, Optional

from . import Camera, WscamError


def main(arguments: Optional[List[str]] = None) -> int:
    """Returns the exit status: 0 done, 1 no frame came, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m wscam", description=__doc__)
    parser.add_argument("url", help="ws://HOST:8765")
    parser.add_argument("--camera", help="its name; the first without")
    parser.add_argument("--fps", type=float, help="frames a second at most")
    parser.add_argument("--width", type=int, help="in pixels, at most")
    parser.add_argument("--token", help="the server's")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="ends after so long")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    count, total = 0, 0
    end = time.monotonic() + options.seconds
    second = time.monotonic() + 1
    try:
        camera = Camera(options.url, options.camera, token=options.token)
        with camera.frames(fps=options.fps, width=options.width, timeout=30) as frames:
            for frame in frames:
                count, total = count + 1, total + 1
                now = time.monotonic()
                if now >= second:
                    rate = count / (now - second + 1)
                    print(f"{rate:.1f} frames a second, {frame.age * 1000:.0f} ms old", flush=True)
                    count, second = 0, now + 1
                if now >= end:
                    break
    except KeyboardInterrupt:
        pass
    except (WscamError, TimeoutError) as error:
        print(f"wscam: {error}", file=sys.stderr)
        return 1
    return 0 if total > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
