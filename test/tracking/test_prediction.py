# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of skeletons that are predicted."""

import numpy as np
import pytest

from alphapose_ros.tracking.smoothing import Smoother

from .conftest import FRAME_NS
from .conftest import LEFT_HAND
from .conftest import PERSON
from .conftest import play
from .conftest import seen
from .conftest import smoother
from .conftest import standing
from .conftest import trembling
from .conftest import walking
from .conftest import without


@pytest.mark.parametrize('ahead', [1, 3])
def test_a_walker_and_his_box_are_predicted_where_they_will_be(ahead: int) -> None:
    story = smoother()
    play(story, walking, range(50))
    predicted = story.predict((49 + ahead) * FRAME_NS).poses
    expected = seen(walking(49 + ahead)).poses
    np.testing.assert_allclose(predicted.keypoints, expected.keypoints, atol=1)
    np.testing.assert_allclose(predicted.boxes, expected.boxes, atol=1)


def test_the_present_is_predicted_as_it_is_smoothed() -> None:
    story = smoother()
    smooth = play(story, trembling(walking), range(20))[-1]
    for stamp_ns in (0, 19 * FRAME_NS):
        np.testing.assert_array_equal(story.predict(stamp_ns).poses.keypoints[0], smooth)


def test_a_prediction_is_nearer_to_the_last_image_than_the_smooth_skeleton() -> None:
    story, raised = smoother(), PERSON.copy()
    raised[LEFT_HAND, 1] -= 10
    play(story, standing, range(20))
    smooth = play(story, lambda _: raised, range(20, 21))[0][LEFT_HAND, 1]
    predicted = story.predict(21 * FRAME_NS).poses.keypoints[0, LEFT_HAND, 1]
    assert 0 < predicted - raised[LEFT_HAND, 1] < 0.7 * (smooth - raised[LEFT_HAND, 1])


def test_predictions_are_capped() -> None:
    story = smoother()
    play(story, walking, range(20))
    limit_ns = 19 * FRAME_NS + round(Smoother.MAX_PREDICTION_S * 1e9)
    far, farther = story.predict(limit_ns), story.predict(limit_ns + 10**10)
    np.testing.assert_array_equal(far.poses.keypoints, farther.poses.keypoints)


def test_a_joint_that_was_never_seen_is_predicted_as_unknown() -> None:
    story = smoother()
    play(story, without(LEFT_HAND, walking, range(99)), range(10))
    joints = story.predict(11 * FRAME_NS).poses.keypoints[0]
    assert np.isnan(joints[LEFT_HAND]).all()
    assert np.isfinite(np.delete(joints, LEFT_HAND, axis=0)).all()


def test_predicting_changes_nothing() -> None:
    one, other = smoother(), smoother()
    for i in range(10):
        expected = one.update(seen(walking(i)), i * FRAME_NS).poses.keypoints
        smooth = other.update(seen(walking(i)), i * FRAME_NS).poses.keypoints
        other.predict((i + 3) * FRAME_NS)
        np.testing.assert_array_equal(smooth, expected)
