# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of JPEG and PNG images, whole and damaged."""

import struct

import cv2
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from alphapose_ros.io.images import decode_compressed
from alphapose_ros.io.images import encode_jpeg
from alphapose_ros.io.images import ImageError

FUZZ = settings(max_examples=500, derandomize=True, deadline=None, database=None)
HEIGHT, WIDTH = 48, 64


def colour_image() -> np.ndarray:
    """Return smooth BGR colours: another gradient per channel, so that no swap goes unseen."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    channels = (60 + 2 * y, 200 - 1.5 * x, 30 + x + y)
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def grey_image() -> np.ndarray:
    return np.repeat(colour_image()[:, :, 2:], 3, axis=2)


def assert_close(image: np.ndarray, expected: np.ndarray, tolerance: int) -> None:
    assert image.shape == expected.shape
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    assert np.abs(image.astype(int) - expected).max() <= tolerance


def png_of(image: np.ndarray) -> bytes:
    return cv2.imencode('.png', image)[1].tobytes()


def test_png_is_exact_and_jpeg_is_close() -> None:
    expected = colour_image()
    from_png = decode_compressed(png_of(expected), 'bgr8; png compressed bgr8')
    from_jpeg = decode_compressed(encode_jpeg(expected, 95), 'rgb8; jpeg compressed bgr8')
    assert_close(from_png, expected, 0)
    assert_close(from_jpeg, expected, 6)


def test_a_grey_jpeg_becomes_bgr() -> None:
    content = cv2.imencode('.jpg', grey_image()[:, :, 0])[1]
    assert_close(decode_compressed(content, 'mono8; jpeg compressed'), grey_image(), 6)


def test_the_rotation_in_exif_is_ignored() -> None:
    content = encode_jpeg(colour_image(), 95)
    tag = b'Exif\0\0MM\0\x2a\0\0\0\x08' + struct.pack('>HHHIHHI', 1, 0x0112, 3, 1, 6, 0, 0)
    rotated = content[:2] + b'\xff\xe1' + struct.pack('>H', len(tag) + 2) + tag + content[2:]
    assert cv2.imdecode(np.frombuffer(rotated, np.uint8), cv2.IMREAD_COLOR).shape[0] == WIDTH
    assert_close(decode_compressed(rotated, 'jpeg'), colour_image(), 6)


def jpeg_of_size(height: int, width: int) -> bytes:
    """Return a small JPEG whose header claims another size."""
    content = bytearray(encode_jpeg(colour_image(), 90))
    struct.pack_into('>HH', content, content.index(b'\xff\xc0') + 5, height, width)
    return bytes(content)


def png_of_size(height: int, width: int) -> bytes:
    content = bytearray(png_of(colour_image()))
    struct.pack_into('>II', content, 16, width, height)
    return bytes(content)


@pytest.mark.parametrize(
    ('data', 'format', 'reason'),
    [
        pytest.param(b'', 'jpeg', 'empty', id='nothing'),
        pytest.param(bytes(100), 'jpeg', 'unsupported_format', id='zeros'),
        pytest.param(b'\xff\xd8', 'jpeg', 'bad_jpeg', id='start of JPEG only'),
        pytest.param(b'\xff\xd8' + bytes(99), 'jpeg', 'bad_jpeg', id='JPEG of zeros'),
        pytest.param(b'\x89PNG\r\n\x1a\n', 'png', 'truncated', id='start of PNG only'),
        pytest.param(png_of(colour_image())[:60], 'png', 'bad_png', id='PNG without pixels'),
        pytest.param(encode_jpeg(colour_image(), 90)[:-9], 'jpeg', 'truncated', id='cut JPEG'),
        pytest.param(jpeg_of_size(60000, 60000), 'jpeg', 'too_large', id='huge JPEG'),
        pytest.param(png_of_size(2**31, 2**31), 'png', 'too_large', id='huge PNG'),
        pytest.param(jpeg_of_size(0, 64), 'jpeg', 'empty', id='JPEG without rows'),
        pytest.param(
            png_of(colour_image()), '16UC1; compressedDepth png', 'unsupported_format', id='depth'
        ),
    ],
)
def test_compressed_data_that_is_no_image_is_refused(data, format, reason) -> None:
    with pytest.raises(ImageError) as error:
        decode_compressed(data, format)
    assert error.value.reason == reason


@FUZZ
@given(
    is_png=st.booleans(),
    end=st.integers(0, 3000),
    changes=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=4),
)
def test_damaged_files_are_an_image_or_an_image_error(is_png, end, changes) -> None:
    content = bytearray(png_of(colour_image()) if is_png else encode_jpeg(colour_image(), 80))
    for position, value in changes:
        content[position % len(content)] = value
    try:
        image = decode_compressed(bytes(content[:end]), 'jpeg')
    except ImageError:
        return
    assert image.ndim == 3
    assert image.dtype == np.uint8


def test_photographs_are_decoded_as_opencv_reads_them(shared_dir) -> None:
    paths = sorted((shared_dir / 'media' / 'images').rglob('*.jpg'))[:6]
    if not paths:
        pytest.skip('needs ../shared/media/images')
    for path in paths:
        expected = cv2.imread(str(path), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        np.testing.assert_array_equal(decode_compressed(path.read_bytes(), 'jpeg'), expected)


@pytest.mark.parametrize('quality', [0, 101, -1])
def test_a_quality_out_of_range_is_refused(quality) -> None:
    with pytest.raises(ValueError, match=f'quality must be 1 to 100, got {quality}'):
        encode_jpeg(colour_image(), quality)


@pytest.mark.parametrize(
    'image',
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)],
    ids=['grey', 'float', 'empty'],
)
def test_encoding_refuses_what_is_no_bgr_image(image) -> None:
    with pytest.raises(ValueError, match=r'image must be \(H, W, 3\) uint8'):
        encode_jpeg(image, 80)
