"""The newest frame of a camera, whatever the program does meanwhile."""

from __future__ import annotations

import json
import ssl
from typing import Optional

from ._connection import Connection
from ._message import read_picture
from .frame import Frame


class Link(Connection):
    """The newest frame of a camera, from now on, until it is closed.

    Frames are acknowledged as they arrive, so that a slow line has a lower rate and not older
    pictures, and only the newest is kept: who takes long for one misses those that came meanwhile.
    """

    def __init__(
        self, url: str, token: Optional[str], context: Optional[ssl.SSLContext]
    ) -> None:
        self._newest: Optional[Frame] = None
        super().__init__(url, token, context)

    def take(self, timeout: Optional[float] = None) -> Optional[Frame]:
        """Waits for a frame that was not taken yet; nothing when the time is over, or it was closed."""
        return self.wait_for(self._try_take, timeout)

    async def take_async(self, timeout: Optional[float] = None) -> Optional[Frame]:
        """The same, for a program that waits with ``await``."""
        return await self.wait_for_async(self._try_take, timeout)

    def _try_take(self) -> Optional[Frame]:
        frame, self._newest = self._newest, None
        if frame is None and self._problem is not None:
            raise self._problem
        return frame

    async def _hear(self, message: "str | bytes") -> None:
        if not isinstance(message, bytes):
            return await super()._hear(message)
        frame = read_picture(message, self._offset)
        if frame is None:
            return
        await self._socket.send(json.dumps({"type": "ack", "sequence": frame.sequence}))
        with self._changed:
            self._newest = frame
        self._wake()
