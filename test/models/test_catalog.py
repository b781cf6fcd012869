# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Rows of the catalog are complete and agree with themselves."""

from pathlib import Path
import re

import pytest

from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.models.catalog import ALL_MODELS
from alphapose_ros.models.catalog import DETECTORS
from alphapose_ros.models.catalog import POSE_NETWORKS
from alphapose_ros.models.catalog import REID_NETWORKS
from alphapose_ros.models.catalog_alphapose import ALPHAPOSE_POSE
from alphapose_ros.models.records import ModelRecord

MODELS_PAGE = Path(__file__).resolve().parents[2] / 'docs' / 'models.md'
ROWS = [pytest.param(record, id=name) for name, record in ALL_MODELS.items()]


@pytest.mark.parametrize('record', ROWS)
def test_a_row_is_complete(record: ModelRecord) -> None:
    assert ALL_MODELS[record.name] is record
    assert re.fullmatch(r'[a-z0-9_]+', record.name)
    assert record.file_names
    assert all('/' not in name and '.' in name for name in record.file_names)
    assert record.licence != 'unknown'
    assert record.source.startswith('https://')
    assert record.url.startswith('https://') or not record.url
    assert not (record.url and record.drive_id)
    assert re.fullmatch(r'([0-9a-f]{8,64})?', record.sha256)
    assert record.color_order in ('rgb', 'bgr')
    assert all(s > 0 for s in record.std)


@pytest.mark.parametrize('record', ROWS)
def test_a_row_is_in_the_docs(record: ModelRecord) -> None:
    row = re.search(rf'^\| `{record.name}` \|.*$', MODELS_PAGE.read_text(), re.MULTILINE)
    assert row is not None, 'run python docs/fill_tables.py'
    assert record.accuracy.partition(' on ')[0] in row[0]


@pytest.mark.parametrize('record', ROWS)
def test_a_checkpoint_has_a_network_and_a_size(record: ModelRecord) -> None:
    if record.file_names[0].endswith(('.pth', '.weights')) and record.name not in REID_NETWORKS:
        assert record.architecture is not None
        assert record.input_size_wh is not None


def test_names_are_unique() -> None:
    assert len(ALL_MODELS) == len(DETECTORS) + len(POSE_NETWORKS) + len(REID_NETWORKS)
    files = [name for record in ALL_MODELS.values() for name in record.file_names]
    assert len(files) == len(set(files))


@pytest.mark.parametrize('record', ALPHAPOSE_POSE, ids=lambda record: record.name)
def test_an_alphapose_row_says_what_may_be_done_with_it(record: ModelRecord) -> None:
    assert 'non-commercial' in record.licence
    assert len(record.drive_id) == 33
    assert record.mean == pytest.approx((103.53, 116.535, 122.4))


@pytest.mark.parametrize('name', POSE_NETWORKS)
def test_a_pose_network_has_a_known_keypoint_set(name: str) -> None:
    record = POSE_NETWORKS[name]
    skeleton = get_skeleton(record.keypoint_set)
    if record.architecture is not None and record.architecture.network != 'hybrik':
        assert record.architecture.options['num_keypoints'] == skeleton.num_keypoints


def test_every_file_of_the_model_zoo_has_a_row(shared_dir: Path) -> None:
    zoo = (shared_dir / 'spec/alphapose.md').read_text()
    section = zoo[zoo.index('# i. Model zoo') : zoo.index('# j. ')]
    drive_ids = set(re.findall(r'(?<=\| )1[\w-]{32}(?= \|)', section))
    assert len(drive_ids) == 23
    assert drive_ids == {record.drive_id for record in ALPHAPOSE_POSE}
