# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Images and people for Foxglove, in a file or to its app.

Topics: /view/image (foxglove.CompressedImage), /view/annotations (foxglove.ImageAnnotations) and
/view/people (JSON: their number, and of each track_id, score and scores of the joints by name).
Coordinates there begin at the corner of the top-left pixel, ours in its centre.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from alphapose_ros.core.marks import Marks
from alphapose_ros.core.marks import View
from alphapose_ros.core.palette import Color
from alphapose_ros.core.palette import text_color

IMAGE, ANNOTATIONS, PEOPLE = '/view/image', '/view/annotations', '/view/people'
HOST, PORT = '127.0.0.1', 8765
PIXEL_CENTRE = 0.5
FONT_PIXELS = 14
FINE_PIXELS = 2
_PEOPLE_SCHEMA = {
    'type': 'object',
    'title': 'People',
    'properties': {
        'count': {'type': 'integer'},
        'people': {
            'type': 'array',
            'items': {
                'type': 'object',
                'properties': {
                    'track_id': {'type': 'integer'},
                    'score': {'type': 'number'},
                    'keypoint_scores': {
                        'type': 'object',
                        'additionalProperties': {'type': 'number'},
                    },
                },
            },
        },
    },
}


class FoxgloveError(ValueError):
    """A file that cannot be written, or an address that cannot be served."""


class FoxgloveLog:
    """
    Writes views to one sink; made by `save_foxglove` and `serve_foxglove`.

    :param context: that the sink listens to.
    :param close: finishes the sink.
    """

    def __init__(self, context: Any, close: Callable[[], object]) -> None:
        foxglove = import_foxglove()
        self._context = context  # its channels end with it
        channels = import_module('foxglove.channels')
        self._messages = import_module('foxglove.messages')
        self._image = channels.CompressedImageChannel(IMAGE, context=context)
        self._annotations = channels.ImageAnnotationsChannel(ANNOTATIONS, context=context)
        self._people = foxglove.Channel(PEOPLE, schema=_PEOPLE_SCHEMA, context=context)
        self._close = close

    @property
    def is_watched(self) -> bool:
        """Whether a file or an app takes any of the topics."""
        return any(c.has_sinks() for c in (self._image, self._annotations, self._people))

    def write(self, view: View) -> None:
        """Write an image and its people."""
        m, time_ns = self._messages, view.stamp_ns
        timestamp = m.Timestamp(*divmod(time_ns, 10**9))
        image = m.CompressedImage(
            timestamp=timestamp, frame_id=view.frame_id, data=view.jpeg, format='jpeg'
        )
        self._image.log(image, log_time=time_ns)
        annotations = m.ImageAnnotations(
            timestamp=timestamp,
            points=[points for person in view.people for points in _draw(m, person)],
            texts=[_label(m, person) for person in view.people],
        )
        self._annotations.log(annotations, log_time=time_ns)
        self._people.log(_describe(view), log_time=time_ns)

    def close(self) -> None:
        """Finish the file, or stop the server."""
        self._close()


def save_foxglove(path: Path) -> FoxgloveLog:
    """
    Write a file.

    :param path: ends in .mcap; an existing file is replaced.
    :raises FoxgloveError: if it cannot be written.
    """
    foxglove = import_foxglove()
    context = foxglove.Context()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writer = foxglove.open_mcap(path, allow_overwrite=True, context=context)
    except (OSError, RuntimeError) as err:
        raise FoxgloveError(f'{path} cannot be written: {err}') from err
    return FoxgloveLog(context, writer.close)


def serve_foxglove(address: str = '') -> FoxgloveLog:
    """
    Serve the app, which opens a connection to ws://HOST:PORT.

    :param address: HOST:PORT; '' is 127.0.0.1:8765, HOST 0.0.0.0 serves other machines, too.
    :raises FoxgloveError: if that is no address, or it is in use.
    """
    foxglove = import_foxglove()
    context = foxglove.Context()
    host, _, port = (address or f'{HOST}:{PORT}').rpartition(':')
    if not host or not port.isdecimal() or int(port) > 65535:
        raise FoxgloveError(f'address must be HOST:PORT, such as {HOST}:{PORT}, got {address!r}')
    try:
        server = foxglove.start_server(
            name='alphapose_ros', host=host, port=int(port), context=context
        )
    except (OSError, RuntimeError) as err:
        raise FoxgloveError(f'Foxglove cannot be served on {host}:{port}: {err}') from err
    return FoxgloveLog(context, server.stop)


def import_foxglove() -> Any:
    """
    Return the library.

    :raises ImportError: with a hint, if it is missing.
    """
    try:
        return import_module('foxglove')
    except ImportError as err:
        raise ImportError('Foxglove needs foxglove-sdk: pip install alphapose_ros[view]') from err


def _draw(m: Any, person: Marks) -> list[Any]:
    """Return the box, limbs and joints."""
    x0, y0, x1, y1 = person.box.tolist()
    corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    kinds = m.PointsAnnotationType
    return [
        m.PointsAnnotation(
            type=kinds.LineLoop,
            points=_points(m, corners),
            outline_color=_color(m, person.color),
            thickness=1.0,
        ),
        *_draw_parts(
            m, kinds.LineList, person.limbs, person.limb_colors, person.is_fine_limb, person.width
        ),
        *_draw_parts(
            m,
            kinds.Points,
            person.points,
            person.joint_colors,
            person.is_fine_joint,
            person.width + 2,
        ),
    ]


def _draw_parts(
    m: Any,
    kind: Any,
    points: np.ndarray,
    colors: Sequence[Color],
    is_fine: np.ndarray,
    thickness: int,
) -> list[Any]:
    """Return the coarse parts, and the fine ones, if any, which are thin."""
    parts = [(~is_fine, thickness), (is_fine, FINE_PIXELS)]
    return [
        m.PointsAnnotation(
            type=kind,
            points=_points(m, points[chosen].reshape(-1, 2)),
            outline_colors=[_color(m, colors[i]) for i in np.flatnonzero(chosen).tolist()],
            thickness=float(width),
        )
        for chosen, width in parts
        if chosen.any()
    ]


def _label(m: Any, person: Marks) -> Any:
    return m.TextAnnotation(
        position=_points(m, person.box[None, :2])[0],
        text=person.label,
        font_size=float(FONT_PIXELS),
        text_color=_color(m, text_color(person.color)),
        background_color=_color(m, person.color),
    )


def _describe(view: View) -> dict[str, Any]:
    names = view.skeleton.keypoint_names
    return {
        'count': len(view.people),
        'people': [
            {
                'track_id': person.track_id,
                'score': round(person.score, 3),
                'keypoint_scores': {
                    names[joint]: round(score, 3)
                    for joint, score in zip(
                        person.joints.tolist(), person.keypoint_scores.tolist(), strict=True
                    )
                },
            }
            for person in view.people
        ],
    }


def _points(m: Any, points: np.ndarray) -> list[Any]:
    return [m.Point2(x=x, y=y) for x, y in (points + PIXEL_CENTRE).tolist()]


def _color(m: Any, color: Color) -> Any:
    blue, green, red = color
    return m.Color(r=red / 255, g=green / 255, b=blue / 255, a=1.0)
