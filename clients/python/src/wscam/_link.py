"""The newest frame of a camera, whatever the program does meanwhile."""

from __future__ import annotations

import json
import ssl
import time
from typing import Any, Dict, Optional

from ._connection import Connection
from ._message import read_picture
from .frame import Frame

#: At most this many are in flight.
MOST_UNREAD = 2
#: A frame that took this much longer than others was held up.
HELD_UP_SECONDS = 0.3


class Link(Connection):
    """The newest frame of a camera, from now on, until it is closed.

    Frames are acknowledged as they arrive, so that a slow line has a lower rate and not older pictures. Only the newest
    is kept: a program that takes long for one misses those that come meanwhile.
    """

    def __init__(
        self, url: str, token: Optional[str], context: Optional[ssl.SSLContext]
    ) -> None:
        self._newest: Optional[Frame] = None
        self._way = _Way()
        super().__init__(url, token, context)

    def take(self, timeout: Optional[float] = None) -> Optional[Frame]:
        """Waits for a frame that was not taken yet; ``None`` on timeout, or if it was closed."""
        return self.wait_for(self._try_take, timeout)

    async def take_async(self, timeout: Optional[float] = None) -> Optional[Frame]:
        """The same, for a program that waits with ``await``."""
        return await self.wait_for_async(self._try_take, timeout)

    def _try_take(self) -> Optional[Frame]:
        frame, self._newest = self._newest, None
        if frame is None and self._problem is not None:
            raise self._problem
        return frame

    async def _begin(self) -> None:
        self._way = _Way()

    async def _hear(self, message: "str | bytes") -> None:
        if not isinstance(message, bytes):
            return await super()._hear(message)
        frame = read_picture(message, self._offset)
        if frame is None:
            return
        await self._socket.send(json.dumps({"type": "ack", "sequence": frame.sequence}))
        if self._way.has_held_up(frame):
            return
        with self._changed:
            self._newest = frame
        self._wake()

    def _tell(self, message: Dict[str, Any]) -> None:
        super()._tell(message)
        if message.get("type") == "error":
            self._lose()

    def _lose(self) -> None:
        """A frame from before an outage is old by now."""
        with self._changed:
            self._newest = None


class _Way:
    """How long frames are in flight.

    When an interrupted line comes back, the old frames in flight come first. Each makes room for a new one, which
    follows at once.
    """

    def __init__(self) -> None:
        self._usual: Optional[float] = None
        self._last = 0.0
        self._gap = 0.0
        self._count = 0

    def has_held_up(self, frame: Frame) -> bool:
        """Whether a newer frame than this one is waiting by now, as far as can be told."""
        # The clocks may differ; it is compared with others of this line.
        age = time.time() - frame.timestamp
        usual = age if self._usual is None else self._usual
        if age - usual > max(HELD_UP_SECONDS, 2 * self._gap) and self._count < MOST_UNREAD:
            self._count += 1
            return True
        self._count = 0
        self._usual = usual + (age - usual) / 8
        self._gap = frame.timestamp - self._last if self._last else 0.0
        self._last = frame.timestamp
        return False
