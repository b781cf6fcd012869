# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The parameters of every stage: one frozen dataclass for each node, with help texts and limits.

A name means the same wherever it occurs, so one block `/**:` of YAML can serve all nodes, and
offline processing as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import fields
import difflib

from alphapose_ros.core.drawing import ColorBy
from alphapose_ros.core.parameters import param
from alphapose_ros.core.parameters import ParameterError
from alphapose_ros.core.parameters import select
from alphapose_ros.inference.options import Backend
from alphapose_ros.inference.options import FlipTest
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.inference.options import Precision


@dataclass(frozen=True, kw_only=True)
class NetworkParams:
    """Parameters of every node that runs a network."""

    weights_dir: str = param('', 'Folder that is searched first for model files.', read_only=True)
    device: str = param(
        'auto',
        "Where networks run: 'auto', 'cpu', 'cuda', 'cuda:N', 'tensorrt' or 'tensorrt:N'.",
        read_only=True,
    )
    threads: int = param(
        0, 'CPU threads of a network; 0 takes all cores.', bounds=(0, 256), read_only=True
    )
    backend: Backend = param(
        'auto',
        'What runs the networks; auto: torch for checkpoints, onnxruntime for ONNX files.',
        choices=('auto', 'torch', 'onnxruntime', 'openvino'),
        read_only=True,
    )
    precision: Precision = param(
        'auto',
        'Half is faster and a little less exact; auto: half on a GPU.',
        choices=('auto', 'float32', 'half'),
        read_only=True,
    )

    def network_options(self) -> NetworkOptions:
        """Return them for the loading of a network."""
        return select(self, NetworkOptions)


@dataclass(frozen=True, kw_only=True)
class ReliabilityParams:
    """How images are sent or received."""

    reliability: str = param(
        'auto',
        'Reliability of the image subscription; auto follows the publisher.',
        choices=('auto', 'best_effort', 'reliable'),
        read_only=True,
    )


@dataclass(frozen=True, kw_only=True)
class ImageParams(ReliabilityParams):
    """Parameters of every node that subscribes to images."""

    image_transport: str = param(
        'raw',
        'Subscribe to `image` (raw) or to `image/compressed` (compressed).',
        choices=('raw', 'compressed'),
        read_only=True,
    )
    image_timeout_s: float = param(
        2.0, 'Seconds without an image until diagnostics tell ERROR.', bounds=(0.1, 3600.0)
    )


@dataclass(frozen=True, kw_only=True)
class JoinParams(ImageParams):
    """Parameters of every node that joins images with what was found in them."""

    join_queue: int = param(
        16,
        'Images that wait for their results (separate processes).',
        bounds=(1, 100),
        read_only=True,
    )


@dataclass(frozen=True, kw_only=True)
class DetectorParams(NetworkParams, ImageParams):
    """Parameters of the detector node."""

    detector_model: str = param(
        'bundled_detector', 'Person detector: a name of the catalog or a path.', read_only=True
    )
    min_box_score: float = param(0.3, 'Drop people scored below.', bounds=(0.0, 1.0))
    nms_iou: float = param(
        0.6, 'Of two boxes that overlap more, drop the lower-scored.', bounds=(0.0, 1.0)
    )
    max_people: int = param(100, 'Keep only the best-scored people.', bounds=(1, 1000))
    enabled: bool = param(True, 'False unsubscribes from the images and idles.')


@dataclass(frozen=True, kw_only=True)
class PoseParams(NetworkParams, JoinParams):
    """Parameters of the pose node."""

    pose_model: str = param(
        'bundled', 'Pose network: a name of the catalog or a path.', read_only=True
    )
    pose_nms_similarity: float = param(
        0.36,
        'Poses more alike are one person and are merged; 1.0 keeps all.',
        bounds=(0.0, 1.0),
    )
    flip_test: FlipTest = param(
        'off',
        'Run mirrored crops as well, and average outputs or coordinates: twice the cost.',
        choices=('off', 'outputs', 'coordinates'),
        read_only=True,
    )
    reid_model: str = param(
        '',
        'Re-ID network: a name of the catalog or a path; empty leaves it to the pose network.',
        read_only=True,
    )


@dataclass(frozen=True, kw_only=True)
class TrackerParams(JoinParams):
    """Parameters of the tracker node."""

    min_track_score: float = param(
        0.4, 'People whose box is scored below only continue tracks.', bounds=(0.0, 1.0)
    )
    min_birth_score: float = param(
        0.55, 'People whose box is scored below start no track.', bounds=(0.0, 1.0)
    )
    min_similarity: float = param(
        0.3, 'A track and a person who resemble less are different.', bounds=(0.0, 1.0)
    )
    min_joint_score: float = param(
        0.3, 'Joints scored below count as not seen.', bounds=(0.0, 1.0)
    )
    confirm_s: float = param(
        0.03, 'Seconds for which a new track must be seen in every image.', bounds=(0.0, 60.0)
    )
    max_lost_s: float = param(
        3.0, 'Seconds after which a hidden person is given up.', bounds=(0.1, 60.0)
    )
    publish_lost_s: float = param(
        0.5, 'Seconds for which a hidden person is published, as PREDICTED.', bounds=(0.0, 60.0)
    )
    camera_motion: bool = param(
        False,
        'Follow the movement of the camera: reads the images, costs some milliseconds each.',
        read_only=True,
    )
    smoothing: bool = param(False, 'Publish tracks/smoothed.', read_only=True)
    min_cutoff_hz: float = param(
        2.0, 'Smoothing of a joint at rest; lower trembles less.', bounds=(0.01, 100.0)
    )
    speed_gain: float = param(
        12.0,
        'Hertz of cutoff per speed of a size of the person per second; higher lags less.',
        bounds=(0.0, 1000.0),
    )
    prediction: bool = param(False, 'Publish tracks/predicted.', read_only=True)
    predict_ms: float = param(
        0.0,
        'Milliseconds after its publication that tracks/predicted is for.',
        bounds=(0.0, 500.0),
    )


@dataclass(frozen=True, kw_only=True)
class PipelineParams(DetectorParams, PoseParams, TrackerParams):
    """Parameters of all three stages together."""


@dataclass(frozen=True, kw_only=True)
class ShowParams(JoinParams):
    """Parameters of every node that shows people on images."""

    min_keypoint_score: float = param(0.3, 'Joints scored below are not drawn.', bounds=(0.0, 1.0))
    jpeg_quality: int = param(80, 'Quality of images as JPEG.', bounds=(1, 100))


@dataclass(frozen=True, kw_only=True)
class OverlayParams(ShowParams):
    """Parameters of the overlay node."""

    color_by: ColorBy = param(
        'track', 'Colour people by identity or limbs by side.', choices=('track', 'side')
    )
    draw_boxes: bool = param(True, 'Draw boxes and labels.')


@dataclass(frozen=True, kw_only=True)
class ViewerParams(ShowParams):
    """Parameters of the viewer node."""

    viewer: str = param(
        'rerun', 'Show people in this viewer.', choices=('rerun', 'foxglove'), read_only=True
    )
    viewer_address: str = param(
        '',
        "Rerun: 'connect', rerun+http://HOST:PORT/proxy or a file .rrd; empty starts it. "
        'Foxglove: HOST:PORT to serve on; empty is 127.0.0.1:8765.',
        read_only=True,
    )


@dataclass(frozen=True)
class VideoParams:
    """Parameters of the video node."""

    source: str = param('', 'Video file, folder of images, or number of a camera.', read_only=True)
    fps: float = param(
        0.0, "Images per second; 0.0 takes the file's own.", bounds=(0.0, 1000.0), read_only=True
    )
    pace: str = param(
        'fps',
        'Send images at `fps`, or the next one when the last one is consumed (its tracks came).',
        choices=('fps', 'consumed'),
        read_only=True,
    )
    loop: bool = param(False, 'Begin again at the end.', read_only=True)
    image_limit: int = param(
        0, 'End after that many images; 0 sends all.', bounds=(0, 1 << 31), read_only=True
    )
    frame_id: str = param('camera', 'Frame of the headers.', read_only=True)
    min_subscribers: int = param(
        1,
        'Wait for that many subscribers before the first image.',
        bounds=(0, 100),
        read_only=True,
    )


@dataclass(frozen=True)
class RecorderParams:
    """Parameters of the recorder node."""

    output_dir: str = param('demo_output', 'Folder for the files.', read_only=True)
    video_fps: float = param(
        25.0, 'Frame rate of the video.', bounds=(0.1, 1000.0), read_only=True
    )
    frame_count: int = param(
        0,
        'Images to expect, for the progress bar; 0: unknown.',
        bounds=(0, 1 << 31),
        read_only=True,
    )
    video: bool = param(True, 'Write overlay.mp4 and contact_sheet.png.', read_only=True)


@dataclass(frozen=True)
class BagPlayerParams:
    """Parameters of the bag player node."""

    bag: str = param('', 'Bag to play: a folder, .mcap or .db3.', read_only=True)
    play_topics: str = param(
        '', 'Topics of the bag, separated by spaces; empty plays all.', read_only=True
    )
    rate: float = param(
        1.0,
        'Speed; at 0.0 the next image is sent when the tracks of the last one came.',
        bounds=(0.0, 1000.0),
        read_only=True,
    )
    clock: bool = param(False, 'Publish the time of the bag on /clock.', read_only=True)
    loop: bool = param(False, 'Begin again at the end.', read_only=True)
    min_subscribers: int = param(
        1,
        'Wait for that many subscribers before the first image.',
        bounds=(0, 100),
        read_only=True,
    )
    check: bool = param(False, 'Compare `tracks` with the images that were sent.', read_only=True)
    check_timeout_s: float = param(
        60.0,
        'Seconds to wait for the nodes before a check fails.',
        bounds=(0.0, 3600.0),
        read_only=True,
    )
    play_report: str = param('', 'File for what was sent and came back, JSON.', read_only=True)


@dataclass(frozen=True)
class BagRecorderParams:
    """Parameters of the bag recorder node."""

    record_bag: str = param('', 'Folder of the bag to record.', read_only=True)
    record_topics: str = param(
        'detections poses tracks keypoint_set /diagnostics',
        'Topics, separated by spaces.',
        read_only=True,
    )
    record_s: float = param(
        0.0, 'Seconds until it ends; 0.0: no end.', bounds=(0.0, 1e9), read_only=True
    )
    record_images: int = param(
        0,
        'Images until it ends, counted by `tracks` or else the first topic; 0: no end.',
        bounds=(0, 1 << 31),
        read_only=True,
    )
    record_report: str = param('', 'File for what was recorded, JSON.', read_only=True)


@dataclass(frozen=True, kw_only=True)
class ProbeParams(ReliabilityParams):
    """Parameters of the probe node."""

    role: str = param(
        'send', 'Send test images or receive them.', choices=('send', 'receive'), read_only=True
    )
    probe_width: int = param(1280, 'Width of the images.', bounds=(2, 7680), read_only=True)
    probe_height: int = param(720, 'Height of the images.', bounds=(2, 4320), read_only=True)
    probe_count: int = param(60, 'Number of images.', bounds=(1, 1 << 31), read_only=True)
    probe_rate_hz: float = param(10.0, 'Images per second.', bounds=(0.1, 1000.0), read_only=True)
    probe_output: str = param('', 'File for the result, JSON.', read_only=True)


ALL_PARAMS = (
    DetectorParams,
    PoseParams,
    TrackerParams,
    OverlayParams,
    ViewerParams,
    VideoParams,
    RecorderParams,
    BagPlayerParams,
    BagRecorderParams,
    ProbeParams,
)


def refuse_unknown(names: Iterable[str]) -> None:
    """
    Find misspelt names; those of any of our nodes are fine.

    :raises ParameterError: names the first, and what may be meant.
    """
    known = {f.name for params_type in ALL_PARAMS for f in fields(params_type)}
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, sorted(known), n=1)
            hint = (
                f'did you mean {close[0]}?' if close else f'known are {", ".join(sorted(known))}'
            )
            raise ParameterError(f'unknown parameter {name}; {hint}')
