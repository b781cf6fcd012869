# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The size of heads, the scale of the measures of MPII and PoseTrack."""

from __future__ import annotations

import numpy as np

from alphapose_ros.evaluation.keypoints import segment_lengths
from alphapose_ros.io.keypoint_truth import KeypointTruth
from alphapose_ros.structures import FloatArray

# The two ends of the head in the sets that have them.
_ENDS = (('upper_neck', 'head_top'), ('neck', 'head'), ('head_bottom', 'head_top'))


def measure_heads(truth: KeypointTruth) -> FloatArray:
    """Return (P,) pixels: the size that is labelled, else the distance of the ends, else NaN."""
    sizes = truth.head_sizes
    for names in _ENDS:
        if set(names) <= set(truth.skeleton.keypoint_names):
            ends = truth.skeleton.index(names[0]), truth.skeleton.index(names[1])
            lengths = segment_lengths(truth.keypoints, truth.is_labelled, *ends)
            sizes = np.where(np.isnan(sizes), lengths, sizes)
    return sizes
