# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Images from video files, folders and cameras, and video files from images."""

from __future__ import annotations

import math
from pathlib import Path
import re

import cv2
import numpy as np

from alphapose_ros.io.images import check_bgr

IMAGE_SUFFIXES = ('.bmp', '.jpeg', '.jpg', '.png', '.tif', '.tiff', '.webp')
DEFAULT_FPS = 25.0


class VideoError(ValueError):
    """A source of images that cannot be opened, or a video that cannot be written."""


class FrameSource:
    """
    Images one after the other.

    `fps` is the source's own rate, `frame_count` the number of its images, 0 where it is unknown
    or endless, `is_live` tells a camera.

    :param source: a video file, an image, a folder of images (in natural order), or the number of
        a camera.
    :raises VideoError: if there is no such thing, or it cannot be read.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._files: list[Path] = []
        self._next_file = 0
        self._capture: cv2.VideoCapture | None = None
        self.is_live = source.isdecimal()
        if not self.is_live:
            self._files = _image_files(Path(source))
        if self._files:
            self.fps, self.frame_count = DEFAULT_FPS, len(self._files)
            return
        self._capture = self._open()
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self.fps = fps if 0 < fps < 1000 else DEFAULT_FPS
        frame_count = int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        self.frame_count = 0 if self.is_live else max(frame_count, 0)

    def read(self) -> np.ndarray | None:
        """
        Return the next image, (H, W, 3) uint8 BGR, or None at the end.

        :raises VideoError: if a file of the folder is no image; the next call goes on behind it.
        """
        if self._capture is not None:
            is_read, image = self._capture.read()
            return np.asarray(image) if is_read else None
        if self._next_file == len(self._files):
            return None
        path = self._files[self._next_file]
        self._next_file += 1
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if image is None:
            raise VideoError(f'{path} cannot be read as an image')
        return np.asarray(image)

    def name_image(self, index: int) -> str:
        """Return the name of a file of the folder, or 0.jpg, 1.jpg ... for images of a video."""
        return self._files[index].name if self._files else f'{index}.jpg'

    def rewind(self) -> None:
        """Begin again."""
        self._next_file = 0
        if self._capture is not None and not self.is_live:
            # Opened anew: seeking to the start is inexact in many files.
            self._capture.release()
            self._capture = self._open()

    def _open(self) -> cv2.VideoCapture:
        if self.is_live:
            capture = cv2.VideoCapture(int(self._source))
            if not capture.isOpened():
                raise VideoError(f'camera {self._source} cannot be opened')
            return capture
        if not Path(self._source).is_file():
            raise VideoError(f'source {self._source!r} is no file, no folder and no camera number')
        capture = cv2.VideoCapture(self._source)
        if not capture.isOpened():
            raise VideoError(f'{self._source} cannot be read as a video')
        return capture


class VideoWriter:
    """
    Writes an MPEG-4 video; opens the file with the first image.

    :param path: ends in .mp4; an existing file is replaced.
    :param fps: images per second, more than 0.
    :raises VideoError: if fps is not more than 0.
    """

    def __init__(self, path: Path, fps: float) -> None:
        if not 0 < fps < math.inf:
            raise VideoError(f'fps must be more than 0, got {fps}')
        self._path = path
        self._fps = fps
        self._writer: cv2.VideoWriter | None = None
        self._size_wh = (0, 0)

    def write(self, image: np.ndarray) -> None:
        """
        Append an image, (H, W, 3) uint8 BGR; one of another size is scaled to that of the first.

        :raises ValueError: if the image is of another kind.
        :raises VideoError: if the file cannot be written.
        """
        check_bgr(image)
        if self._writer is None:
            self._size_wh = (image.shape[1], image.shape[0])
            codec = cv2.VideoWriter.fourcc(*'mp4v')
            self._writer = cv2.VideoWriter(str(self._path), codec, self._fps, self._size_wh)
            if not self._writer.isOpened():
                raise VideoError(f'{self._path} cannot be written with fps {self._fps}')
        if (image.shape[1], image.shape[0]) != self._size_wh:
            image = cv2.resize(image, self._size_wh)
        self._writer.write(image)

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.release()


def write_image(path: Path, image: np.ndarray) -> None:
    """
    Write an image; the suffix chooses the format.

    :raises ValueError: if the image is not (H, W, 3) uint8.
    :raises VideoError: if the file cannot be written.
    """
    check_bgr(image)
    if path.suffix.lower() not in IMAGE_SUFFIXES:
        raise VideoError(f'{path} must end in one of {", ".join(IMAGE_SUFFIXES)}')
    if not cv2.imwrite(str(path), image):
        raise VideoError(f'{path} cannot be written')


def _image_files(path: Path) -> list[Path]:
    """
    Return the image, or the images of the folder, in natural order; none if it is something else.

    :raises VideoError: if the folder has no image.
    """
    # Left to OpenCV, the image a_1.png would be the start of a sequence a_1.png, a_2.png ...
    if path.is_file() and path.suffix.lower() in IMAGE_SUFFIXES:
        return [path]
    if not path.is_dir():
        return []
    files = [
        p
        for p in path.iterdir()
        if p.suffix.lower() in IMAGE_SUFFIXES and p.is_file() and not p.name.startswith('.')
    ]
    if not files:
        raise VideoError(f'the folder {path} has no image; known are {", ".join(IMAGE_SUFFIXES)}')
    return sorted(files, key=_natural_key)


def _natural_key(path: Path) -> list[tuple[bool, int, str]]:
    """Order 2.jpg before 10.jpg."""
    parts = re.split(r'(\d+)', path.name)  # text and number alternate
    return [(i % 2 == 1, int(part) if i % 2 else 0, part) for i, part in enumerate(parts)]
