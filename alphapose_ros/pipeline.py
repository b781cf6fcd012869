# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The whole method on one page. Read this first.

    image -> Detections -> Poses -> Tracks

1. The detector finds the boxes of the people in the image (YOLOX, RTMDet, YOLOv3 ...).
2. Every box is enlarged and cut out; the pose network sees all crops of the image in one batch
   and gives a heat map per joint, whose peak or expectation is the joint.
3. Parametric pose NMS merges poses that are one person, whom the detector saw twice.
4. A re-ID network, if there is one, gives who is left an identity vector; a pose network with an
   identity branch has done so in step 2.
5. The tracker gives the people of this image the identities of those it knows.

`Pipeline.process` is all of it for one image; `detect`, `estimate` and `track` are its arrows.

The nodes run the same objects, and send what is between them over topics.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace

import numpy as np

from alphapose_ros.core.parameters import select
from alphapose_ros.core.pose_nms import PoseNmsConfig
from alphapose_ros.core.pose_nms import suppress_poses
from alphapose_ros.inference.detector import DetectionLimits
from alphapose_ros.inference.detector import PersonDetector
from alphapose_ros.inference.load import load_detector
from alphapose_ros.inference.load import load_pose_estimator
from alphapose_ros.inference.load import load_reid
from alphapose_ros.inference.pose_estimator import PoseEstimator
from alphapose_ros.inference.reid import ReidEstimator
from alphapose_ros.params import PipelineParams
from alphapose_ros.structures import Detections
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.tracking.camera_motion import CameraMotion
from alphapose_ros.tracking.tracker import Tracker
from alphapose_ros.tracking.tracker import TrackerConfig

DEFAULTS = PipelineParams()


@dataclass(frozen=True)
class Pipeline:
    """
    Images of one camera in, people with joints and identities out.

    :param detector: finds people.
    :param pose_estimator: finds their joints.
    :param reid: tells them apart; None leaves that to the pose estimator, if it can.
    :param tracker: remembers who is who; this and `camera` are the only parts with a memory.
    :param camera: tells how the camera moved; None: it stands still.
    :param limits: which boxes are kept.
    :param pose_nms: which poses are one person.
    """

    detector: PersonDetector
    pose_estimator: PoseEstimator
    reid: ReidEstimator | None
    tracker: Tracker
    camera: CameraMotion | None
    limits: DetectionLimits
    pose_nms: PoseNmsConfig

    def process(self, image: np.ndarray, stamp_ns: int) -> Tracks:
        """
        Process the next image.

        :param image: (H, W, 3) uint8 BGR.
        :param stamp_ns: when it was taken, in nanoseconds; any origin.
        :return: everybody who was seen, and who is hidden just now.
        """
        return self.track(image, self.estimate(image, self.detect(image)), stamp_ns)

    def detect(self, image: np.ndarray) -> Detections:
        """Find the people of an image."""
        return self.detector.detect(image, self.limits)

    def estimate(self, image: np.ndarray, detections: Detections) -> Poses:
        """Find the joints of each, once, and what tells him apart."""
        poses = self.pose_estimator.estimate(image, detections)
        poses = suppress_poses(poses, self.pose_estimator.skeleton, self.pose_nms)
        if self.reid is not None:
            poses = replace(poses, embeddings=self.reid.embed(image, poses.boxes))
        return poses

    def track(self, image: np.ndarray, poses: Poses, stamp_ns: int) -> Tracks:
        """Give them identities; the image is only looked at if the camera moves."""
        motion = None if self.camera is None else self.camera.update(image, poses.boxes)
        return self.tracker.update(poses, stamp_ns, motion)

    def for_another_camera(self) -> Pipeline:
        """Return a pipeline with the same networks that knows nobody yet."""
        return replace(
            self,
            tracker=Tracker(self.tracker.config, self.pose_estimator.skeleton),
            camera=None if self.camera is None else CameraMotion(),
        )


def load_pipeline(params: PipelineParams = DEFAULTS) -> Pipeline:
    """
    Load the models and put the pipeline together.

    :raises ValueError: if a model or the device is not there; one line that says what to do.
    """
    options = params.network_options()
    pose_estimator = load_pose_estimator(params.pose_model, options, flip_test=params.flip_test)
    return Pipeline(
        detector=load_detector(params.detector_model, options),
        pose_estimator=pose_estimator,
        reid=load_reid(params.reid_model, options) if params.reid_model else None,
        tracker=Tracker(select(params, TrackerConfig), pose_estimator.skeleton),
        camera=CameraMotion() if params.camera_motion else None,
        limits=DetectionLimits(params.min_box_score, params.nms_iou, params.max_people),
        pose_nms=PoseNmsConfig(max_similarity=params.pose_nms_similarity),
    )
