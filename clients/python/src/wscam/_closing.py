"""Base of the objects that ``with`` and ``async with`` close."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Optional, Type, TypeVar

Owner = TypeVar("Owner", bound="Closing")


class Closing:
    """Something that is closed when the block ends that uses it."""

    def close(self) -> None:
        """Ends its connection."""
        raise NotImplementedError

    def __enter__(self: Owner) -> Owner:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    async def __aenter__(self: Owner) -> Owner:
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        # Over a dead line this takes some seconds, in which the program's other tasks go on.
        await asyncio.to_thread(self.close)
