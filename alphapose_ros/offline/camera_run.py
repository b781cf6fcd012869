# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
One camera on its way through the pipeline into a bag of its own.

The bag holds `detections`, `poses` and `tracks` of every image that could be used, with the header
of the image and the time at which the source's bag received it, and `keypoint_set`. Beside it,
process.json tells how far it is. A run that was interrupted, in whatever way, begins again with
what its bag holds: poses are taken from there, and the tracker sees them as it did the first time.
So its results are those of a run that nothing interrupted, byte by byte.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
import shutil
from typing import Any
from typing import Protocol

import numpy as np

from alphapose_ros.core.parameters import select
from alphapose_ros.io.journal import Journal
from alphapose_ros.io.journal import write_journal
from alphapose_ros.io.message_fields import stamp_to_ns
from alphapose_ros.io.message_types import poses_from_bag
from alphapose_ros.offline.earlier import previous_of
from alphapose_ros.offline.earlier import RunError
from alphapose_ros.offline.earlier import RunOptions
from alphapose_ros.offline.earlier import take_earlier
from alphapose_ros.offline.results_bag import read_found
from alphapose_ros.offline.results_bag import ResultsBag
from alphapose_ros.offline.sources import Frame
from alphapose_ros.offline.stages import Found
from alphapose_ros.params import PipelineParams
from alphapose_ros.pipeline import Pipeline
from alphapose_ros.structures import Poses
from alphapose_ros.structures import Tracks
from alphapose_ros.structures import TrackState
from alphapose_ros.tracking.smoothing import Smoother
from alphapose_ros.tracking.smoothing import SmoothingConfig

# Different reasons that are told apart; all others are counted as one.
MAX_REASONS = 20


class Viewer(Protocol):
    """Whoever wants to see results as they come."""

    def show(self, frame: Frame, tracks: Tracks) -> None:
        """Take an image with its tracks."""

    def close(self) -> None:
        """Finish; nothing comes any more."""


class CameraRun:
    """
    Takes the frames of one camera, one after the other.

    :param folder: of the bag; is made.
    :param journal: what the images come from, and the settings that the results depend on.
    :param pipeline: with a tracker of its own; its networks are not used.
    :param params: what the pipeline was made of.
    :param options: how results are written.
    :param viewers: see every image of this run; one that goes on then begins anew.
    :raises RunError: if the folder holds an earlier run that neither goes on nor may be replaced,
        or one of other settings.
    """

    def __init__(
        self,
        folder: Path,
        journal: Journal,
        pipeline: Pipeline,
        *,
        params: PipelineParams,
        options: RunOptions,
        viewers: tuple[Viewer, ...] = (),
    ) -> None:
        self._folder = folder
        self._pipeline = pipeline
        self._with_images = options.with_images
        self._viewers = viewers
        skeleton = pipeline.pose_estimator.skeleton
        self._smoother: Smoother | None = None
        if params.smoothing:
            self._smoother = Smoother(select(params, SmoothingConfig), skeleton)
        self._faults: Counter[str] = Counter()
        self._oddities: Counter[str] = Counter()
        self._last_stamp_ns = 0
        earlier = take_earlier(folder, journal, options)
        self.journal = journal
        self._bag: ResultsBag | None = None
        if earlier is not None and earlier.is_done:
            self.journal = earlier
            return
        write_journal(folder, journal)
        self._bag = ResultsBag(folder, skeleton)
        # A moving camera and viewers need the images again.
        can_replay = pipeline.camera is None and not viewers
        if earlier is not None and earlier.written and can_replay:
            self._replay(earlier)
        shutil.rmtree(previous_of(folder), ignore_errors=True)

    def process(self, found: Found) -> None:
        """Track and write the people of the next frame, or note why it cannot be used."""
        assert self._bag is not None, 'this camera is done'
        frame, image = found.frame, found.frame.image
        if image is None:
            _count(self._faults, frame.fault)
            self._advance(read=1)
            return
        self._bag.write_found(found, with_image=self._with_images)
        size_wh = (image.shape[1], image.shape[0])
        tracks, is_safe = self._track(image, found.poses, frame.header, frame.log_time_ns, size_wh)
        for viewer in self._viewers:
            viewer.show(frame, tracks)
        self._advance(read=1, written=1, people=_count_seen(tracks))
        if is_safe:
            write_journal(self._folder, self.journal)

    def close(self, *, is_done: bool, problems: tuple[str, ...] = ()) -> None:
        """
        Finish the files.

        :param is_done: the source has no more images.
        :param problems: what of the source could not be read.
        """
        for viewer in self._viewers:
            viewer.close()
        if self._bag is not None:
            self._bag.close()
            self.journal = replace(self.journal, is_done=is_done, problems=problems)
            write_journal(self._folder, self.journal)

    def _track(
        self,
        image: np.ndarray,
        poses: Poses,
        header: Any,
        log_time_ns: int,
        size_wh: tuple[int, int],
    ) -> tuple[Tracks, bool]:
        """Give people identities and write them; tell whether the files can be gone on with."""
        assert self._bag is not None
        stamp_ns = self._stamp_of(header, log_time_ns)
        tracks = self._pipeline.track(image, poses, stamp_ns)
        smoothed = None if self._smoother is None else self._smoother.update(tracks, stamp_ns)
        return tracks, self._bag.write_tracks(header, log_time_ns, size_wh, tracks, smoothed)

    def _stamp_of(self, header: Any, log_time_ns: int) -> int:
        """Return the time that the tracker goes by, and note what is odd about it."""
        stamp_ns = stamp_to_ns(header.stamp)
        if stamp_ns == 0 and log_time_ns != 0:
            _count(self._oddities, 'the stamp is zero: tracked by the time of the bag')
            return log_time_ns
        if stamp_ns < self._last_stamp_ns:
            _count(self._oddities, 'the stamp is before that of the image before')
        self._last_stamp_ns = stamp_ns
        return stamp_ns

    def _advance(self, *, read: int, written: int = 0, people: int = 0) -> None:
        self.journal = replace(
            self.journal,
            read=self.journal.read + read,
            written=self.journal.written + written,
            people=self.journal.people + people,
            faults=dict(self._faults),
            oddities=dict(self._oddities),
        )

    def _replay(self, earlier: Journal) -> None:
        """Write what the earlier run found, and let the tracker see it."""
        assert self._bag is not None
        previous, images = previous_of(self._folder), 0
        no_image = np.empty((0, 0, 3), np.uint8)  # the camera stands still
        for message, content in read_found(previous, earlier.written):
            self._bag.write_again(message)
            if content is not None:
                size_wh = (content.image_width, content.image_height)
                poses = poses_from_bag(content)
                self._track(no_image, poses, content.header, message.log_time_ns, size_wh)
                images += 1
        if images != earlier.written:
            raise RunError(
                f'{previous} must hold {earlier.written} images, got {images}: it is damaged; '
                'begin anew with --overwrite'
            )
        self._faults.update(earlier.faults)
        self.journal = earlier
        write_journal(self._folder, self.journal)


def _count(counter: Counter[str], reason: str) -> None:
    counter[reason if reason in counter or len(counter) < MAX_REASONS else 'other reasons'] += 1


def _count_seen(tracks: Tracks) -> int:
    return int((tracks.states != TrackState.PREDICTED).sum())
