"""A program's annotations, on their way to the server."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from typing import Any, Dict, Optional

from ._connection import Connection
from .errors import WscamError


class RemarkLink(Connection):
    """A connection that sends annotations and gets no pictures. It never blocks its program."""

    def __init__(
        self, url: str, token: Optional[str], context: Optional[ssl.SSLContext]
    ) -> None:
        self._text: Optional[str] = None
        self._until = 0.0
        self._error: Optional[WscamError] = None
        self._sending: Optional["asyncio.Task[None]"] = None
        super().__init__(url, token, context)

    def say(self, command: Dict[str, Any], seconds: float) -> None:
        """Sends a command as soon as possible, unless a newer one comes before, or it has expired."""
        with self._changed:
            error, self._error = self._error, None
            problem = self._problem or error
            if problem is not None:
                raise problem
            if self._is_closed:
                raise WscamError("Cannot annotate: this camera was closed")
            self._text = json.dumps(command)
            self._until = time.monotonic() + seconds
        self._loop.call_soon_threadsafe(self._start)

    def _start(self) -> None:
        if self._sending is None or self._sending.done():
            self._sending = self._loop.create_task(self._send())

    async def _send(self) -> None:
        while self._socket is not None:
            with self._changed:
                text, self._text = self._text, None
                is_late = time.monotonic() > self._until
            if text is None:
                return
            if is_late:
                continue
            try:
                await self._socket.send(text)
            except Exception:  # noqa: BLE001 -- the end of the connection is seen elsewhere
                return

    async def _begin(self) -> None:
        await self._socket.send(json.dumps({"type": "pause"}))
        self._start()

    def _tell(self, message: Dict[str, Any]) -> None:
        words = str(message.get("message"))
        if message.get("type") == "error" and words.startswith("Cannot annotate"):
            with self._changed:
                self._error = WscamError(words)
        elif message.get("type") == "error":
            super()._tell(message)
