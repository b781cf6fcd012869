# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
What a model card tells of pose networks, ours and others', measured in one way.

Joints are compared by name, so that networks of 17 and of 136 joints are measured on the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.core.boxes import box_area
from alphapose_ros.core.skeletons import get_skeleton
from alphapose_ros.evaluation.details import PersonDetails
from alphapose_ros.evaluation.joints import PCK_ALPHA
from alphapose_ros.evaluation.keypoints import segment_lengths
from alphapose_ros.evaluation.model_runs import AnyEstimator
from alphapose_ros.evaluation.model_runs import run_over_images
from alphapose_ros.evaluation.summary import Numbers
from alphapose_ros.inference.detector import PersonDetector
from alphapose_ros.io.keypoint_results import KeypointResults
from alphapose_ros.io.keypoint_truth import KeypointTruth
from alphapose_ros.structures import Tracks

HALPE = get_skeleton('halpe_136')
COCO = get_skeleton('coco_17')
TORSO = ('left_shoulder', 'right_hip')
NECK_AND_HEAD = ('neck', 'head')
# Of the size of a person, or of a face or hand.
PART_ALPHA = 0.1
# The body is that of COCO, which all networks have.
PARTS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        **{name: HALPE.keypoint_names[start:end] for name, start, end in HALPE.groups},
        'body': COCO.keypoint_names,
    }
)


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """
    A data set.

    :param truth: who is in the images.
    :param folder: of the images.
    """

    truth: KeypointTruth
    folder: Path

    def thin_out(self, most: int) -> LabelledImages:
        """Return at most so many images, from all over the set; 0 is all."""
        every = every_nth(len(self.truth.image_ids), most)
        return replace(self, truth=_choose_images(self.truth, every))


def every_nth(count: int, most: int) -> int:
    """
    Return n so that every nth of `count` images makes at most `most`; 0 is all.

    :raises ValueError: if `most` is less than 0.
    """
    if most < 0:
        raise ValueError(f'most must be at least 0, got {most}')
    return -(-count // most) if most else 1


def find_people(
    estimator: AnyEstimator, detector: PersonDetector | None, data: LabelledImages
) -> KeypointResults:
    """Run a pose network over a data set; without a detector, with the true boxes."""
    people = dict(run_over_images(estimator, detector, data.truth, data.folder))
    return KeypointResults(
        skeleton=estimator.skeleton,
        people=tuple(Tracks.untracked(poses) for poses in people.values()),
        image_ids=tuple(people),
    )


def score_limbs(people: PersonDetails) -> Numbers:
    """
    Return PCK@0.2 of the torso, as it is usual for Leeds Sports Pose.

    A visible joint is right within 0.2 of |left shoulder - right hip| (Yang & Ramanan 2013;
    Andriluka et al. 2014); people of whom one of the two is not visible do not count.

    :return: pck_limbs, over all joints but neck and head; and pck_all, of people with these.
    """
    ends = (people.skeleton.index(name) for name in TORSO)
    torsos = segment_lengths(people.truth, people.is_labelled, *ends)
    counts = people.is_labelled & ~np.isnan(torsos)[:, None]
    is_right = counts & (people.errors <= PCK_ALPHA * torsos[:, None])
    is_limb = np.array([name not in NECK_AND_HEAD for name in people.skeleton.keypoint_names])
    numbers = {'pck_limbs': _share(is_right[:, is_limb], counts[:, is_limb])}
    if not is_limb.all():
        numbers['pck_all'] = _share(is_right, counts)
    return numbers


def score_parts(people: PersonDetails) -> Numbers:
    """
    Return by part of the body how far joints are off.

    :return: <part>, the median error in parts of the square root of the person's box, and
        <part>_found, the share of labelled joints that have a position; of the parts that the
        people have.
    """
    sizes = np.sqrt(np.maximum(box_area(people.boxes), 1))
    errors = people.errors / sizes[:, None]
    numbers: Numbers = {}
    for part, names in PARTS.items():
        has_joint = [name in names for name in people.skeleton.keypoint_names]
        found = errors[:, has_joint]
        found = found[~np.isnan(found)]
        num_labelled = people.is_labelled[:, has_joint].sum()
        if num_labelled:
            numbers[part] = float(np.median(found)) if len(found) else float('nan')
            numbers[f'{part}_found'] = float(len(found) / num_labelled)
    return numbers


def score_sized_parts(people: PersonDetails) -> Numbers:
    """
    Return the share of joints within a tenth of the size of what they are part of.

    The size is the longer side of the person's box for body and feet, and that of the extent of
    the labelled joints for a face or a hand.

    :return: pck_<part>, of the parts that the people have.
    """
    person_sizes = (people.boxes[:, 2:] - people.boxes[:, :2]).max(axis=1)
    labelled = np.where(people.is_labelled[..., None], people.truth, np.float32(np.nan))
    numbers: Numbers = {}
    for part, names in PARTS.items():
        has_joint = np.array([name in names for name in people.skeleton.keypoint_names])
        counts = people.is_labelled & has_joint
        if not counts.any():
            continue
        sizes = person_sizes
        if part not in ('body', 'feet'):
            points = labelled[:, has_joint]
            low, high = np.fmin.reduce(points, axis=1), np.fmax.reduce(points, axis=1)
            sizes = (high - low).max(axis=1)
        is_right = counts & (people.errors <= PART_ALPHA * sizes[:, None])
        numbers[f'pck_{part}'] = _share(is_right, counts)
    return numbers


def _share(is_right: NDArray[np.bool_], counts: NDArray[np.bool_]) -> float:
    return float(is_right.sum() / counts.sum()) if counts.any() else float('nan')


def _choose_images(truth: KeypointTruth, every: int) -> KeypointTruth:
    """Return every nth image and its people."""
    is_kept = truth.images % every == 0
    people = {
        name: getattr(truth, name)[is_kept]
        for name in ('keypoints', 'is_labelled', 'boxes', 'areas', 'is_crowd', 'head_sizes',
                     'track_ids')
    }  # fmt: skip
    return replace(
        truth,
        image_ids=truth.image_ids[::every],
        file_names=truth.file_names[::every],
        stamps_ns=truth.stamps_ns[::every],
        has_labels=truth.has_labels[::every],
        images=truth.images[is_kept] // every,
        **people,
    )
