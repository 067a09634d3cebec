"""A camera of a processed picture: python edges.py ws://HOST:8765 CAMERA edges

The server must have it: wscam --camera 0 --camera edges=push. Needs OpenCV.
"""

import sys

import cv2

import wscam


def main(url, source, shown):
    with wscam.push(url, shown, replace=True) as pusher:
        for frame in wscam.frames(url, source):
            grey = cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY)
            edges = cv2.Canny(grey, 60, 120)
            # Of several that are ready while the line is busy, the newest goes out.
            pusher.offer(edges, frame.timestamp)


if __name__ == "__main__":
    main(*sys.argv[1:])
