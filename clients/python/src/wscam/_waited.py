"""Something that threads and tasks wait for."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Callable, List, Optional, TypeVar

Value = TypeVar("Value")


class Waited:
    """Lets a program wait until there is something, or until it is closed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_closed = False
        self._waiters: List[Callable[[], None]] = []

    @property
    def is_closed(self) -> bool:
        """Whether it was closed."""
        return self._is_closed

    def wait_for(
        self, get: Callable[[], Optional[Value]], timeout: Optional[float] = None
    ) -> Optional[Value]:
        """Waits until there is something; ``None`` on timeout, or if it was closed."""
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            while True:
                value = get()
                if value is not None or self._is_closed:
                    return value
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    return None
                self._changed.wait(left)

    async def wait_for_async(
        self, get: Callable[[], Optional[Value]], timeout: Optional[float] = None
    ) -> Optional[Value]:
        """The same, for a program that waits with ``await``."""
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(ready.set)

        with self._changed:
            self._waiters.append(wake)
        try:
            deadline = None if timeout is None else loop.time() + timeout
            while True:
                with self._changed:
                    value = get()
                    if value is not None or self._is_closed:
                        return value
                    ready.clear()
                left = None if deadline is None else max(0.0, deadline - loop.time())
                try:
                    await asyncio.wait_for(ready.wait(), left)
                except asyncio.TimeoutError:
                    return None
        finally:
            with self._changed:
                self._waiters.remove(wake)

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
            for waiter in self._waiters:
                try:
                    waiter()
                except RuntimeError:
                    # The program's loop has ended.
                    pass
