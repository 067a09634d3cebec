"""The server's messages: files with a comment, and texts."""

from __future__ import annotations

import json
from typing import Any, Dict, Optional

from .frame import Frame

_START = b"\xff\xd8\xff\xfe"


def read_picture(data: bytes, clock_offset: float) -> Optional[Frame]:
    """A frame of a binary message: a JPEG file whose first segment says what it is."""
    if data[:4] != _START or len(data) < 6:
        return None
    length = int.from_bytes(data[4:6], "big")
    label = read_object(data[6 : 4 + length])
    if label is None:
        return None
    camera, sequence, timestamp = (label.get(key) for key in ("camera", "sequence", "timestamp"))
    if not isinstance(camera, str) or not isinstance(sequence, int):
        return None
    if not isinstance(timestamp, (int, float)):
        return None
    return Frame(camera, sequence, float(timestamp), data, clock_offset)


def read_object(text: "str | bytes") -> Optional[Dict[str, Any]]:
    """A JSON object; ``None`` if it is not one."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
