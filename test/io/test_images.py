# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of decoding raw images: every encoding against one made by hand, and hostile data."""

from collections import Counter
import sys
import tracemalloc
from types import ModuleType
from types import SimpleNamespace

import cv2
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from alphapose_ros.io import images
from alphapose_ros.io.images import decode_image
from alphapose_ros.io.images import ENCODINGS
from alphapose_ros.io.images import ImageError

FUZZ = settings(max_examples=1500, derandomize=True, deadline=None, database=None)
HEIGHT, WIDTH = 48, 64


def colour_image() -> np.ndarray:
    """Return smooth BGR colours: another gradient per channel, so that no swap goes unseen."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    channels = (60 + 2 * y, 200 - 1.5 * x, 30 + x + y)
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def grey_image() -> np.ndarray:
    grey = colour_image()[:, :, 2]
    return np.stack([grey] * 3, axis=-1)


def yuv_of(bgr: np.ndarray) -> np.ndarray:
    """Return (H, W, 3) Y, Cb, Cr of BT.601 with limited range, from its definition."""
    b, g, r = np.moveaxis(bgr.astype(float) / 255, -1, 0)
    luma = 0.299 * r + 0.587 * g + 0.114 * b
    planes = (16 + 219 * luma, 128 + 224 * (b - luma) / 1.772, 128 + 224 * (r - luma) / 1.402)
    return np.stack(planes, axis=-1).round().astype(np.uint8)


def packed_422(bgr: np.ndarray, order: str) -> np.ndarray:
    yuv = yuv_of(bgr)
    samples = {
        'Y': yuv[:, 0::2, 0],
        'Z': yuv[:, 1::2, 0],
        'U': yuv[:, ::2, 1],
        'V': yuv[:, ::2, 2],
    }
    return np.stack([samples[c] for c in order], axis=-1).reshape(len(bgr), -1)


def planes_420(bgr: np.ndarray, chroma: tuple[int, int]) -> np.ndarray:
    yuv = yuv_of(bgr)
    colours = np.stack([yuv[::2, ::2, c] for c in chroma], axis=-1)
    return np.concatenate([yuv[:, :, 0], colours.reshape(len(bgr) // 2, -1)])


def mosaic_of(bgr: np.ndarray, pattern: str) -> np.ndarray:
    """Return what a sensor sees whose first two rows start with the four colours of `pattern`."""
    mosaic = np.empty(bgr.shape[:2], np.uint8)
    for i, colour in enumerate(pattern):
        y, x = divmod(i, 2)
        mosaic[y::2, x::2] = bgr[y::2, x::2, 'bgr'.index(colour)]
    return mosaic


def wide(samples: np.ndarray, is_bigendian: bool) -> np.ndarray:
    """Return the bytes of 16 bit samples whose lower 8 bits are noise."""
    values = samples.astype(np.uint16) * 256 + np.arange(samples.size).reshape(samples.shape) % 256
    return values.astype('>u2' if is_bigendian else '<u2').view(np.uint8)


def rows_of(encoding: str, bgr: np.ndarray, is_bigendian: bool = False) -> np.ndarray:
    """Return (rows, bytes per row) of an image in an encoding, written from its definition."""
    alpha = np.full((*bgr.shape[:2], 1), 77, np.uint8)
    if encoding.startswith('bayer_'):
        mosaic = mosaic_of(bgr, encoding[6:10])
        return wide(mosaic, is_bigendian) if encoding.endswith('16') else mosaic
    makers = {
        'bgr8': lambda: bgr,
        '8UC3': lambda: bgr,
        'rgb8': lambda: bgr[:, :, ::-1],
        'bgra8': lambda: np.concatenate([bgr, alpha], axis=2),
        'rgba8': lambda: np.concatenate([bgr[:, :, ::-1], alpha], axis=2),
        'mono8': lambda: bgr[:, :, 0],
        '8UC1': lambda: bgr[:, :, 0],
        'mono16': lambda: wide(bgr[:, :, 0], is_bigendian),
        'yuv422': lambda: packed_422(bgr, 'UYVZ'),
        'uyvy': lambda: packed_422(bgr, 'UYVZ'),
        'yuv422_yuy2': lambda: packed_422(bgr, 'YUZV'),
        'yuyv': lambda: packed_422(bgr, 'YUZV'),
        'nv12': lambda: planes_420(bgr, (1, 2)),
        'nv21': lambda: planes_420(bgr, (2, 1)),
    }
    rows = makers[encoding]()
    return np.ascontiguousarray(rows).reshape(len(rows), -1)


def image_and_tolerance(encoding: str) -> tuple[np.ndarray, int]:
    """Return what to encode and by how many grey levels the decoded one may differ."""
    if encoding in ('mono8', '8UC1', 'mono16'):
        return grey_image(), 0
    if 'yu' in encoding or 'uyvy' in encoding or encoding.startswith('nv'):
        return colour_image(), 5
    return colour_image(), 3 if encoding.startswith('bayer') else 0


def decode(data, encoding: str, step: int, size_hw=(HEIGHT, WIDTH), is_bigendian=False):
    height, width = size_hw
    return decode_image(
        data, height=height, width=width, encoding=encoding, step=step, is_bigendian=is_bigendian
    )


def assert_same_inside(image: np.ndarray, expected: np.ndarray, tolerance: int) -> None:
    """Compare all but the border, where a demosaic has too few neighbours."""
    assert image.shape == expected.shape
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    difference = np.abs(image.astype(int) - expected)[2:-2, 2:-2]
    assert difference.max() <= tolerance


@pytest.mark.parametrize('is_bigendian', [False, True], ids=['little', 'big'])
@pytest.mark.parametrize('padding', [0, 5, 64])
@pytest.mark.parametrize('encoding', ENCODINGS)
def test_every_encoding_gives_the_colours_that_went_in(encoding, padding, is_bigendian) -> None:
    expected, tolerance = image_and_tolerance(encoding)
    rows = rows_of(encoding, expected, is_bigendian)
    padded = np.pad(rows, ((0, 0), (0, padding)), constant_values=0xAB)
    image = decode(padded.tobytes(), encoding, padded.shape[1], is_bigendian=is_bigendian)
    assert_same_inside(image, expected, tolerance)


@pytest.mark.parametrize('encoding', ENCODINGS)
def test_padding_of_the_last_row_may_be_absent(encoding) -> None:
    expected, tolerance = image_and_tolerance(encoding)
    padded = np.pad(rows_of(encoding, expected), ((0, 0), (0, 6)))
    image = decode(padded.tobytes()[:-6], encoding, padded.shape[1])
    assert_same_inside(image, expected, tolerance)


@pytest.mark.parametrize('pattern', ['rggb', 'bggr', 'gbrg', 'grbg'])
@pytest.mark.parametrize('bits', [8, 16])
def test_the_mosaic_of_a_photograph_is_undone(pattern, bits, shared_dir) -> None:
    path = shared_dir / 'media' / 'images' / 'ultralytics' / 'bus.jpg'
    if not path.is_file():
        pytest.skip(f'needs {path.name}')
    photo = cv2.resize(cv2.imread(str(path)), (320, 240), interpolation=cv2.INTER_AREA)
    photo = cv2.GaussianBlur(photo, (0, 0), 2)
    encoding = f'bayer_{pattern}{bits}'
    rows = rows_of(encoding, photo)
    image = decode(rows.tobytes(), encoding, rows.shape[1], photo.shape[:2])
    right = np.abs(image.astype(int) - photo)[2:-2, 2:-2].mean()
    swapped = np.abs(image[:, :, ::-1].astype(int) - photo)[2:-2, 2:-2].mean()
    assert right < 1.5
    assert swapped > 3 * right


def test_unpadded_bgr8_is_not_copied() -> None:
    data = bytearray(colour_image().tobytes())
    image = decode(data, 'bgr8', 3 * WIDTH)
    data[0] ^= 0xFF
    assert image[0, 0, 0] == data[0]


@pytest.mark.parametrize(
    ('changes', 'reason'),
    [
        pytest.param({'height': 0}, 'empty', id='no height'),
        pytest.param({'width': 0}, 'empty', id='no width'),
        pytest.param({'data': b''}, 'empty', id='no data'),
        pytest.param({'data': bytes(95)}, 'truncated', id='one byte missing'),
        pytest.param({'step': 23}, 'wrong_step', id='step below a row'),
        pytest.param({'step': 0}, 'wrong_step', id='step 0'),
        pytest.param({'step': 2**32 - 1}, 'truncated', id='step far beyond the data'),
        pytest.param({'height': 2**14 + 1}, 'too_large', id='too high'),
        pytest.param({'width': 2**32 - 1}, 'too_large', id='too wide'),
        pytest.param({'width': 2**14, 'height': 2**14}, 'too_large', id='too many pixels'),
        pytest.param({'encoding': 'rgb24'}, 'unknown_encoding', id='unknown encoding'),
        pytest.param({'encoding': ''}, 'unknown_encoding', id='no encoding'),
        pytest.param({'encoding': 'uyvy', 'width': 7}, 'odd_size', id='4:2:2 of odd width'),
        pytest.param({'encoding': 'nv12', 'height': 3}, 'odd_size', id='4:2:0 of odd height'),
        pytest.param({'encoding': 'bayer_rggb8', 'width': 1}, 'odd_size', id='half a mosaic'),
        pytest.param({'encoding': 'nv21', 'data': bytes(47), 'step': 8}, 'truncated', id='chroma'),
    ],
)
def test_an_image_that_cannot_be_is_refused_for_the_right_reason(changes, reason) -> None:
    fields = {'data': bytes(96), 'height': 4, 'width': 8, 'encoding': 'bgr8', 'step': 24}
    assert decode_image(**fields, is_bigendian=0).shape == (4, 8, 3)
    with pytest.raises(ImageError) as error:
        decode_image(**{**fields, **changes}, is_bigendian=0)
    assert error.value.reason == reason


def test_an_unknown_encoding_is_named_with_those_that_are_known() -> None:
    with pytest.raises(ImageError, match=r"bgr8, .*nv12.*, got 'rgb24'"):
        decode(bytes(96), 'rgb24', 24, (4, 8))


def test_a_large_claim_with_little_data_allocates_nothing() -> None:
    tracemalloc.start()
    try:
        for encoding in ENCODINGS:
            with pytest.raises(ImageError, match='got 100'):
                decode(bytes(100), encoding, 2**16, (4096, 8192))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**20


@pytest.fixture
def fake_cv_bridge(monkeypatch):
    """Put a cv_bridge into place that knows the encoding `rgb16` only."""

    def imgmsg_to_cv2(message, desired_encoding):
        if message.encoding != 'rgb16':
            raise RuntimeError('Unrecognized image encoding')
        return np.full((message.height, message.width, 3), message.step, np.uint8)

    bridge = ModuleType('cv_bridge')
    bridge.CvBridge = lambda: SimpleNamespace(imgmsg_to_cv2=imgmsg_to_cv2)
    for name in ('cv_bridge', 'cv_bridge.boost', 'cv_bridge.boost.cv_bridge_boost'):
        monkeypatch.setitem(sys.modules, name, bridge)
    images._cv_bridge.cache_clear()
    yield
    images._cv_bridge.cache_clear()


def test_cv_bridge_decodes_what_is_not_in_the_table(fake_cv_bridge) -> None:
    image = decode(bytes(96), 'rgb16', 48, (2, 8))
    np.testing.assert_array_equal(image, np.full((2, 8, 3), 48))


@pytest.mark.parametrize(
    ('encoding', 'size', 'reason'),
    [('rgb24', 96, 'unknown_encoding'), ('rgb16', 95, 'truncated')],
)
def test_what_cv_bridge_refuses_is_an_image_error(fake_cv_bridge, encoding, size, reason) -> None:
    with pytest.raises(ImageError) as error:
        decode(bytes(size), encoding, 48, (2, 8))
    assert error.value.reason == reason


@st.composite
def described_images(draw):
    """Draw the fields of an image: from nearly right to nonsense."""
    encoding = draw(st.sampled_from(ENCODINGS) | st.text(max_size=12))
    sides = st.integers(1, 12).map(lambda n: 2 * n) | st.integers(0, 20)
    sides |= st.integers(-1, 2**32 - 1)
    height, width = draw(sides), draw(sides)
    fitting = width * draw(st.sampled_from((1, 2, 3, 4))) + draw(st.integers(0, 9))
    step = draw(st.just(fitting) | st.integers(0, 100) | st.integers(0, 2**32 - 1))
    length = draw(st.integers(0, 4000) | st.just(max(0, min(step * height * 3 // 2, 10**4))))
    return {
        'data': (bytes(range(256)) * (length // 256 + 1))[:length],
        'height': height,
        'width': width,
        'encoding': encoding,
        'step': step,
        'is_bigendian': draw(st.integers(0, 1)),
    }


def test_whatever_comes_is_an_image_or_an_image_error() -> None:
    outcomes = Counter()

    @FUZZ
    @given(described_images())
    def check(fields) -> None:
        try:
            image = decode_image(**fields)
        except ImageError as error:
            outcomes[error.reason] += 1
            return
        outcomes['decoded'] += 1
        assert image.shape == (fields['height'], fields['width'], 3)
        assert image.dtype == np.uint8
        assert image.flags.c_contiguous

    check()
    assert sum(outcomes.values()) >= 1000
    reasons = {'empty', 'too_large', 'unknown_encoding', 'wrong_step', 'odd_size', 'truncated'}
    assert set(outcomes) == reasons | {'decoded'}
    assert outcomes['decoded'] > 100
