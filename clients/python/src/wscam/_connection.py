"""A connection kept alive by a thread of its own, whatever the program does meanwhile."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import threading
import time
from typing import Any, Dict, Optional

from ._message import read_object
from ._waited import Waited
from .errors import Refused, WscamError

try:
    from websockets.asyncio.client import connect
except ImportError:  # websockets before 13
    from websockets.client import connect

logger = logging.getLogger("wscam")

#: A picture of 8K at the best quality; limits what a server can make us keep.
MAX_MESSAGE = 32 * 1024 * 1024
RETRY_SECONDS = (0.5, 1.0, 2.0, 5.0)
OPEN_SECONDS = 10.0
#: A connection that doesn't answer for this long is dead.
PING_SECONDS = 5.0
#: How often the clocks are compared.
CLOCK_SECONDS = 10.0
#: Asking again would not help.
FINAL = {401: "it needs a token, or another one", 403: "it refuses", 404: "there is nothing"}


class Connection(Waited):
    """A WebSocket of a server, reopened until it is closed or the server refuses."""

    def __init__(
        self, url: str, token: Optional[str], context: Optional[ssl.SSLContext]
    ) -> None:
        super().__init__()
        self._url = url
        self._token = token
        self._context = context
        self._problem: Optional[WscamError] = None
        self._answers: Dict[int, "asyncio.Future[Dict[str, Any]]"] = {}
        self._last_id = 0
        self._offset = 0.0
        self._best_trip = float("inf")
        self._socket: Any = None
        self._has_connected = False
        self._connected = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._task: Optional["asyncio.Task[None]"] = None
        self._thread = threading.Thread(target=self._run, name="wscam", daemon=True)
        self._thread.start()

    def ask(self, command: Dict[str, Any], timeout: float) -> Dict[str, Any]:
        """Sends a command and waits for its answer."""
        if not self._connected.wait(timeout):
            with self._changed:
                if self._problem is not None:
                    raise self._problem
            raise WscamError(f"Cannot ask the server: no connection within {timeout:g} s")
        future = asyncio.run_coroutine_threadsafe(self._ask(command), self._loop)
        try:
            answer = future.result(timeout)
        except Exception as error:
            future.cancel()
            raise WscamError(f"Cannot ask the server: {error or 'no answer'}") from error
        if answer.get("type") == "error":
            raise WscamError(str(answer.get("message", "the server gave no reason")))
        return answer

    def close(self) -> None:
        """Ends the connection and its thread."""
        with self._changed:
            if self._is_closed:
                return
            self._is_closed = True
        self._wake()
        try:
            self._loop.call_soon_threadsafe(self._cancel)
        except RuntimeError:
            # It has ended by itself.
            pass
        if threading.current_thread() is not self._thread:
            self._thread.join(OPEN_SECONDS)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._keep_connected())
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    async def _keep_connected(self) -> None:
        failures = 0
        while not self._is_closed:
            try:
                began = time.monotonic()
                await self._connect_once()
                reason = "the connection has ended"
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 -- whatever it is, it is tried again
                reason = str(error) or type(error).__name__
                refusal = self._refusal(error)
                if refusal is not None:
                    self._refuse(refusal)
                    return
            finally:
                self._connected.clear()
                self._forget_answers()
                self._lose()
            if time.monotonic() - began > RETRY_SECONDS[-1]:
                failures = 0
            wait = RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)]
            failures += 1
            logger.warning("No connection to %s: %s; trying again in %g s", self._url, reason, wait)
            await asyncio.sleep(wait)

    def _refusal(self, error: Exception) -> Optional[str]:
        """Why the server refuses permanently, if it does."""
        status = status_of(error)
        return None if status not in FINAL else f"{FINAL[status]} (HTTP {status})"

    def _refuse(self, reason: str) -> None:
        with self._changed:
            self._problem = Refused(f"The server at {self._url} says no: {reason}")
        self._wake()

    async def _connect_once(self) -> None:
        options: Dict[str, Any] = {
            "max_size": MAX_MESSAGE,
            "max_queue": 2,
            "open_timeout": OPEN_SECONDS,
            "ping_interval": PING_SECONDS,
            "ping_timeout": 2 * PING_SECONDS,
            "close_timeout": 1,
            "compression": None,
        }
        if self._token is not None:
            options["subprotocols"] = [f"bearer.{self._token}"]
        if self._context is not None:
            options["ssl"] = self._context
        self._best_trip = float("inf")
        async with connect(self._url, **options) as socket:
            self._socket = socket
            self._has_connected = True
            await self._begin()
            self._connected.set()
            logger.info("Connected to %s", self._url)
            clock = asyncio.ensure_future(self._compare_clocks())
            try:
                async for message in socket:
                    await self._hear(message)
            finally:
                clock.cancel()
                self._socket = None

    async def _hear(self, message: "str | bytes") -> None:
        """Takes a message of the server's."""
        value = None if isinstance(message, bytes) else read_object(message)
        if value is None:
            return
        waiting = self._answers.pop(value["id"], None) if isinstance(value.get("id"), int) else None
        if waiting is not None:
            if not waiting.done():
                waiting.set_result(value)
        else:
            self._tell(value)

    def _tell(self, message: Dict[str, Any]) -> None:
        """Takes a message that is not an answer."""
        if message.get("type") == "error":
            logger.warning("%s", message.get("message"))

    async def _begin(self) -> None:
        """There is a new connection."""

    def _lose(self) -> None:
        """The connection has ended."""

    async def _ask(self, command: Dict[str, Any]) -> Dict[str, Any]:
        socket = self._socket
        if socket is None:
            raise WscamError("the connection has ended")
        self._last_id += 1
        ident = self._last_id
        answer: "asyncio.Future[Dict[str, Any]]" = self._loop.create_future()
        self._answers[ident] = answer
        try:
            await socket.send(json.dumps({**command, "id": ident}))
            return await answer
        finally:
            self._answers.pop(ident, None)

    async def _compare_clocks(self) -> None:
        """The answer that came back quickest says best how far the server's clock is ahead."""
        while True:
            sent = time.time()
            answer = await self._ask({"type": "ping"})
            now = time.time()
            trip, timestamp = now - sent, answer.get("timestamp")
            if isinstance(timestamp, (int, float)) and 0 <= trip <= self._best_trip:
                self._best_trip = trip
                self._offset = timestamp - (sent + now) / 2
            await asyncio.sleep(CLOCK_SECONDS)

    def _forget_answers(self) -> None:
        for answer in self._answers.values():
            if not answer.done():
                answer.cancel()
        self._answers.clear()


def status_of(error: BaseException) -> Optional[int]:
    """The HTTP status of a refused handshake, in the words of old and new versions of websockets."""
    status = getattr(error, "status_code", None)
    if status is None:
        status = getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None
