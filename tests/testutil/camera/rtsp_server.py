"""
An RTSP camera of GStreamer's: rtsp_server.py PORT CODEC [FILE...]. Its pictures tell in 64 squares when they were
taken; where there are files, they are these JPEGs one after the other, whatever is in them.
"""
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

PORT, CODEC, FPS = sys.argv[1], sys.argv[2], 10
FILES = [open(path, "rb").read() for path in sys.argv[3:]]
WIDTH, HEIGHT, SIDE = 640, 480, 16
ENCODERS = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast bitrate=1000 key-int-max=10"
    " ! video/x-h264,profile=baseline ! rtph264pay name=pay0 pt=96 config-interval=1",
    # 30 s between key frames.
    "h264-30": "x264enc tune=zerolatency speed-preset=ultrafast bitrate=1000 key-int-max=300"
    " ! video/x-h264,profile=baseline ! rtph264pay name=pay0 pt=96 config-interval=1",
    # Some pictures are made from later ones; 3 s between key frames; sound beside them.
    "h264-b": "x264enc speed-preset=ultrafast bitrate=1000 key-int-max=30 bframes=2 b-adapt=false rc-lookahead=3"
    " sync-lookahead=0 threads=1 ! video/x-h264,profile=main ! rtph264pay name=pay0 pt=96 config-interval=1"
    " audiotestsrc is-live=true ! audioconvert ! audioresample ! audio/x-raw,rate=8000,channels=1"
    " ! mulawenc ! rtppcmupay name=pay1 pt=0",
    "mjpeg": "jpegenc quality=80 ! rtpjpegpay name=pay0 pt=26",
}


def picture():
    """Microseconds since 1970, the highest bit first, as white and black squares in I420."""
    micros = int(time.time() * 1e6)
    rows = []
    for row in range(8):
        bits = [micros >> (63 - row * 8 - column) & 1 for column in range(8)]
        line = b"".join((b"\xeb" if bit else b"\x10") * SIDE for bit in bits)
        rows.append((line + b"\x60" * (WIDTH - len(line))) * SIDE)
    head = b"".join(rows)
    return head + b"\x60" * (WIDTH * HEIGHT - len(head)) + b"\x80" * (WIDTH * HEIGHT // 2)


def feed(source):
    start = time.monotonic()
    number = 0
    while True:
        buffer = Gst.Buffer.new_wrapped(FILES[number % len(FILES)] if FILES else picture())
        buffer.pts = buffer.dts = number * Gst.SECOND // FPS
        buffer.duration = Gst.SECOND // FPS
        if source.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
            return
        number += 1
        time.sleep(max(0, start + number / FPS - time.monotonic()))


def configure(_factory, media):
    source = media.get_element().get_by_name_recurse_up("src")
    threading.Thread(target=feed, args=(source,), daemon=True).start()


RAW = f"video/x-raw,format=I420,width={WIDTH},height={HEIGHT},framerate={FPS}/1 ! {ENCODERS[CODEC]}"
JPEG = f"image/jpeg,width={WIDTH},height={HEIGHT},framerate={FPS}/1 ! rtpjpegpay name=pay0 pt=26"

Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(PORT)
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(
    "( appsrc name=src is-live=true format=time max-bytes=20000000"
    f" caps={JPEG if FILES else RAW} )"
)
factory.set_shared(True)
factory.connect("media-configure", configure)
server.get_mount_points().add_factory("/cam", factory)
server.attach(None)
print(server.get_bound_port(), flush=True)
# It ends with whoever started it.
threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
loop = GLib.MainLoop()
loop.run()
