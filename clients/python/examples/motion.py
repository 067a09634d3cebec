"""Boxes around what moves, drawn over the picture for everybody who watches: python motion.py ws://HOST:8765 [CAMERA]

Open the page with annotations=1 to see them. Needs OpenCV.
"""

import sys

import cv2

import wscam

WIDTH = 320
#: What is smaller is noise, in pixels.
SMALLEST = 60


def moving(background, image):
    """The corners of what is not where it was."""
    mask = cv2.threshold(background.apply(cv2.blur(image, (3, 3))), 200, 255, cv2.THRESH_BINARY)[1]
    contours, _ = cv2.findContours(cv2.dilate(mask, None), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        x, y, width, height = cv2.boundingRect(contour)
        if width * height >= SMALLEST:
            yield x, y, x + width, y + height


def main(url, name=None):
    background = cv2.createBackgroundSubtractorMOG2(history=50, detectShadows=False)
    with wscam.Camera(url, name) as camera:
        for frame in camera.frames(fps=10, width=WIDTH):
            image = frame.image
            boxes = [wscam.Box.of_pixels(*corners, image.shape, "motion") for corners in moving(background, image)]
            camera.annotate(boxes[:200], f"{len(boxes)} moving", frame=frame)


if __name__ == "__main__":
    main(*sys.argv[1:])
