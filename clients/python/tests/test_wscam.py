"""With a real server, whose address is in WSCAM_URL: run by wscam's own tests."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
import unittest

import wscam
from wscam._address import http_url, socket_url, split_token
from wscam._message import read_picture

URL = os.environ["WSCAM_URL"]
TOKEN = os.environ["WSCAM_TOKEN"]
PATIENCE = 30.0

logging.getLogger("wscam").setLevel(logging.CRITICAL)


class FramesTest(unittest.TestCase):
    def test_a_slow_loop_gets_the_newest(self) -> None:
        frames = []
        for frame in wscam.frames(URL, "door", token=TOKEN, timeout=PATIENCE):
            frames.append(frame)
            if len(frames) == 5:
                break
            time.sleep(0.5)
        # At 20 frames a second some ten came and went meanwhile.
        steps = [b.sequence - a.sequence for a, b in zip(frames[1:], frames[2:])]
        self.assertGreater(min(steps), 3)
        self.assertEqual(frames[0].camera, "door")

    def test_frames_are_what_was_asked_for(self) -> None:
        for frame in wscam.frames(URL, token=TOKEN, width=160, timeout=PATIENCE):
            if frame.image.shape == (120, 160, 3):
                break
        self.assertLess(abs(time.time() - frame.timestamp), PATIENCE)
        self.assertGreaterEqual(frame.age, 0)

    def test_async_for(self) -> None:
        async def take() -> int:
            count = 0
            async for frame in wscam.frames(f"{URL}/?token={TOKEN}", timeout=PATIENCE):
                # A loop that blocks gets the newest as well.
                time.sleep(0.05)
                count += 1
                if count == 5:
                    break
            return frame.sequence

        self.assertGreater(asyncio.run(take()), 4)

    def test_closing_ends_the_loop(self) -> None:
        with wscam.frames(URL, token=TOKEN, fps=1) as frames:
            threading.Timer(1, frames.close).start()
            for _ in frames:
                pass
        end = time.monotonic() + PATIENCE
        while "wscam" in [thread.name for thread in threading.enumerate()]:
            self.assertLess(time.monotonic(), end, "the thread must end")
            time.sleep(0.01)

    def test_a_timeout(self) -> None:
        with self.assertRaises(TimeoutError):
            next(iter(wscam.frames("ws://127.0.0.1:9", timeout=0.5)))

    def test_a_wrong_token(self) -> None:
        for token in ("wrong", None):
            with self.assertRaises(wscam.Refused):
                next(iter(wscam.frames(URL, token=token, timeout=PATIENCE)))
        with self.assertRaises(wscam.Refused):
            wscam.snapshot(URL, token="wrong")


class CameraTest(unittest.TestCase):
    def test_snapshot(self) -> None:
        frame = wscam.snapshot(URL, "attic", token=TOKEN, width=160)
        self.assertEqual(frame.image.shape, (120, 160, 3))
        with self.assertRaisesRegex(wscam.Refused, "No such camera"):
            wscam.snapshot(URL, "cellar", token=TOKEN)

    def test_control(self) -> None:
        camera = wscam.Camera(URL, "attic", token=TOKEN)
        self.assertEqual(camera.controls()["fps"]["type"], "number")
        self.assertEqual(camera.control(fps=7)["fps"], 7)
        with self.assertRaisesRegex(wscam.WscamError, "fps"):
            camera.control(fps=1000)

    def test_an_address_that_is_none(self) -> None:
        for url in ("ftp://host", "ws://", "http://"):
            with self.assertRaisesRegex(wscam.WscamError, "ws://HOST:8765"):
                wscam.Camera(url)


class PartsTest(unittest.TestCase):
    def test_addresses(self) -> None:
        self.assertEqual(socket_url("host", {}), "ws://host:8765/")
        self.assertEqual(socket_url("https://h/cam/", {"fps": 5}), "wss://h/cam/?fps=5")
        self.assertEqual(socket_url("ws://h:1/?fps=3&a=b", {"fps": None}), "ws://h:1/?fps=3&a=b")
        self.assertEqual(socket_url("ws://[::1]:1", {"camera": "a b"}), "ws://[::1]:1/?camera=a%20b")
        self.assertEqual(http_url("wss://h/cam/", "snapshot", {}), "https://h/cam/snapshot")
        self.assertEqual(split_token("ws://h/?token=a%26b&c=d"), ("ws://h/?c=d", "a&b"))

    def test_messages_that_are_no_pictures(self) -> None:
        for data in (b"", b"\xff\xd8\xff\xfe", b"\xff\xd8\xff\xfe\x00\x04{}", b"\xff\xd8\xff\xdb\x00\x04"):
            self.assertIsNone(read_picture(data, 0))
        label = b'{"camera":"a","sequence":"1","timestamp":1}'
        head = b"\xff\xd8\xff\xfe" + (len(label) + 2).to_bytes(2, "big")
        self.assertIsNone(read_picture(head + label, 0))

    def test_a_broken_picture(self) -> None:
        with self.assertRaises(wscam.WscamError):
            wscam.Frame("a", 1, 0.0, b"\xff\xd8\xff\xd9").image  # noqa: B018


if __name__ == "__main__":
    unittest.main()
