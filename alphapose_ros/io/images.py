# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Image bytes, as they come in messages, to (H, W, 3) BGR and back. H height, W width.

The common encodings are decoded with numpy and OpenCV alone: cv_bridge does not import beside
numpy 2 on many installations, so it is only the last resort for encodings that are not in the
table below. Everything is checked before a pixel is touched, because an image comes from another
program: whatever it holds, the outcome is an image or an ImageError.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from functools import partial
from importlib import import_module
import struct
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

ByteArray = NDArray[np.uint8]

MAX_SIDE = 2**14
MAX_PIXELS = 2**26  # 200 MB of BGR; an 8K image has half of it

_PNG_START = b'\x89PNG\r\n\x1a\n'
_JPEG_START = b'\xff\xd8'
_JPEG_END = b'\xff\xd9'
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 ... SOF15
_JPEG_WITHOUT_LENGTH = frozenset((0x01, *range(0xD0, 0xD9)))  # TEM, RST0 ... RST7, SOI
_JPEG_SCAN = 0xDA


class ImageError(ValueError):
    """
    An image that cannot be decoded.

    :param reason: for counting, one of empty, too_large, unknown_encoding, wrong_step, odd_size,
        truncated, unsupported_format, bad_jpeg, bad_png.
    :param text: what came and what is allowed.
    """

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


@dataclass(frozen=True)
class _Layout:
    """
    How an encoding stores a row.

    :param channels: samples of one byte or, if `is_wide`, of two bytes per pixel.
    :param cell_hw: the size must be a multiple of it: pixels that share their colour samples.
    :param to_bgr: turns (H, W, channels) samples of 8 bit, rows any distance apart, into BGR.
    :param has_chroma_plane: H / 2 rows with colour follow the H rows with brightness (4:2:0).
    """

    channels: int
    to_bgr: Callable[[ByteArray], ByteArray]
    is_wide: bool = False
    cell_hw: tuple[int, int] = (1, 1)
    has_chroma_plane: bool = False


def _by(code: int) -> Callable[[ByteArray], ByteArray]:
    """Return the OpenCV colour conversion `code` as a function."""
    return partial(cv2.cvtColor, code=code)


# OpenCV names a mosaic after its second row and second column, ROS after the first two pixels.
_BAYER_CODES = {
    'bayer_rggb': cv2.COLOR_BayerBG2BGR,
    'bayer_bggr': cv2.COLOR_BayerRG2BGR,
    'bayer_gbrg': cv2.COLOR_BayerGR2BGR,
    'bayer_grbg': cv2.COLOR_BayerGB2BGR,
}

_UYVY = _Layout(2, _by(cv2.COLOR_YUV2BGR_UYVY), cell_hw=(1, 2))
_YUYV = _Layout(2, _by(cv2.COLOR_YUV2BGR_YUY2), cell_hw=(1, 2))
_BGR8 = _Layout(3, np.ascontiguousarray)
_MONO8 = _Layout(1, _by(cv2.COLOR_GRAY2BGR))

_LAYOUTS = {
    'bgr8': _BGR8,
    'rgb8': _Layout(3, _by(cv2.COLOR_RGB2BGR)),
    'bgra8': _Layout(4, _by(cv2.COLOR_BGRA2BGR)),
    'rgba8': _Layout(4, _by(cv2.COLOR_RGBA2BGR)),
    'mono8': _MONO8,
    'mono16': _Layout(1, _by(cv2.COLOR_GRAY2BGR), is_wide=True),
    '8UC1': _MONO8,
    '8UC3': _BGR8,
    'yuv422': _UYVY,
    'uyvy': _UYVY,
    'yuv422_yuy2': _YUYV,
    'yuyv': _YUYV,
    'nv12': _Layout(1, _by(cv2.COLOR_YUV2BGR_NV12), cell_hw=(2, 2), has_chroma_plane=True),
    'nv21': _Layout(1, _by(cv2.COLOR_YUV2BGR_NV21), cell_hw=(2, 2), has_chroma_plane=True),
    **{
        f'{name}{bits}': _Layout(1, _by(code), is_wide=bits == 16, cell_hw=(2, 2))
        for name, code in _BAYER_CODES.items()
        for bits in (8, 16)
    },
}

ENCODINGS = tuple(_LAYOUTS)


def decode_image(
    data: Any, *, height: int, width: int, encoding: str, step: int, is_bigendian: bool | int
) -> ByteArray:
    """
    Return the BGR pixels of an uncompressed image, described as in sensor_msgs/Image.

    A bgr8 image without padding is not copied: the result is a view of `data` and must be used
    (or copied) before `data` changes. Samples of 16 bit keep their upper 8 bit. YUV is BT.601 with
    limited range, as OpenCV and V4L2 have it; the half-size colour plane of nv12 and nv21 follows
    the brightness plane and has the same `step`. The last row need not be padded.

    :param data: bytes, or anything with the buffer protocol.
    :param step: bytes from the start of a row to the start of the next one.
    :param is_bigendian: byte order of samples of 16 bit; ignored for others.
    :return: (H, W, 3) uint8 BGR, C-contiguous.
    :raises ImageError: if the image cannot be decoded.
    """
    _check_size(height, width)
    layout = _LAYOUTS.get(encoding)
    if layout is None:
        return _decode_by_cv_bridge(data, height, width, encoding, step, is_bigendian)
    cell_h, cell_w = layout.cell_hw
    if height % cell_h or width % cell_w:
        raise ImageError(
            'odd_size',
            f'{encoding} needs a width that is a multiple of {cell_w} and a height that is a '
            f'multiple of {cell_h}, got {width} x {height}',
        )
    rows = height * 3 // 2 if layout.has_chroma_plane else height
    samples = _view(data, rows, width, step, layout, encoding)
    if layout.is_wide:
        samples = np.ascontiguousarray(samples[:, :, 0 if is_bigendian else 1, None])
    return layout.to_bgr(samples)


def _check_size(height: int, width: int) -> None:
    """Refuse images without pixels and sizes that no camera has."""
    if height <= 0 or width <= 0:
        raise ImageError('empty', f'image must have pixels, got {width} x {height}')
    if height > MAX_SIDE or width > MAX_SIDE or height * width > MAX_PIXELS:
        raise ImageError(
            'too_large',
            f'image must have at most {MAX_SIDE} pixels per side and {MAX_PIXELS} in all, '
            f'got {width} x {height}',
        )


def _view(
    data: Any, rows: int, width: int, step: int, layout: _Layout, encoding: str
) -> ByteArray:
    """Return `data` as (rows, W, bytes per pixel), after checking that all of it is there."""
    pixel_bytes = layout.channels * (2 if layout.is_wide else 1)
    row_bytes = width * pixel_bytes
    if step < row_bytes:
        raise ImageError(
            'wrong_step',
            f'step of a {encoding} image {width} pixels wide must be {row_bytes} or more, '
            f'got {step}',
        )
    _check_length(data, step * (rows - 1) + row_bytes)
    strides = (step, pixel_bytes, 1)
    samples: ByteArray = np.ndarray((rows, width, pixel_bytes), np.uint8, data, 0, strides)
    return samples


def _check_length(data: Any, needed: int) -> None:
    """Refuse data that ends before the image does."""
    length = memoryview(data).nbytes
    if length < needed:
        reason = 'truncated' if length else 'empty'
        raise ImageError(reason, f'image data must have {needed} bytes or more, got {length}')


@lru_cache(maxsize=1)
def _cv_bridge() -> Any:
    """Return a CvBridge, or None if the package is missing or does not fit the numpy in use."""
    try:
        # The compiled part is imported here too: it is what fails beside numpy 2.
        import_module('cv_bridge.boost.cv_bridge_boost')
        return import_module('cv_bridge').CvBridge()
    except (ImportError, AttributeError, SystemError):
        return None


def _decode_by_cv_bridge(
    data: Any, height: int, width: int, encoding: str, step: int, is_bigendian: bool | int
) -> ByteArray:
    """Decode an encoding that is not in the table, if cv_bridge is there and knows it."""
    unknown = ImageError(
        'unknown_encoding',
        f'encoding must be one of {", ".join(ENCODINGS)}, got {encoding[:32]!r}',
    )
    bridge = _cv_bridge()
    if bridge is None:
        raise unknown
    _check_length(data, step * height)
    message = SimpleNamespace(data=data, height=height, width=width, encoding=encoding)
    message.step, message.is_bigendian = step, is_bigendian
    try:
        image: ByteArray = np.ascontiguousarray(bridge.imgmsg_to_cv2(message, 'bgr8'))
    except Exception as err:  # compiled code of another package, which raises all sorts of types
        raise unknown from err
    if image.shape != (height, width, 3) or image.dtype != np.uint8:
        raise ImageError('wrong_step', f'step {step} does not fit {encoding[:32]!r}, {width} wide')
    return image


def decode_compressed(data: Any, format: str) -> ByteArray:
    """
    Return the BGR pixels of a JPEG or PNG image, described as in sensor_msgs/CompressedImage.

    The pixels are those that are stored: an EXIF rotation is ignored, because camera calibration
    and joints refer to the stored image.

    :param data: bytes, or anything with the buffer protocol.
    :param format: such as `bgr8; jpeg compressed bgr8`; what the data is, is read from the data.
    :return: (H, W, 3) uint8 BGR, C-contiguous.
    :raises ImageError: if the image cannot be decoded.
    """
    if 'compresseddepth' in format.lower():
        raise ImageError('unsupported_format', f'needs a colour image, got {format[:64]!r}')
    content = memoryview(data).tobytes()
    if not content:
        raise ImageError('empty', 'compressed image must have data, got 0 bytes')
    reason = _check_header(content, format)
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), flags)
    except cv2.error:
        image = None  # the older OpenCVs return None, newer ones raise for some of the causes
    if image is None:
        raise ImageError(reason, f'image of {len(content)} bytes cannot be decoded')
    return np.ascontiguousarray(image)


def _check_header(content: bytes, format: str) -> str:
    """Refuse other formats and images too large or cut off; return the reason for later errors."""
    if content.startswith(_PNG_START):
        if len(content) < 24:
            raise ImageError('truncated', f'PNG image ends after {len(content)} bytes')
        width, height = struct.unpack_from('>II', content, 16)
        _check_size(height, width)
        return 'bad_png'
    if content.startswith(_JPEG_START):
        width, height, end = _jpeg_size_wh(content)
        _check_size(height, width)
        # libjpeg fills what is missing with grey; a picture that is half grey is worse than none.
        if content.rfind(_JPEG_END, end) < 0:
            raise ImageError('truncated', f'JPEG image of {len(content)} bytes has no end')
        return 'bad_jpeg'
    raise ImageError(
        'unsupported_format',
        f'data must be JPEG or PNG, got {format[:64]!r} that starts with {content[:4].hex()}',
    )


def _jpeg_size_wh(content: bytes) -> tuple[int, int, int]:
    """Return width, height and the end of the header that tells them (ITU-T T.81, B.2)."""
    offset = len(_JPEG_START)
    while offset + 9 <= len(content) and content[offset] == 0xFF:
        marker = content[offset + 1]
        if marker == 0xFF:  # a fill byte
            offset += 1
            continue
        if marker in _JPEG_WITHOUT_LENGTH:
            offset += 2
            continue
        if marker == _JPEG_SCAN:
            break
        length, _, height, width = struct.unpack_from('>HBHH', content, offset + 2)
        offset += 2 + max(length, 2)
        if marker in _JPEG_FRAMES:
            return width, height, offset
    raise ImageError('bad_jpeg', f'JPEG image of {len(content)} bytes has no frame header')


def encode_jpeg(image: ByteArray, quality: int) -> bytes:
    """
    Return an image as JPEG.

    :param image: (H, W, 3) uint8 BGR.
    :param quality: 1 (small) to 100 (good).
    :raises ValueError: if the quality is out of range or the image cannot be stored as JPEG.
    """
    check_bgr(image)
    if not 1 <= quality <= 100:
        raise ValueError(f'quality must be 1 to 100, got {quality}')
    is_done, content = cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])
    if not is_done:
        raise ValueError(f'an image of shape {image.shape} cannot be stored as JPEG')
    return bytes(content.tobytes())


def check_bgr(image: ByteArray) -> None:
    """
    Refuse what is not an image as the package has it.

    :raises ValueError: if it is not (H, W, 3) uint8 with H and W above 0.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise ValueError(f'image must be (H, W, 3) uint8, got {image.shape} {image.dtype}')
