# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Images and people for the viewer Rerun.

`image` holds the JPEG, image/people/NAME the joints of a person, connected by the keypoint set,
and image/people/NAME/box the box. `series/people` counts them, series/score/NAME is a score.
Everything is on the timelines `stamp` and `frame`. Coordinates there begin at the corner of the
top-left pixel, ours in its centre.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from alphapose_ros.core.marks import joint_sides
from alphapose_ros.core.marks import Marks
from alphapose_ros.core.marks import View
from alphapose_ros.core.palette import Color
from alphapose_ros.core.palette import joint_color
from alphapose_ros.core.palette import track_color
from alphapose_ros.core.palette import TRACK_COLORS
from alphapose_ros.structures import Skeleton

SPAWN, CONNECT = 'spawn', 'connect'
PIXEL_CENTRE = 0.5
# Negative radii are in points of the screen, others in pixels of the image.
BOX_POINTS = 1.0
FINE_RADIUS = 1.0
# A class for each colour of a person: the ids that have them in turn, and untracked people.
_CLASS_IDS = (*range(len(TRACK_COLORS)), -1)
_CLASS_OF = {track_color(track_id): i for i, track_id in enumerate(_CLASS_IDS)}


class RerunError(ValueError):
    """A viewer that cannot be reached, or a file that cannot be written."""


class RerunLog:
    """
    Sends views to Rerun.

    :param target: a file ending in .rrd, `spawn` for a viewer on this machine, `connect` for one
        that runs on it, or the address of another, rerun+http://HOST:PORT/proxy.
    :raises RerunError: if it cannot be used.
    """

    def __init__(self, target: str) -> None:
        self._rerun = import_rerun()
        self._stream = self._rerun.RecordingStream('alphapose_ros')
        self._skeleton: Skeleton | None = None
        self._frames = 0
        self._shown: set[str] = set()
        self._named: set[str] = set()
        try:
            self._open(target)
        except (OSError, RuntimeError, ValueError) as err:
            raise RerunError(f'Rerun cannot use {target!r}: {err}') from err

    @property
    def is_watched(self) -> bool:
        """Always: what is sent is kept."""
        return True

    def write(self, view: View) -> None:
        """Show an image and its people; who was shown before and is not among them, vanishes."""
        rr, stream = self._rerun, self._stream
        if view.skeleton is not self._skeleton:
            self._skeleton = view.skeleton
            stream.log('/', _annotation_context(rr, view.skeleton), static=True)
        stream.set_time('stamp', timestamp=np.datetime64(view.stamp_ns, 'ns'))
        stream.set_time('frame', sequence=self._frames)
        self._frames += 1
        stream.log('image', rr.EncodedImage(contents=view.jpeg, media_type='image/jpeg'))
        stream.log('series/people', rr.Scalars(len(view.people)))
        for person in view.people:
            self._write_person(person)
        names = {person.name for person in view.people}
        for name in sorted(self._shown - names):
            stream.log(f'image/people/{name}', rr.Clear(recursive=True))
            stream.log(f'series/score/{name}', rr.Clear(recursive=False))
        self._shown = names

    def close(self) -> None:
        """Send what is left, and finish the file."""
        self._stream.disconnect()

    def _open(self, target: str) -> None:
        blueprint = _blueprint()
        if target == SPAWN:
            self._stream.spawn(default_blueprint=blueprint)
        elif target.endswith('.rrd'):
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            self._stream.save(target, default_blueprint=blueprint)
        else:
            url = None if target == CONNECT else target
            self._stream.connect_grpc(url, default_blueprint=blueprint)

    def _write_person(self, person: Marks) -> None:
        rr, stream, path = self._rerun, self._stream, f'image/people/{person.name}'
        stream.log(
            path,
            rr.Points2D(
                person.points + PIXEL_CENTRE,
                radii=np.where(person.is_fine_joint, FINE_RADIUS, person.width / 2 + 1),
                class_ids=_CLASS_OF[person.color],
                keypoint_ids=person.joints,
                show_labels=False,
            ),
            rr.AnyValues(keypoint_scores=person.keypoint_scores),
        )
        stream.log(
            f'{path}/box',
            rr.Boxes2D(
                array=person.box[None] + PIXEL_CENTRE,
                array_format=rr.Box2DFormat.XYXY,
                radii=-BOX_POINTS,
                colors=[_rgb(person.color)],
                labels=[person.label],
                show_labels=True,
            ),
        )
        series = f'series/score/{person.name}'
        if person.name not in self._named:
            self._named.add(person.name)
            lines = rr.SeriesLines(colors=[_rgb(person.color)], names=[person.name])
            stream.log(series, lines, static=True)
        stream.log(series, rr.Scalars(person.score))


def import_rerun() -> Any:
    """
    Return the library.

    :raises ImportError: with a hint, if it is missing.
    """
    try:
        return import_module('rerun')
    except ImportError as err:
        raise ImportError('Rerun needs rerun-sdk: pip install alphapose_ros[view]') from err


def _annotation_context(rr: Any, skeleton: Skeleton) -> Any:
    """Return names, colours and limbs of the joints, for each colour of a person."""
    sides = joint_sides(skeleton)
    return rr.AnnotationContext(
        [
            rr.ClassDescription(
                info=rr.AnnotationInfo(i, skeleton.name, _rgb(track_color(track_id))),
                keypoint_annotations=[
                    rr.AnnotationInfo(k, name, _rgb(joint_color(track_id, sides[k], 'track')))
                    for k, name in enumerate(skeleton.keypoint_names)
                ],
                keypoint_connections=skeleton.limbs,
            )
            for i, track_id in enumerate(_CLASS_IDS)
        ]
    )


def _blueprint() -> Any:
    """Return the layout: the image above, the series below."""
    rrb = import_module('rerun.blueprint')
    return rrb.Blueprint(
        rrb.Vertical(
            rrb.Spatial2DView(origin='image', name='People'),
            rrb.Horizontal(
                rrb.TimeSeriesView(origin='series/score', name='Scores'),
                rrb.TimeSeriesView(origin='series/people', name='Number of people'),
            ),
            row_shares=[3, 1],
        )
    )


def _rgb(color: Color) -> Color:
    blue, green, red = color
    return red, green, blue
