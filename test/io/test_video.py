# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of images from files and folders, and of video files."""

from pathlib import Path

import numpy as np
import pytest

from alphapose_ros.io.video import DEFAULT_FPS
from alphapose_ros.io.video import FrameSource
from alphapose_ros.io.video import VideoError
from alphapose_ros.io.video import VideoWriter
from alphapose_ros.io.video import write_image


def grey(value: int, size_wh: tuple[int, int] = (64, 48)) -> np.ndarray:
    return np.full((size_wh[1], size_wh[0], 3), value, np.uint8)


def write_folder(folder: Path, values: dict[str, int]) -> Path:
    folder.mkdir()
    for name, value in values.items():
        write_image(folder / name, grey(value))
    return folder


def write_video(path: Path, images: list[np.ndarray], fps: float = 20.0) -> Path:
    writer = VideoWriter(path, fps)
    for image in images:
        writer.write(image)
    writer.close()
    return path


def read_all(source: FrameSource) -> list[np.ndarray]:
    images = []
    while (image := source.read()) is not None:
        images.append(image)
    return images


def levels(images: list[np.ndarray]) -> list[int]:
    """Return the brightness of each image, to tell them apart."""
    return [round(float(image.mean())) for image in images]


def test_a_real_clip_has_as_many_images_as_it_says(shared_dir: Path) -> None:
    source = FrameSource(str(shared_dir / 'media/video/openpose_video.avi'))
    images = read_all(source)
    assert source.frame_count == len(images) == 205
    assert source.fps == 50
    assert not source.is_live
    assert {(image.shape, image.dtype) for image in images} == {((720, 1280, 3), np.dtype('u1'))}
    assert all(image.flags.c_contiguous for image in images[:3])


def test_a_video_comes_back_as_it_was_written(tmp_path: Path) -> None:
    values = [20, 60, 100, 140, 180, 220]
    source = FrameSource(str(write_video(tmp_path / 'a.mp4', [grey(v) for v in values], 12.5)))
    images = read_all(source)
    assert source.frame_count == len(images) == len(values)
    assert source.fps == pytest.approx(12.5)
    np.testing.assert_allclose(levels(images), values, atol=4)


def test_colours_of_a_video_come_back_in_order(tmp_path: Path) -> None:
    image = grey(0)
    image[:] = (200, 100, 30)
    (back,) = read_all(FrameSource(str(write_video(tmp_path / 'a.mp4', [image]))))
    np.testing.assert_allclose(back.mean(axis=(0, 1)), (200, 100, 30), atol=8)


@pytest.mark.parametrize('size_wh', [(63, 47), (32, 24), (128, 30)])
def test_images_of_another_size_are_scaled_to_the_first(
    tmp_path: Path, size_wh: tuple[int, int]
) -> None:
    path = write_video(tmp_path / 'a.mp4', [grey(50), grey(150, size_wh)])
    images = read_all(FrameSource(str(path)))
    assert [image.shape for image in images] == [(48, 64, 3)] * 2
    np.testing.assert_allclose(levels(images), [50, 150], atol=4)


def test_an_image_with_odd_sides_can_be_written(tmp_path: Path) -> None:
    (image,) = read_all(FrameSource(str(write_video(tmp_path / 'a.mp4', [grey(9, (65, 49))]))))
    assert max(abs(image.shape[0] - 49), abs(image.shape[1] - 65)) <= 1


def test_writing_does_not_change_the_image(tmp_path: Path) -> None:
    image = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    before = image.copy()
    write_video(tmp_path / 'a.mp4', [image])
    np.testing.assert_array_equal(image, before)


def test_a_writer_that_never_wrote_leaves_no_file(tmp_path: Path) -> None:
    write_video(tmp_path / 'a.mp4', [])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_read_in_natural_order(tmp_path: Path) -> None:
    values = {'b10.png': 50, 'b2.png': 40, 'b1.png': 30, 'a200.PNG': 20, 'c².png': 60, '7.png': 10}
    source = FrameSource(str(write_folder(tmp_path / 'images', values)))
    assert source.frame_count == 6
    assert source.fps == DEFAULT_FPS
    assert levels(read_all(source)) == [10, 20, 30, 40, 50, 60]


def test_a_folder_leaves_out_what_is_no_image(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / 'images', {'1.png': 10, '2.bmp': 20})
    (folder / 'notes.txt').write_text('nothing')
    (folder / '._1.png').write_bytes(b'resource fork')
    (folder / 'more.png').mkdir()
    assert levels(read_all(FrameSource(str(folder)))) == [10, 20]


def test_a_single_image_is_a_source_of_one_not_the_start_of_a_sequence(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / 'images', {'a_001.png': 10, 'a_002.png': 20})
    source = FrameSource(str(folder / 'a_001.png'))
    assert source.frame_count == 1
    assert levels(read_all(source)) == [10]


@pytest.mark.parametrize('kind', ['folder', 'video'])
def test_rewinding_gives_the_same_images_again(tmp_path: Path, kind: str) -> None:
    if kind == 'folder':
        path = write_folder(tmp_path / 'images', {'1.png': 10, '2.png': 20})
    else:
        path = write_video(tmp_path / 'a.mp4', [grey(40), grey(80), grey(120)])
    source = FrameSource(str(path))
    first = read_all(source)
    assert source.read() is None
    source.rewind()
    np.testing.assert_array_equal(read_all(source), first)


def test_a_broken_image_is_named_and_the_next_is_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / 'images', {'1.png': 10, '3.png': 30})
    (folder / '2.png').write_bytes(b'no image')
    source = FrameSource(str(folder))
    assert levels([source.read()]) == [10]  # type: ignore[list-item]
    with pytest.raises(VideoError, match=r'2\.png cannot be read as an image'):
        source.read()
    assert levels(read_all(source)) == [30]


def test_a_missing_source_is_named() -> None:
    with pytest.raises(VideoError, match=r"'nowhere/a\.mp4' is no file, no folder and no camera"):
        FrameSource('nowhere/a.mp4')


def test_a_file_that_is_no_video_is_named(tmp_path: Path) -> None:
    (tmp_path / 'a.avi').write_text('no video')
    with pytest.raises(VideoError, match=r'a\.avi cannot be read as a video'):
        FrameSource(str(tmp_path / 'a.avi'))


def test_a_folder_without_images_is_named_with_the_known_formats(tmp_path: Path) -> None:
    (tmp_path / 'a.txt').write_text('no image')
    with pytest.raises(VideoError, match=rf'{tmp_path.name} has no image; known are .*\.png'):
        FrameSource(str(tmp_path))


def test_a_number_is_a_camera_even_if_a_folder_has_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path / '987', {'1.png': 10})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(VideoError, match='camera 987 cannot be opened'):
        FrameSource('987')
    assert FrameSource('./987').frame_count == 1


@pytest.mark.parametrize('fps', [0.0, -1.0, float('nan'), float('inf')])
def test_a_rate_that_is_not_positive_is_refused(tmp_path: Path, fps: float) -> None:
    with pytest.raises(VideoError, match=f'fps must be more than 0, got {fps}'):
        VideoWriter(tmp_path / 'a.mp4', fps)


@pytest.mark.parametrize(
    'image',
    [np.zeros((48, 64), np.uint8), np.zeros((48, 64, 3), np.float32), np.zeros((0, 0, 3), 'u1')],
    ids=['grey', 'float', 'empty'],
)
def test_what_is_no_bgr_image_is_refused(tmp_path: Path, image: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r'image must be \(H, W, 3\) uint8, got'):
        VideoWriter(tmp_path / 'a.mp4', 20).write(image)
    with pytest.raises(ValueError, match=r'image must be \(H, W, 3\) uint8, got'):
        write_image(tmp_path / 'a.png', image)


def test_a_video_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r'missing/a\.mp4 cannot be written'):
        VideoWriter(tmp_path / 'missing' / 'a.mp4', 20).write(grey(0))


def test_an_image_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r'missing/a\.png cannot be written'):
        write_image(tmp_path / 'missing' / 'a.png', grey(0))
    with pytest.raises(VideoError, match=r'a\.gif2 must end in one of \.bmp'):
        write_image(tmp_path / 'a.gif2', grey(0))
