"""Pictures on their way to a camera: the newest, and never more than two."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
import urllib.error
import urllib.request
from typing import Any, Dict, Optional, Set
from urllib.parse import urlsplit, urlunsplit

from ._connection import OPEN_SECONDS, Connection, status_of
from .errors import Refused, WscamError

#: At most this many are in flight: the next one is sent when the server has read one.
MOST_UNREAD = 2
#: How long the last one may take to arrive on closing.
LAST_SECONDS = 2.0
#: A code of the server's own: another program has taken the place.
TAKEN = 4409
REFUSALS = (401, 403, 404, 409)


class PushLink(Connection):
    """A program's place at a camera that takes pictures."""

    def __init__(
        self, url: str, token: Optional[str], context: Optional[ssl.SSLContext]
    ) -> None:
        self._sent = 0
        self._read = 0
        self._waiting: Optional[bytes] = None
        self._tasks: Set["asyncio.Task[None]"] = set()
        super().__init__(url, token, context)

    def now(self) -> float:
        """The time by the server's clock, as far as that is known."""
        return time.time() + self._offset

    def send(self, picture: bytes, timeout: Optional[float]) -> None:
        """Sends a picture as soon as there is room for it."""
        self._handed(self.wait_for(lambda: self._try_send(picture), timeout), timeout)

    async def send_async(self, picture: bytes, timeout: Optional[float]) -> None:
        """The same, for a program that waits with ``await``."""
        sent = await self.wait_for_async(lambda: self._try_send(picture), timeout)
        self._handed(sent, timeout)

    def offer(self, picture: bytes) -> bool:
        """Sends a picture, or keeps it until there is room; a newer one replaces it."""
        with self._changed:
            self._waiting = None
            if self._try_send(picture):
                return True
            if self._is_closed:
                raise WscamError("Cannot push: the connection was closed by this program")
            self._waiting = picture
            return False

    def close(self) -> None:
        if self._connected.is_set() and not self._is_closed:
            self.wait_for(lambda: self._is_idle() or None, LAST_SECONDS)
        super().close()

    def _is_idle(self) -> bool:
        return self._socket is None or (self._waiting is None and self._read >= self._sent)

    def _handed(self, sent: Optional[bool], timeout: Optional[float]) -> None:
        if sent:
            return
        if self._is_closed:
            raise WscamError("Cannot push: the connection was closed by this program")
        raise TimeoutError(f"The server took no picture within {timeout:g} s")

    def _try_send(self, picture: bytes) -> Optional[bool]:
        """Called with the lock held."""
        if self._problem is not None:
            raise self._problem
        if self._socket is None or self._is_closed or self._sent - self._read >= MOST_UNREAD:
            return None
        self._sent += 1
        self._loop.call_soon_threadsafe(self._start, self._socket, picture)
        return True

    def _start(self, socket: Any, picture: bytes) -> None:
        task = self._loop.create_task(self._transfer(socket, picture))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _transfer(self, socket: Any, picture: bytes) -> None:
        try:
            await socket.send(picture)
        except Exception:  # noqa: BLE001 -- the end of the connection is seen elsewhere
            pass

    async def _begin(self) -> None:
        with self._changed:
            self._sent = self._read = 0
        self._proceed()

    def _tell(self, message: Dict[str, Any]) -> None:
        sequence = message.get("sequence")
        if message.get("type") == "ack" and isinstance(sequence, int):
            with self._changed:
                self._read = max(self._read, min(sequence, self._sent))
            self._proceed()
        elif message.get("type") == "error" and message.get("code") == "busy":
            # The close that follows may not arrive, where a picture crosses it.
            raise Refused(str(message.get("message")))
        else:
            super()._tell(message)

    def _proceed(self) -> None:
        with self._changed:
            waiting = self._waiting
            if waiting is not None and self._try_send(waiting):
                self._waiting = None
        self._wake()

    def _refusal(self, error: Exception) -> Optional[str]:
        if isinstance(error, Refused):
            return str(error)
        received = getattr(error, "rcvd", None)
        code = getattr(received, "code", None) or getattr(error, "code", None)
        if code == TAKEN:
            return str(getattr(received, "reason", None) or "another program has taken the place")
        # After a lost line, the server may still have the old connection.
        status = status_of(error)
        if status not in REFUSALS or self._has_connected:
            return None
        return f"{self._words() or 'it refuses'} (HTTP {status})"

    def _words(self) -> Optional[str]:
        """A plain request to the same address is refused in words, where a handshake yields a number."""
        parts = urlsplit(self._url)
        scheme = {"ws": "http", "wss": "https"}[parts.scheme]
        request = urllib.request.Request(urlunsplit(parts._replace(scheme=scheme)))
        if self._token is not None:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            urllib.request.urlopen(request, timeout=OPEN_SECONDS, context=self._context).close()
        except urllib.error.HTTPError as error:
            with error:
                return error.read(1000).decode("utf-8", "replace").strip()
        except (OSError, ValueError):
            pass
        return None


def labelled(jpeg: bytes, timestamp: float) -> bytes:
    """A JPEG file with its time in a comment, as the server's own have it."""
    if jpeg[:2] != b"\xff\xd8":
        raise WscamError("Cannot push picture: it must be a JPEG file, or an array of pixels")
    label = json.dumps({"timestamp": timestamp}).encode()
    return b"\xff\xd8\xff\xfe" + (len(label) + 2).to_bytes(2, "big") + label + jpeg[2:]
