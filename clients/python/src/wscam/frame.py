"""One picture of a camera."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .errors import WscamError

if TYPE_CHECKING:
    import numpy
    import numpy.typing


@dataclass(frozen=True)
class Frame:
    """One picture, as the server sent it. Its pixels are decoded on access."""

    #: The camera's name.
    camera: str
    #: The number of the camera's frame, from 1; missing numbers were dropped for newer ones.
    sequence: int
    #: When the camera captured it, in seconds since 1970 on the server's clock.
    timestamp: float
    #: The whole JPEG file.
    jpeg: bytes = field(repr=False)
    #: How far the server's clock is ahead of this machine's, in seconds, as far as that is known.
    clock_offset: float = 0.0

    @property
    def age(self) -> float:
        """Seconds since the camera captured it; never below 0."""
        return max(0.0, time.time() + self.clock_offset - self.timestamp)

    @property
    def image(self) -> numpy.typing.NDArray[numpy.uint8]:
        """The pixels: height x width x 3, blue, green, red, 8 bits each, as OpenCV has them.

        Decoded on each access. Raises ``WscamError`` if neither OpenCV nor Pillow is installed, or if the picture is
        damaged.
        """
        image: numpy.typing.NDArray[numpy.uint8] = _decode(self.jpeg)
        return image


def _decode(jpeg: bytes) -> Any:
    try:
        import numpy
    except ImportError as error:
        raise WscamError(_MISSING) from error
    try:
        import cv2
    except ImportError:
        return _decode_with_pillow(jpeg)
    image = cv2.imdecode(numpy.frombuffer(jpeg, numpy.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise WscamError("Cannot decode picture: it is no JPEG file")
    return image


def _decode_with_pillow(jpeg: bytes) -> Any:
    try:
        import numpy
        from PIL import Image
    except ImportError as error:
        raise WscamError(_MISSING) from error
    try:
        with Image.open(io.BytesIO(jpeg)) as picture:
            pixels = numpy.asarray(picture.convert("RGB"))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise WscamError(f"Cannot decode picture: {error}") from error
    return numpy.ascontiguousarray(pixels[:, :, ::-1])


_MISSING = (
    "frame.image needs numpy with OpenCV or Pillow: "
    "pip install 'wscam[opencv]' or 'wscam[pillow]' (on Debian: apt install python3-opencv)"
)
