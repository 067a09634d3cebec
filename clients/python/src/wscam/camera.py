"""A camera of a server: its frames, snapshots, settings, annotations, and pushed pictures."""

from __future__ import annotations

import asyncio
import json
import ssl
import urllib.error
import urllib.request
from typing import Any, AsyncIterator, Dict, Iterable, Iterator, Optional

from ._address import Value, http_url, push_url, socket_url, split_token
from ._closing import Closing
from ._link import Link
from ._push_link import PushLink
from ._remark_link import RemarkLink
from .annotation import Box
from .errors import Refused, WscamError
from .frame import Frame
from .pusher import Pusher

#: A camera that is opened for a snapshot takes a moment.
SNAPSHOT_SECONDS = 25.0
ANSWER_SECONDS = 10.0


class Frames(Closing):
    """The newest frame, again and again: ``for frame in frames`` or ``async for frame in frames``.

    It can be used as ``with frames:`` and ``async with frames:``, and is closed when the loop over it ends.
    """

    def __init__(self, link: Link, timeout: Optional[float]) -> None:
        self._link = link
        self._timeout = timeout

    def __iter__(self) -> Iterator[Frame]:
        try:
            while True:
                frame = self._link.take(self._timeout)
                if frame is None:
                    if self._is_over():
                        return
                    continue
                yield frame
        finally:
            self.close()

    async def __aiter__(self) -> AsyncIterator[Frame]:
        try:
            while True:
                frame = await self._link.take_async(self._timeout)
                if frame is None:
                    if self._is_over():
                        return
                    continue
                yield frame
        finally:
            # Over a dead line this takes a moment, in which the program's other tasks go on.
            await asyncio.to_thread(self.close)

    def _is_over(self) -> bool:
        if self._link.is_closed:
            return True
        raise TimeoutError(f"No frame came within {self._timeout:g} s")

    def close(self) -> None:
        """Ends the connection; the loop over the frames ends as well."""
        self._link.close()


class Camera(Closing):
    """A camera of a server.

    ``url`` is the server's address as the server prints it, ``ws://HOST:8765`` or the page's; a share
    link works as well. ``camera`` is a name, the first camera without. ``token`` is the server's, if it
    has one. ``context`` is for ``wss`` with a certificate of one's own authority.
    """

    def __init__(
        self,
        url: str,
        camera: Optional[str] = None,
        *,
        token: Optional[str] = None,
        context: Optional[ssl.SSLContext] = None,
    ) -> None:
        self._url, found = split_token(url)
        self._camera = camera
        self._token = token if token is not None else found
        self._context = context
        self._remarks: Optional[RemarkLink] = None
        # A bad address raises here, not in a thread.
        socket_url(self._url, {})

    def frames(
        self,
        *,
        fps: Optional[float] = None,
        width: Optional[int] = None,
        quality: Optional[int] = None,
        timeout: Optional[float] = None,
    ) -> Frames:
        """The newest frame, again and again, however long the program takes for each.

        Connects in the background, and reconnects for ever; while there is no connection, or the camera is down,
        the loop waits. With ``timeout`` it raises ``TimeoutError`` when no frame came for that many seconds.
        Raises ``Refused`` when the server refuses.
        """
        query: Dict[str, Value] = {"camera": self._camera, "fps": fps, "width": width}
        query.update(quality=quality, format="binary", ack=1)
        url = socket_url(self._url, query)
        return Frames(Link(url, self._token, self._context), timeout)

    def snapshot(
        self, *, width: Optional[int] = None, quality: Optional[int] = None, max_age: float = 0
    ) -> Frame:
        """One frame; with ``max_age`` a frame of up to that age, in seconds, will do.

        Raises ``Refused`` when the server refuses, ``WscamError`` with the reason when the camera is down.
        """
        query: Dict[str, Value] = {"camera": self._camera, "width": width, "quality": quality}
        query["max_age"] = max_age if max_age > 0 else None
        request = urllib.request.Request(http_url(self._url, "snapshot", query))
        if self._token is not None:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            with urllib.request.urlopen(
                request, timeout=SNAPSHOT_SECONDS, context=self._context
            ) as response:
                jpeg = response.read()
                timestamp = float(response.headers["X-Timestamp"])
        except urllib.error.HTTPError as error:
            text = error.read(1000).decode("utf-8", "replace").strip()
            kind = Refused if error.code in (401, 403, 404) else WscamError
            raise kind(f"Cannot take snapshot: {text or error.reason} (HTTP {error.code})") from error
        except (OSError, TypeError, ValueError) as error:
            raise WscamError(f"Cannot take snapshot: {error}") from error
        return Frame(self._camera or "", 0, timestamp, jpeg)

    def annotate(
        self,
        boxes: Iterable[Box] = (),
        text: str = "",
        *,
        frame: Optional[Frame] = None,
        seconds: float = 1.0,
    ) -> None:
        """Annotates a frame, by default the newest: viewers who ask for annotations see it drawn.

        It lasts for ``seconds``, unless this program makes another annotation before; ``seconds=0`` withdraws it. This
        never waits: while there is no connection, nothing is sent. Raises ``ValueError`` for an invalid box, and
        ``WscamError`` when the server has refused the last annotation. The connection stays until ``close`` (or
        ``with camera:``).
        """
        command: Dict[str, Any] = {"type": "annotate", "text": text, "for": seconds}
        command["boxes"] = [box.fields() for box in boxes]
        if frame is not None:
            command["timestamp"] = frame.timestamp
        name = self._camera or (frame.camera if frame is not None else None)
        if name:
            command["camera"] = name
        if self._remarks is None:
            url = socket_url(self._url, {"camera": self._camera, "format": "binary", "ack": 1})
            self._remarks = RemarkLink(url, self._token, self._context)
        self._remarks.say(command, seconds)

    def push(self, *, replace: bool = False, quality: int = 85) -> Pusher:
        """Begins to push this camera's pictures; the server must have it as ``--camera NAME=push``.

        Connects in the background, and reconnects for ever. ``replace`` takes the place of another program; without
        it, the server refuses while there is one. Arrays of pixels are encoded with ``quality``.
        """
        query: Dict[str, Value] = {"camera": self._camera, "ack": 1}
        query["replace"] = 1 if replace else None
        link = PushLink(push_url(self._url, query), self._token, self._context)
        return Pusher(link, quality)

    def close(self) -> None:
        """Ends the connection that ``annotate`` has opened."""
        remarks, self._remarks = self._remarks, None
        if remarks is not None:
            remarks.close()

    def control(self, **settings: Any) -> Dict[str, Any]:
        """Changes the camera's settings, for everyone who watches it; returns the current values.

        ``camera.control(fps=5, brightness=128)``; ``None`` resets a setting that has a default. Raises
        ``WscamError`` when the server refuses one; then none is changed.
        """
        return self._control({"set": settings} if settings else {}, "settings")

    def controls(self) -> Dict[str, Any]:
        """The settings that can be changed: by name, with type, range and value."""
        return self._control({}, "controls")

    def _control(self, fields: Dict[str, Any], answered: str) -> Dict[str, Any]:
        command: Dict[str, Any] = {"type": "control", **fields}
        if self._camera is not None:
            command["camera"] = self._camera
        # At this rate hardly a picture comes along.
        query: Dict[str, Value] = {"camera": self._camera, "format": "binary", "ack": 1, "fps": 0.1}
        link = Link(socket_url(self._url, query), self._token, self._context)
        try:
            answer = link.ask(command, ANSWER_SECONDS).get(answered)
        finally:
            link.close()
        return answer if isinstance(answer, dict) else {}

    def __repr__(self) -> str:
        return f"Camera({json.dumps(self._url)}, {self._camera!r})"
