# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Our own results as JSON Lines: a header, then one line per image. N people, K keypoints.

The header names the version, the keypoint set and its joints. Every line is written whole, so
that a file whose writer was interrupted is readable up to there. A joint that was not estimated is
null, null with score 0; embeddings are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

import numpy as np

from alphapose_ros.core.boxes import xywh_to_xyxy
from alphapose_ros.core.boxes import xyxy_to_xywh
from alphapose_ros.io.json_arrays import column
from alphapose_ros.io.json_arrays import nulls_for_nan
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

FORMAT = 'alphapose_ros'
VERSION = 1


class ResultsError(ValueError):
    """A file of results that cannot be read."""


@dataclass(frozen=True)
class ResultsHeader:
    """
    What the joints of a file are.

    :param keypoint_set: such as coco_17.
    :param keypoint_names: K names, index = joint.
    """

    keypoint_set: str
    keypoint_names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ImageResults:
    """
    Who is in an image.

    :param stamp_ns: when it was taken.
    :param frame_id: of the camera.
    :param size_wh: width and height of the image.
    :param tracks: the people.
    """

    stamp_ns: int
    frame_id: str
    size_wh: tuple[int, int]
    tracks: Tracks


class ResultsWriter:
    """
    Writes one image after the other.

    :param path: an existing file is replaced.
    :param skeleton: the joints of all people.
    """

    def __init__(self, path: Path, skeleton: Skeleton) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open('w', encoding='ascii')
        self._num_keypoints = skeleton.num_keypoints
        self._write_line(
            {
                'format': FORMAT,
                'version': VERSION,
                'keypoint_set': skeleton.name,
                'keypoint_names': skeleton.keypoint_names,
            }
        )

    def write(self, results: ImageResults) -> None:
        """
        Append an image; when this returns, its line is in the file.

        :raises ValueError: if K is not the skeleton's.
        """
        num_keypoints = results.tracks.poses.num_keypoints
        if num_keypoints != self._num_keypoints:
            raise ValueError(
                f'results must have {self._num_keypoints} joints, got {num_keypoints}'
            )
        self._write_line(
            {
                'stamp_ns': results.stamp_ns,
                'frame_id': results.frame_id,
                'image_size_wh': results.size_wh,
                'people': _to_records(results.tracks),
            }
        )

    def _write_line(self, value: dict[str, Any]) -> None:
        self._file.write(json.dumps(value, allow_nan=False) + '\n')
        self._file.flush()

    def close(self) -> None:
        """Close the file; a second call changes nothing."""
        self._file.close()

    def __enter__(self) -> ResultsWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def read_header(path: Path) -> ResultsHeader:
    """
    Read what the joints of a file are.

    :raises ResultsError: if this is no file of ours, or of another version.
    """
    place, value = next(_read_lines(path), (str(path), None))
    if not isinstance(value, dict) or value.get('format') != FORMAT:
        raise ResultsError(f'{place}: must be the header of results of {FORMAT}')
    if value.get('version') != VERSION:
        raise ResultsError(f'{place}: version must be {VERSION}, got {value.get("version")!r}')
    name, names = value.get('keypoint_set'), value.get('keypoint_names')
    is_list = isinstance(names, list) and all(isinstance(n, str) for n in names)
    if not isinstance(name, str) or not is_list:
        raise ResultsError(f'{place}: keypoint_set must be a name, keypoint_names a list of names')
    return ResultsHeader(name, tuple(names or ()))


def read_results(path: Path) -> Iterator[ImageResults]:
    """
    Read one image after the other.

    :return: lazily, what a writer wrote; a last line that was cut off is left out.
    :raises ResultsError: names the file and the first line that cannot be read.
    """
    num_keypoints = len(read_header(path).keypoint_names)
    lines = _read_lines(path)
    next(lines)
    for place, value in lines:
        try:
            yield _to_results(value, num_keypoints)
        except ValueError as err:
            raise ResultsError(f'{place}: {err}') from err


def read_json(path: Path) -> Any:
    """
    Return what a JSON file holds.

    :raises ResultsError: if there is no such file, or it is no JSON.
    """
    try:
        return json.loads(path.read_bytes())
    except (OSError, RecursionError, ValueError) as err:
        raise ResultsError(f'{path} cannot be read: {err}') from err


def _read_lines(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield every line with its place."""
    try:
        file = path.open('rb')
    except OSError as err:
        raise ResultsError(f'{path} cannot be read: {err}') from err
    with file:
        for number, line in enumerate(file, 1):
            place = f'{path}, line {number}'
            try:
                value = json.loads(line)
            except (RecursionError, ValueError) as err:
                if not line.endswith(b'\n'):
                    return
                raise ResultsError(f'{place}: {err}') from err
            yield place, value


def _to_records(tracks: Tracks) -> list[dict[str, Any]]:
    poses = tracks.poses
    columns = {
        'track_id': tracks.track_ids.tolist(),
        'state': [TrackState(state).name.lower() for state in tracks.states],
        'age': tracks.ages.tolist(),
        'score': poses.scores.tolist(),
        'bbox_xywh': xyxy_to_xywh(poses.boxes).tolist(),
        'bbox_score': poses.box_scores.tolist(),
        'keypoints': nulls_for_nan(poses.keypoints.reshape(len(poses), 2 * poses.num_keypoints)),
        'keypoint_scores': poses.keypoint_scores.tolist(),
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _to_results(value: Any, num_keypoints: int) -> ImageResults:
    """
    Return the image of a line.

    :raises ValueError: names the field that is wrong.
    """
    if not isinstance(value, dict) or not isinstance(value.get('people'), list):
        raise ValueError('must be an object with people, a list')
    size_wh = column([value], 'image_size_wh', np.int64, (2,))[0].tolist()
    stamp_ns, frame_id = value.get('stamp_ns'), value.get('frame_id')
    if type(stamp_ns) is not int or not isinstance(frame_id, str):
        raise ValueError('stamp_ns must be an integer and frame_id a text')
    return ImageResults(
        stamp_ns=stamp_ns,
        frame_id=frame_id,
        size_wh=(size_wh[0], size_wh[1]),
        tracks=_to_tracks(value['people'], num_keypoints),
    )


def _to_tracks(people: list[Any], num_keypoints: int) -> Tracks:
    keypoints = column(people, 'keypoints', np.float32, (2 * num_keypoints,), has_gaps=True)
    poses = Poses(
        boxes=xywh_to_xyxy(column(people, 'bbox_xywh', np.float32, (4,))),
        box_scores=column(people, 'bbox_score', np.float32),
        keypoints=keypoints.reshape(len(people), num_keypoints, 2),
        keypoint_scores=column(people, 'keypoint_scores', np.float32, (num_keypoints,)),
        scores=column(people, 'score', np.float32),
        embeddings=np.zeros((len(people), 0), np.float32),
    )
    return Tracks(
        poses=poses,
        track_ids=column(people, 'track_id', np.int32),
        states=np.array([_to_state(person.get('state')) for person in people], np.uint8),
        ages=column(people, 'age', np.uint32),
    )


def _to_state(name: Any) -> TrackState:
    states = {state.name.lower(): state for state in TrackState}
    if not isinstance(name, str) or name not in states:
        raise ValueError(f'state must be one of {", ".join(states)}, got {name!r}')
    return states[name]
