"""Pushes a program's pictures, which the server shows as a camera."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Optional, Union

from ._closing import Closing
from ._push_link import PushLink, labelled
from .errors import WscamError

if TYPE_CHECKING:
    import numpy
    import numpy.typing

    Picture = Union[bytes, numpy.typing.NDArray[numpy.uint8]]


class Pusher(Closing):
    """Pushes a camera's pictures. It can be used as ``with pusher:`` and ``async with pusher:``.

    A picture is a JPEG file, or an array of pixels as ``frame.image`` and OpenCV have them (blue, green,
    red, or grey), which is encoded with ``quality``. ``timestamp`` is when it was captured, on the server's
    clock: that of the frame that it was made from (``frame.timestamp``), or now.
    """

    def __init__(self, link: PushLink, quality: int) -> None:
        self._link = link
        self._quality = quality

    def send(
        self, picture: "Picture", timestamp: Optional[float] = None, *, timeout: Optional[float] = None
    ) -> None:
        """Sends a picture as soon as the server has read all but the last of those before.

        So on a slow line the program waits, and no picture grows old on the way. It also waits during an outage;
        ``timeout`` limits that (``TimeoutError``). Raises ``Refused`` when the server refuses, or another program
        has taken over the camera.
        """
        self._link.send(self._file(picture, timestamp), timeout)

    async def send_async(
        self, picture: "Picture", timestamp: Optional[float] = None, *, timeout: Optional[float] = None
    ) -> None:
        """The same, for a program that waits with ``await``."""
        await self._link.send_async(self._file(picture, timestamp), timeout)

    def offer(self, picture: "Picture", timestamp: Optional[float] = None) -> bool:
        """Like ``send``, but never waits.

        If there is no room, the picture is sent later, unless a newer one replaces it. Returns whether it was
        sent at once. Raises as ``send`` does.
        """
        return self._link.offer(self._file(picture, timestamp))

    def close(self) -> None:
        """Ends the connection once the last picture has arrived; the camera then has no pictures."""
        self._link.close()

    def _file(self, picture: "Picture", timestamp: Optional[float]) -> bytes:
        jpeg = picture if isinstance(picture, bytes) else _encode(picture, self._quality)
        return labelled(jpeg, self._link.now() if timestamp is None else timestamp)


def _encode(image: Any, quality: int) -> bytes:
    try:
        import cv2
    except ImportError:
        return _encode_with_pillow(image, quality)
    try:
        done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    except cv2.error as error:
        raise WscamError(f"Cannot encode picture: {error}") from error
    if not done:
        raise WscamError("Cannot encode picture: OpenCV can't")
    return bytes(data)


def _encode_with_pillow(image: Any, quality: int) -> bytes:
    try:
        from PIL import Image
    except ImportError as error:
        raise WscamError(
            "An array of pixels needs OpenCV or Pillow to become a JPEG file: "
            "pip install 'wscam[opencv]' or 'wscam[pillow]'"
        ) from error
    try:
        pixels = image[:, :, ::-1] if image.ndim == 3 else image
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    except (AttributeError, TypeError, ValueError, OSError) as error:
        raise WscamError(f"Cannot encode picture: {error}") from error
    return file.getvalue()
