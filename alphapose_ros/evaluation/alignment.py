# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Which results belong to which true image, and which joints both have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from pathlib import PurePath
import re
from typing import Any

import numpy as np

from alphapose_ros.core.boxes import xyxy_to_xywh
from alphapose_ros.core.skeletons import EVAL_SIGMAS
from alphapose_ros.evaluation.heads import measure_heads
from alphapose_ros.io.json_arrays import flat_triples
from alphapose_ros.io.keypoint_results import KeypointResults
from alphapose_ros.io.keypoint_truth import KeypointTruth
from alphapose_ros.io.results_coco import coco_entries
from alphapose_ros.structures import Skeleton
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState

_MOST_NAMED = 5


class AlignmentError(ValueError):
    """Results that are not of the images or the joints of the truth."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """
    True and found people with the same joints, image by image.

    :param truth: of I images.
    :param found: who is seen in each; nobody where there are no labels.
    :param notes: what a reader of the numbers should know, one line each.
    """

    truth: KeypointTruth
    found: tuple[Tracks, ...]
    notes: tuple[str, ...]


def align(truth: KeypointTruth, results: KeypointResults) -> Comparison:
    """
    Bring results to the images and joints of the truth, and measure the heads of the true.

    A person of whom only some joints are compared is scored by these: his score is multiplied by
    their mean score over that of all his joints.

    Images are told by id, by file name (the last part is enough where it is unambiguous) or by
    stamp; those of a sequence without any of these, by their order, in which the true ones are
    sorted by file name, 2.jpg before 10.jpg. Of a sequence with stamps, only some images need
    to have labels.

    :raises AlignmentError: names images that the truth lacks, or says that no joint is shared.
    """
    num_images = len(results.people)
    results = _with_known_stamps(truth, results)
    indices = _image_indices(truth, results)
    names = [name for name in truth.skeleton.keypoint_names if name in _names(results)]
    if not names:
        raise AlignmentError(
            f'truth ({truth.skeleton.name}) and results ({results.skeleton.name}) share no joint'
        )
    skeleton = choose_joints(truth.skeleton, names)
    found = [Tracks.empty(len(names))] * len(truth.image_ids)
    chosen = [results.skeleton.index(name) for name in names]
    for i, tracks in zip(indices, results.people, strict=True):
        if truth.has_labels[i]:
            found[i] = _with_joints(tracks[tracks.states != TrackState.PREDICTED], chosen)
    kept = [truth.skeleton.index(name) for name in names]
    notes = _notes(truth, results, indices, skeleton)
    if len(results.people) < num_images:
        notes += (f'{num_images - len(results.people)} images of the results have no labels',)
    truth = replace(
        truth,
        skeleton=skeleton,
        keypoints=truth.keypoints[:, kept],
        is_labelled=truth.is_labelled[:, kept],
        head_sizes=measure_heads(truth),
    )
    return Comparison(truth, tuple(found), notes)


def with_sigmas(truth: KeypointTruth, source: str) -> KeypointTruth:
    """
    Choose the constants of the similarity.

    :param source: set, those of the keypoint set; halpe, those of the Halpe evaluation, which has
        them for 133 and 136 joints; auto, halpe for 136 joints, else set.
    :raises AlignmentError: if there are none.
    """
    name = truth.skeleton.name
    if source == 'set' or (source == 'auto' and name != 'halpe_136'):
        return truth
    if name not in EVAL_SIGMAS:
        raise AlignmentError(f'halpe has sigmas for {", ".join(EVAL_SIGMAS)}, truth is {name}')
    return replace(truth, skeleton=replace(truth.skeleton, sigmas=EVAL_SIGMAS[name]))


def choose_joints(skeleton: Skeleton, names: Sequence[str]) -> Skeleton:
    """
    Return a skeleton with some of the joints, in its own order.

    :param names: of the joints, in that order.
    """
    kept = [skeleton.index(name) for name in names]
    if len(kept) == skeleton.num_keypoints:
        return skeleton
    new = {old: i for i, old in enumerate(kept)}

    def pairs(old: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        return tuple((new[a], new[b]) for a, b in old if a in new and b in new)

    groups = [
        (group, sum(i < start for i in kept), sum(i < end for i in kept))
        for group, start, end in skeleton.groups
    ]
    groups = [group for group in groups if group[2] > group[1]]
    if not any(group[0] == 'body' for group in groups):
        groups = [('body', 0, len(kept))]
    return Skeleton(
        name=f'{len(kept)} joints of {skeleton.name}',
        keypoint_names=tuple(names),
        limbs=pairs(skeleton.limbs),
        flip_pairs=pairs(skeleton.flip_pairs),
        sigmas=tuple(skeleton.sigmas[i] for i in kept) if skeleton.sigmas else (),
        groups=tuple(groups),
    )


def _with_joints(tracks: Tracks, chosen: Sequence[int]) -> Tracks:
    """Return people with some of their joints, scored as these are against all."""
    scores = tracks.poses.keypoint_scores
    before, after = scores.mean(axis=1), scores[:, chosen].mean(axis=1)
    changes = np.divide(after, before, out=np.ones_like(before), where=before > 0)
    poses = replace(
        tracks.poses,
        keypoints=tracks.poses.keypoints[:, chosen],
        keypoint_scores=scores[:, chosen],
        scores=tracks.poses.scores * changes,
    )
    return replace(tracks, poses=poses)


def coco_truth(truth: KeypointTruth) -> dict[str, Any]:
    """Return labels as `evaluate_oks` takes them."""
    joints = np.where(truth.is_labelled[..., None], truth.keypoints, np.float32(np.nan))
    rows = zip(
        truth.image_ids[truth.images].tolist(),
        flat_triples(joints, 2 * truth.is_labelled),
        truth.areas.tolist(),
        xyxy_to_xywh(truth.boxes).tolist(),
        truth.is_crowd.tolist(),
        strict=True,
    )
    return {
        'images': [{'id': image_id} for image_id in truth.image_ids.tolist()],
        'categories': [{'id': 1, 'name': 'person'}],
        'annotations': [
            {
                'id': i,
                'image_id': image_id,
                'category_id': 1,
                'keypoints': keypoints,
                'area': area,
                'bbox': box_xywh,
                'iscrowd': int(is_crowd),
            }
            for i, (image_id, keypoints, area, box_xywh, is_crowd) in enumerate(rows, 1)
        ],
    }


def coco_found(comparison: Comparison) -> list[dict[str, Any]]:
    """Return results as `evaluate_oks` takes them."""
    images = zip(comparison.truth.image_ids.tolist(), comparison.found, strict=True)
    return [
        entry
        for image_id, tracks in images
        for entry in coco_entries(image_id, tracks.poses, tracks.poses.scores)
    ]


def _names(results: KeypointResults) -> frozenset[str]:
    return frozenset(results.skeleton.keypoint_names)


def _image_indices(truth: KeypointTruth, results: KeypointResults) -> list[int]:
    """Return for each image of the results its index in truth."""
    if results.image_ids:
        return _look_up('image ids', results.image_ids, truth.image_ids.tolist())
    if results.file_names:
        return _by_file_name(truth.file_names, results.file_names)
    stamps_ns = truth.stamps_ns.tolist()
    if min(stamps_ns, default=-1) >= 0:
        return _look_up('stamps', results.stamps_ns, stamps_ns)
    if len(results.people) not in (0, len(truth.image_ids)):
        raise AlignmentError(
            f'results have {len(results.people)} images and truth {len(truth.image_ids)}; images '
            'with neither ids nor names are told by their order, which needs equal numbers'
        )
    order = sorted(range(len(truth.image_ids)), key=lambda i: _natural(truth.file_names[i]))
    return order[: len(results.people)]


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts 2.jpg before 10.jpg."""
    texts_and_numbers = [*re.split(r'(\d+)', name), '']
    return [
        (int(number or 0), text)
        for text, number in zip(texts_and_numbers[::2], texts_and_numbers[1::2], strict=True)
    ]


def _with_known_stamps(truth: KeypointTruth, results: KeypointResults) -> KeypointResults:
    """Leave out images whose stamps truth lacks, unless truth has none or it would be all."""
    known = set(truth.stamps_ns.tolist()) - {-1}
    kept = [i for i, stamp_ns in enumerate(results.stamps_ns) if stamp_ns in known]
    if not kept:
        return results
    return replace(
        results,
        people=tuple(results.people[i] for i in kept),
        stamps_ns=tuple(results.stamps_ns[i] for i in kept),
    )


def _by_file_name(true_names: Sequence[str], names: Sequence[str]) -> list[int]:
    if set(names) <= set(true_names):
        return _look_up('file names', names, true_names)
    last_parts = [PurePath(name).name for name in true_names]
    if len(set(last_parts)) < len(last_parts):
        return _look_up('file names', names, true_names)
    return _look_up('file names', [PurePath(name).name for name in names], last_parts)


def _look_up(what: str, keys: Sequence[Any], true_keys: Sequence[Any]) -> list[int]:
    by_key = {key: i for i, key in enumerate(true_keys)}
    unknown = [key for key in keys if key not in by_key]
    if unknown:
        raise AlignmentError(
            f'results have {len(unknown)} {what} that truth lacks: {_listed(unknown)}'
        )
    if len(set(keys)) < len(keys):
        twice = [key for key in dict.fromkeys(keys) if list(keys).count(key) > 1]
        raise AlignmentError(f'results have {what} more than once: {_listed(twice)}')
    return [by_key[key] for key in keys]


def _notes(
    truth: KeypointTruth, results: KeypointResults, indices: Sequence[int], skeleton: Skeleton
) -> tuple[str, ...]:
    notes = []
    if _names(results) != frozenset(truth.skeleton.keypoint_names):
        notes.append(
            f'truth is {truth.skeleton.name}, results are {results.skeleton.name}: compared on '
            f'the {skeleton.num_keypoints} joints whose names are the same'
        )
    if not (results.image_ids or results.file_names) and (truth.stamps_ns < 0).any():
        notes.append('results name no images: matched by order, the true ones by file name')
    missing = sorted(set(np.flatnonzero(truth.has_labels).tolist()) - set(indices))
    if missing:
        ids = [truth.file_names[i] or int(truth.image_ids[i]) for i in missing]
        notes.append(f'{len(missing)} true images are not in the results: {_listed(ids)}')
    return tuple(notes)


def _listed(values: Sequence[Any]) -> str:
    more = ' ...' if len(values) > _MOST_NAMED else ''
    return ', '.join(str(value) for value in values[:_MOST_NAMED]) + more
