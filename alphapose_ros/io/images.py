# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Image buffers, as cameras send them, to (H, W, 3) uint8 BGR, and back to JPEG.

Encodings are those of sensor_msgs/image_encodings.hpp. Everything is checked before a byte is
touched: whatever a message holds, the result is an image or an `ImageError`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import cv2
import numpy as np

MAX_SIDE = 1 << 14

# Channels of 8 bits per pixel and the conversion to BGR; None: it is BGR.
_PACKED = MappingProxyType(
    {
        'bgr8': (3, None),
        '8UC3': (3, None),
        'rgb8': (3, cv2.COLOR_RGB2BGR),
        'bgra8': (4, cv2.COLOR_BGRA2BGR),
        'rgba8': (4, cv2.COLOR_RGBA2BGR),
        'mono8': (1, cv2.COLOR_GRAY2BGR),
        '8UC1': (1, cv2.COLOR_GRAY2BGR),
        'yuv422': (2, cv2.COLOR_YUV2BGR_UYVY),
        'uyvy': (2, cv2.COLOR_YUV2BGR_UYVY),
        'yuv422_yuy2': (2, cv2.COLOR_YUV2BGR_YUY2),
        'yuyv': (2, cv2.COLOR_YUV2BGR_YUY2),
        # ROS names the pattern by the first two rows, OpenCV by the second row and column.
        'bayer_rggb8': (1, cv2.COLOR_BayerBG2BGR),
        'bayer_bggr8': (1, cv2.COLOR_BayerRG2BGR),
        'bayer_gbrg8': (1, cv2.COLOR_BayerGR2BGR),
        'bayer_grbg8': (1, cv2.COLOR_BayerGB2BGR),
    }
)
# 16 bits per pixel, one channel; the high byte is kept.
_DEEP = MappingProxyType(
    {
        'mono16': cv2.COLOR_GRAY2BGR,
        '16UC1': cv2.COLOR_GRAY2BGR,
        'bayer_rggb16': cv2.COLOR_BayerBG2BGR,
        'bayer_bggr16': cv2.COLOR_BayerRG2BGR,
        'bayer_gbrg16': cv2.COLOR_BayerGR2BGR,
        'bayer_grbg16': cv2.COLOR_BayerGB2BGR,
    }
)
# A full-size plane of luma, then a half-size plane of interleaved chroma.
_PLANAR = MappingProxyType({'nv12': cv2.COLOR_YUV2BGR_NV12, 'nv21': cv2.COLOR_YUV2BGR_NV21})
ENCODINGS = (*_PACKED, *_DEEP, *_PLANAR)


class ImageError(ValueError):
    """
    An image message that cannot be used.

    :param reason: short name of the fault, to count by.
    :param text: what came and what is allowed.
    """

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


def decode_image(
    data: Any, *, height: int, width: int, encoding: str, step: int, is_bigendian: bool
) -> np.ndarray:
    """
    Return the image that a buffer holds.

    :param data: the buffer; anything with the buffer protocol.
    :param height: rows of the image.
    :param width: columns of the image.
    :param encoding: one of `ENCODINGS`; others are left to cv_bridge where it can be imported.
    :param step: bytes from one row to the next, padding included.
    :param is_bigendian: byte order of 16-bit encodings.
    :return: (H, W, 3) uint8 BGR, contiguous. Unpadded bgr8 is a view of the buffer, not a copy.
    :raises ImageError: if the message contradicts itself or the encoding is unknown.
    """
    if height <= 0 or width <= 0:
        raise ImageError('empty', f'the image is empty: {width} x {height}')
    if height > MAX_SIDE or width > MAX_SIDE:
        raise ImageError('too_large', f'{width} x {height} exceeds {MAX_SIDE} pixels per side')
    buffer = np.frombuffer(data, np.uint8)
    if encoding in _PACKED:
        channels, code = _PACKED[encoding]
        if channels == 2 and width % 2:
            raise ImageError('odd_size', f'{encoding} needs an even width, got {width}')
        pixels = _rows(buffer, height, width * channels, step).reshape(height, width, channels)
        return pixels if code is None else cv2.cvtColor(pixels, code)
    if encoding in _DEEP:
        rows = _rows(buffer, height, width * 2, step).reshape(height, width, 2)
        high_bytes = np.ascontiguousarray(rows[..., 0 if is_bigendian else 1])
        return cv2.cvtColor(high_bytes, _DEEP[encoding])
    if encoding in _PLANAR:
        if height % 2 or width % 2:
            raise ImageError('odd_size', f'{encoding} needs even sides, got {width} x {height}')
        return cv2.cvtColor(_rows(buffer, height * 3 // 2, width, step), _PLANAR[encoding])
    return _decode_with_cv_bridge(buffer, height, width, encoding, step, is_bigendian)


def decode_compressed(data: Any, image_format: str) -> np.ndarray:
    """
    Return the image that a JPEG or PNG file holds.

    :param data: the file; anything with the buffer protocol.
    :param image_format: the message's `format`, such as 'bgr8; jpeg compressed bgr8'.
    :return: (H, W, 3) uint8 BGR.
    :raises ImageError: if it is a depth image, or no image.
    """
    if 'compressedDepth' in image_format:
        raise ImageError('unknown_encoding', f'{image_format!r} is a depth image, not a picture')
    buffer = np.frombuffer(data, np.uint8)
    if len(buffer) == 0:
        raise ImageError('empty', 'the compressed image is empty')
    try:
        image = cv2.imdecode(buffer, cv2.IMREAD_COLOR)
    except cv2.error as err:
        raise ImageError('bad_file', f'{image_format!r} cannot be decoded: {err}') from err
    if image is None:
        raise ImageError('bad_file', f'{len(buffer)} bytes of {image_format!r} are no JPEG or PNG')
    return image


def encode_jpeg(image: np.ndarray, quality: int) -> bytes:
    """
    Return an image as a JPEG file.

    :param image: (H, W, 3) uint8 BGR.
    :param quality: 1 to 100.
    """
    _, data = cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return bytes(data)


def _rows(buffer: np.ndarray, height: int, row_bytes: int, step: int) -> np.ndarray:
    """Return (height, row_bytes) without the padding; a view where there is none."""
    if step < row_bytes:
        raise ImageError('wrong_step', f'step is {step}, a row has {row_bytes} bytes')
    needed = step * (height - 1) + row_bytes  # the last row may come without padding
    if len(buffer) < needed:
        raise ImageError('truncated', f'data has {len(buffer)} bytes, {needed} are needed')
    if step == row_bytes:
        return buffer[:needed].reshape(height, row_bytes)
    strided = np.lib.stride_tricks.as_strided(buffer, (height, row_bytes), (step, 1))
    return np.ascontiguousarray(strided)


def _decode_with_cv_bridge(
    buffer: np.ndarray, height: int, width: int, encoding: str, step: int, is_bigendian: bool
) -> np.ndarray:
    unknown = ImageError(
        'unknown_encoding', f'unknown encoding {encoding!r}; known are {", ".join(ENCODINGS)}'
    )
    try:
        # It fails in many ways where it was built for another numpy.
        from cv_bridge import CvBridge
        from cv_bridge import CvBridgeError
        from sensor_msgs.msg import Image
    except Exception:
        raise unknown from None
    message = Image(
        height=height, width=width, encoding=encoding, step=step, is_bigendian=int(is_bigendian)
    )
    message.data.frombytes(buffer.tobytes())
    try:
        image = np.ascontiguousarray(CvBridge().imgmsg_to_cv2(message, 'bgr8'))
    except (CvBridgeError, RuntimeError, TypeError, ValueError, cv2.error) as err:
        raise unknown from err
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise unknown
    return image
