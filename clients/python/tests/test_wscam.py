"""With a real server, whose address is in WSCAM_URL: run by wscam's own tests."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import threading
import time
import unittest
from typing import TYPE_CHECKING, Any, Callable, Dict, List

import numpy

import wscam
from wscam._address import http_url, push_url, socket_url, split_token
from wscam._connection import connect
from wscam._message import read_picture

URL = os.environ["WSCAM_URL"]
TOKEN = os.environ["WSCAM_TOKEN"]
PATIENCE = 30.0

if TYPE_CHECKING:
    import numpy.typing

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
        self.assertGreater(min(steps), 1)
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


def draw(width: int = 160, height: int = 120, level: int = 0) -> "numpy.typing.NDArray[numpy.uint8]":
    pixels = numpy.full((height, width, 3), level, numpy.uint8)
    pixels[: height // 2, : width // 2] = (255, 0, 0)
    return pixels


class AnnotateTest(unittest.TestCase):
    def listen(self, until: str, during: Callable[[List[Dict[str, Any]]], None]) -> List[Dict[str, Any]]:
        """The annotations that arrive while something is done, up to one with a text."""

        async def run() -> List[Dict[str, Any]]:
            heard: List[Dict[str, Any]] = []
            url = socket_url(URL, {"camera": "door", "annotations": 1, "fps": 0.1, "token": TOKEN})
            async with connect(url, max_size=None) as socket:
                await socket.recv()
                thread = threading.Thread(target=during, args=(heard,))
                thread.start()
                while not heard or heard[-1]["text"] != until:
                    message = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE))
                    if message["type"] == "annotation":
                        heard.append(message)
                thread.join()
            return heard

        return asyncio.run(run())

    def test_boxes_reach_who_asks(self) -> None:
        frame = wscam.snapshot(URL, "door", token=TOKEN)

        def say(heard: List[Dict[str, Any]]) -> None:
            end = time.monotonic() + PATIENCE
            with wscam.Camera(URL, "door", token=TOKEN) as camera:
                box = wscam.Box.of_pixels(32, 24, 64, 48, (240, 320, 3), "cat", 0.5)
                # A newer annotation replaces one that is not sent yet.
                while not heard and time.monotonic() < end:
                    camera.annotate([box], "1 cat", frame=frame, seconds=5)
                    time.sleep(0.05)
                while heard and heard[-1]["text"] != "nothing" and time.monotonic() < end:
                    camera.annotate(text="nothing")
                    time.sleep(0.05)

        first, *_, last = self.listen("nothing", say)
        self.assertEqual(first["timestamp"], frame.timestamp)
        self.assertEqual(first["text"], "1 cat")
        box = {"x": 0.1, "y": 0.1, "width": 0.1, "height": 0.1, "label": "cat", "score": 0.5}
        self.assertEqual(first["boxes"], [box])
        self.assertEqual((last["boxes"], last["text"], last["from"]), ([], "nothing", first["from"]))

    def test_what_is_wrong(self) -> None:
        with self.assertRaisesRegex(ValueError, "x must be a number from 0 to 1"):
            wscam.Box(1.5, 0, 0, 0).fields()
        with wscam.Camera(URL, "door", token=TOKEN) as camera:
            with self.assertRaisesRegex(wscam.WscamError, "'text' must be"):
                end = time.monotonic() + PATIENCE
                while time.monotonic() < end:
                    # The answer to one is told with the next.
                    camera.annotate(text="x" * 2000)
                    time.sleep(0.05)
        with wscam.Camera(URL, "cellar", token=TOKEN) as camera:
            with self.assertRaisesRegex(wscam.WscamError, "'cellar'"):
                end = time.monotonic() + PATIENCE
                while time.monotonic() < end:
                    camera.annotate()
                    time.sleep(0.05)

    def test_a_box_of_pixels_is_cut_at_the_edge(self) -> None:
        box = wscam.Box.of_pixels(-10, 60, 50, 200, (100, 200, 3))
        self.assertEqual((box.x, box.y, box.width, box.height), (0, 0.6, 0.25, 0.4))


class PushTest(unittest.TestCase):
    def test_pixels_and_files_come_out_as_a_camera(self) -> None:
        frames = wscam.frames(URL, "ai", token=TOKEN, timeout=PATIENCE)
        with frames, wscam.push(URL, "ai", token=TOKEN) as pusher:
            pusher.send(draw(level=200), 1e9, timeout=PATIENCE)
            done = threading.Event()

            def go_on() -> None:
                stamp = time.time() - 5
                while not done.wait(0.05):
                    pusher.offer(draw(level=200), stamp)

            thread = threading.Thread(target=go_on)
            thread.start()
            try:
                for frame in frames:
                    break
            finally:
                done.set()
                thread.join()
            self.assertEqual(frame.image.shape, (120, 160, 3))
            self.assertGreater(int(frame.image[110, 150].min()), 180)
            self.assertGreater(int(frame.image[10, 10][0]), 200)
            self.assertLess(abs(frame.age - 5), PATIENCE)
            again = frame.jpeg
            for _ in range(5):
                pusher.send(again, timeout=PATIENCE)
            grey = draw()[:, :, 0]
            pusher.send(grey, timeout=PATIENCE)

    def test_async(self) -> None:
        async def run() -> None:
            async with wscam.push(URL, "ai", token=TOKEN, replace=True) as pusher:
                for _ in range(10):
                    await pusher.send_async(draw(), timeout=PATIENCE)

        asyncio.run(run())

    def test_refusals(self) -> None:
        with wscam.push(URL, "ai", token=TOKEN, replace=True) as pusher:
            pusher.send(draw(), timeout=PATIENCE)
            with wscam.push(URL, "ai", token=TOKEN) as second:
                with self.assertRaisesRegex(wscam.Refused, "replace=1 to take its place"):
                    second.send(draw(), timeout=PATIENCE)
            with wscam.push(URL, "door", token=TOKEN) as other:
                with self.assertRaisesRegex(wscam.Refused, "'camera' must be one of 'ai'"):
                    other.send(draw(), timeout=PATIENCE)
            with wscam.push(URL, "ai", token="wrong") as other:
                with self.assertRaises(wscam.Refused):
                    other.send(draw(), timeout=PATIENCE)
            with wscam.push(URL, "ai", token=TOKEN, replace=True) as third:
                third.send(draw(), timeout=PATIENCE)
                with self.assertRaisesRegex(wscam.Refused, "gets its pictures from"):
                    end = time.monotonic() + PATIENCE
                    while time.monotonic() < end:
                        pusher.send(draw(), timeout=PATIENCE)
        with self.assertRaises(wscam.WscamError):
            third.send(draw())

    def test_no_server(self) -> None:
        with wscam.push("ws://127.0.0.1:9") as pusher:
            self.assertFalse(pusher.offer(b"\xff\xd8\xff"))
            with self.assertRaises(TimeoutError):
                pusher.send(b"\xff\xd8\xff", timeout=0.2)
            with self.assertRaisesRegex(wscam.WscamError, "must be a JPEG file"):
                pusher.send(b"GIF89a")


class PartsTest(unittest.TestCase):
    def test_addresses(self) -> None:
        self.assertEqual(socket_url("host", {}), "ws://host:8765/")
        self.assertEqual(socket_url("https://h/cam/", {"fps": 5}), "wss://h/cam/?fps=5")
        self.assertEqual(socket_url("ws://h:1/?fps=3&a=b", {"fps": None}), "ws://h:1/?fps=3&a=b")
        self.assertEqual(socket_url("ws://[::1]:1", {"camera": "a b"}), "ws://[::1]:1/?camera=a%20b")
        self.assertEqual(http_url("wss://h/cam/", "snapshot", {}), "https://h/cam/snapshot")
        self.assertEqual(push_url("wss://h/cam/", {"ack": 1}), "wss://h/cam/push?ack=1")
        self.assertEqual(split_token("ws://h/?token=a%26b&c=d"), ("ws://h/?c=d", "a&b"))
        for wrong in ("", "ftp://h", "host:abc", "ws://h:70000", "ws://[::1", "::1"):
            with self.subTest(wrong), self.assertRaisesRegex(wscam.WscamError, "must be like ws://"):
                wscam.Camera(wrong)

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
