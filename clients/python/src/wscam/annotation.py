"""Objects that a program sees in a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Optional, Sequence


@dataclass(frozen=True)
class Box:
    """The place of an object: 0 to 1 of the picture's width and height, from its left and top edges."""

    x: float
    y: float
    width: float
    height: float
    #: What it is.
    label: Optional[str] = None
    #: How sure the program is, 0 to 1.
    score: Optional[float] = None

    @classmethod
    def of_pixels(
        cls,
        left: float,
        top: float,
        right: float,
        bottom: float,
        shape: Sequence[int],
        label: Optional[str] = None,
        score: Optional[float] = None,
    ) -> "Box":
        """A box by its corners in pixels, as detectors give it, in a picture of ``image.shape``.

        Parts beyond the picture's edge are cut off.
        """
        height, width = shape[0], shape[1]
        x, y = _share(left, width), _share(top, height)
        return cls(x, y, _share(right, width) - x, _share(bottom, height) - y, label, score)

    def fields(self) -> Dict[str, Any]:
        """The box in the server's form; raises ``ValueError`` if the server would refuse it."""
        numbers = {"x": self.x, "y": self.y, "width": self.width, "height": self.height}
        if self.score is not None:
            numbers["score"] = self.score
        for name, value in numbers.items():
            if not 0 <= value <= 1:
                raise ValueError(f"Box: {name} must be a number from 0 to 1, got {value!r}")
        # JSON doesn't accept numpy's numbers.
        fields: Dict[str, Any] = {name: float(value) for name, value in numbers.items()}
        return fields if self.label is None else {**fields, "label": self.label}


def _share(position: float, size: int) -> float:
    return min(1.0, max(0.0, float(position) / size))
