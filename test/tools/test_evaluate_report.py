# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of `alphapose_ros evaluate --report`."""

from html import escape
import json
from pathlib import Path
import re
import shutil
import subprocess

import cv2
import numpy as np
import pytest

from alphapose_ros.io.bag_writer import BagWriter
from alphapose_ros.io.images import encode_jpeg
from alphapose_ros.io.journal import Journal
from alphapose_ros.io.journal import write_journal
from alphapose_ros.io.json_arrays import poses_without_boxes
from alphapose_ros.io.message_types import COMPRESSED_IMAGE_TYPE
from alphapose_ros.io.message_types import jpeg_to_bag
from alphapose_ros.io.message_types import make_header
from alphapose_ros.io.message_types import POSES_TYPE
from alphapose_ros.io.message_types import tracks_to_bag
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tools.main import main

pytest.importorskip('matplotlib')
HOSTILE = '<script>alert(1)</script>.jpg'
JOINTS = np.random.default_rng(0).uniform(10, 90, (17, 2))
BROWSERS = ('chromium', 'chromium-browser', 'google-chrome')
FLAGS = (
    '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--disable-quic',
    '--no-first-run', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--window-size=1400,900', '--dump-dom',
)  # fmt: skip
WRAPPER = """<!doctype html><body><pre id="sizes"></pre>
<iframe style="border:0;width:{width}px;height:844px" srcdoc="{page}"></iframe><script>
onload = () => {{
  const root = document.querySelector('iframe').contentDocument.documentElement;
  document.getElementById('sizes').textContent =
    `scroll ${{root.scrollWidth}} client ${{root.clientWidth}}`;
}};
</script>"""


def evaluate(*arguments: object) -> None:
    assert main(['evaluate', *(str(argument) for argument in arguments)]) == 0


def write_labels(folder: Path, name: str = 'a.jpg', shift: float = 0) -> tuple[Path, Path]:
    """Return labels of one image with one person, and what was found, `shift` to the right."""
    row = {'id': 1, 'image_id': 5, 'category_id': 1}
    joints = [v for x, y in JOINTS.tolist() for v in (x, y, 2)]
    found = [v for x, y in JOINTS.tolist() for v in (x + shift, y, 1)]
    images = [{'id': 5, 'file_name': name}]
    truth = {'images': images, 'annotations': [{**row, 'keypoints': joints}]}
    paths = folder / 'truth.json', folder / 'found.json'
    paths[0].write_text(json.dumps(truth))
    paths[1].write_text(json.dumps([{**row, 'keypoints': found, 'score': 0.9}]))
    return paths


def write_bag(folder: Path, num_images: int = 30) -> Path:
    """Write a live bag with images of one person, made from a source of a hostile name."""
    joints, scores = JOINTS[None].astype(np.float32), np.ones((1, 17), np.float32)
    tracks = Tracks(
        poses_without_boxes(joints, scores, np.ones(1, np.float32)),
        np.array([3], np.int32),
        np.full(1, TrackState.TRACKED, np.uint8),
        np.zeros(1, np.uint32),
    )
    jpeg = encode_jpeg(np.full((100, 100, 3), 90, np.uint8), 90)
    with BagWriter(folder) as bag:
        for i in range(num_images):
            stamp_ns = 10**12 + i * 10**8
            header = make_header(stamp_ns, 'camera')
            image = jpeg_to_bag(jpeg, header)
            bag.write('/image/compressed', COMPRESSED_IMAGE_TYPE, image, stamp_ns + 10**6)
            data = tracks_to_bag(tracks, header, (100, 100), 'coco_17')
            bag.write('/tracks', POSES_TYPE, data, stamp_ns + (20 + i) * 10**6)
    write_journal(folder, Journal(HOSTILE, '/image', {'pose_model': 'tinypose', 'threads': 2}))
    return folder


def test_joints_are_reported_with_their_images(tmp_path: Path) -> None:
    pytest.importorskip('pycocotools')
    truth, found = write_labels(tmp_path)
    (tmp_path / 'images').mkdir()
    cv2.imwrite(str(tmp_path / 'images' / 'a.jpg'), np.zeros((100, 100, 3), np.uint8))
    evaluate('keypoints', found, '--truth', truth, '--report', tmp_path / 'page')
    text = (tmp_path / 'page' / 'report.html').read_text()
    assert str(found) in text and str(truth) in text
    assert text.count('<svg') == 3 and text.count('data:image/jpeg') == 1
    names = {path.name for path in (tmp_path / 'page').iterdir()}
    pictures = {'precision_recall.png', 'joint_errors.png', 'similarities.png'}
    assert names == {'report.html', *pictures}


def test_names_from_files_do_no_harm(tmp_path: Path) -> None:
    pytest.importorskip('pycocotools')
    truth, found = write_labels(tmp_path, HOSTILE)
    (tmp_path / '<b>').mkdir()
    results = shutil.copy(found, tmp_path / '<b>' / '<script>.json')
    evaluate('keypoints', results, '--truth', truth, '--report', tmp_path / 'page')
    text = (tmp_path / 'page' / 'report.html').read_text()
    assert '<script' not in text and '<b>' not in text
    assert '&lt;script&gt;.json' in text


def test_two_runs_are_told_by_their_folders_and_compared(tmp_path: Path) -> None:
    pytest.importorskip('pycocotools')
    for name, shift in (('good', 0), ('bad', 9)):
        (tmp_path / name).mkdir()
        truth, _ = write_labels(tmp_path / name, shift=shift)
    runs = (tmp_path / 'good' / 'found.json', '--compare', tmp_path / 'bad' / 'found.json')
    evaluate('keypoints', *runs, '--truth', truth, '--report', tmp_path / 'page')
    text = (tmp_path / 'page' / 'report.html').read_text()
    assert 'good/found.json' in text and 'bad/found.json' in text
    assert re.search(r'class="difference better">\+\d\.\d+', text)


def test_a_bag_is_reported_without_labels(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / 'bag')
    evaluate('report', bag, '--report', tmp_path / 'page', '--output', tmp_path)
    text = (tmp_path / 'page' / 'report.html').read_text()
    assert text.count('data:image/jpeg') == 6
    assert 'tinypose' in text and escape(HOSTILE) in text and '<script' not in text
    names = {path.stem for path in (tmp_path / 'page').glob('*.png')}
    people = {'identities', 'people', 'joint_scores'}
    assert names == {*people, 'latency_over_time', 'latency_histogram'}
    numbers = json.loads((tmp_path / 'metrics.json').read_text())
    assert (numbers['images'], numbers['identities']) == (30, 1)


def test_images_with_other_stamps_are_not_shown(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / 'bag', 2)
    cv2.imwrite(str(tmp_path / '0.png'), np.zeros((100, 100, 3), np.uint8))
    evaluate('report', bag, '--images', tmp_path, '--report', tmp_path / 'page')
    assert 'data:image/jpeg' not in (tmp_path / 'page' / 'report.html').read_text()


def test_images_of_labels_without_stamps_must_be_in_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip('pycocotools')
    truth, found = write_labels(tmp_path)
    images = ('--images', write_bag(tmp_path / 'bag', 1), '--report', tmp_path / 'page')
    command = ('evaluate', 'keypoints', found, '--truth', truth, *images)
    assert main([str(argument) for argument in command]) == 1
    assert 'images must be a folder' in capsys.readouterr().err


def test_latency_of_two_bags_is_reported(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / 'bag')
    evaluate('latency', bag, '--compare', bag, '--report', tmp_path)
    text = (tmp_path / 'report.html').read_text()
    assert 'Latency of /tracks over time' in text and '±0' in text


def test_tracks_are_reported(tmp_path: Path) -> None:
    pytest.importorskip('motmetrics')
    pytest.importorskip('trackeval')
    boxes = tmp_path / 'gt.txt'
    boxes.write_text(''.join(f'{i},1,10,10,50,80,1\n' for i in range(1, 5)))
    evaluate('tracking', boxes, '--truth', boxes, '--report', tmp_path)
    assert (tmp_path / 'identities_1.png').is_file()
    assert 'HOTA' in (tmp_path / 'report.html').read_text()


@pytest.mark.parametrize('width', [390, 1280])
def test_a_browser_shows_the_page_without_scrolling_sideways(tmp_path: Path, width: int) -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip(f'needs a browser: {", ".join(BROWSERS)}')
    bag = write_bag(tmp_path / ('a_long_name_without_any_space_' * 4))
    evaluate('report', bag, '--compare', bag, '--report', tmp_path / 'page')
    page = (tmp_path / 'page' / 'report.html').read_text()
    wrapper = tmp_path / 'wrapper.html'
    wrapper.write_text(WRAPPER.format(width=width, page=escape(page)))
    command = [browser, *FLAGS, f'--user-data-dir={tmp_path / "profile"}', wrapper.as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120).stdout
    sizes = re.search(r'>scroll (\d+) client (\d+)<', shown)
    assert sizes is not None, shown[:300]
    assert sizes.groups() == (str(width), str(width))
