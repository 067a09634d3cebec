"""Frames of a wscam camera server: always the newest, however long the work on each takes.

A program can annotate frames with what it sees (``Camera.annotate``), and show pictures of its own (``push``).

    import wscam

    for frame in wscam.frames("ws://localhost:8765", camera="door", fps=5, width=640):
        print(frame.image.shape, f"{frame.age:.3f} s old")
"""

from __future__ import annotations

import ssl
from typing import Optional

from .annotation import Box
from .camera import Camera, Frames
from .errors import Refused, WscamError
from .frame import Frame
from .pusher import Pusher

__all__ = [
    "Box",
    "Camera",
    "Frame",
    "Frames",
    "Pusher",
    "Refused",
    "WscamError",
    "frames",
    "push",
    "snapshot",
]
__version__ = "0.1.0"


def frames(
    url: str,
    camera: Optional[str] = None,
    *,
    fps: Optional[float] = None,
    width: Optional[int] = None,
    quality: Optional[int] = None,
    token: Optional[str] = None,
    context: Optional[ssl.SSLContext] = None,
    timeout: Optional[float] = None,
) -> Frames:
    """The newest frame of a camera, again and again: see ``Camera`` and ``Camera.frames``."""
    source = Camera(url, camera, token=token, context=context)
    return source.frames(fps=fps, width=width, quality=quality, timeout=timeout)


def snapshot(
    url: str,
    camera: Optional[str] = None,
    *,
    width: Optional[int] = None,
    quality: Optional[int] = None,
    max_age: float = 0,
    token: Optional[str] = None,
    context: Optional[ssl.SSLContext] = None,
) -> Frame:
    """One frame of a camera: see ``Camera.snapshot``."""
    source = Camera(url, camera, token=token, context=context)
    return source.snapshot(width=width, quality=quality, max_age=max_age)


def push(
    url: str,
    camera: Optional[str] = None,
    *,
    replace: bool = False,
    quality: int = 85,
    token: Optional[str] = None,
    context: Optional[ssl.SSLContext] = None,
) -> Pusher:
    """Pushes a camera's pictures: see ``Camera.push`` and ``Pusher``."""
    return Camera(url, camera, token=token, context=context).push(replace=replace, quality=quality)
