# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Which of the images that were sent came back as tracks, and after what time."""

from __future__ import annotations

from array import array
from collections import deque
import struct
from typing import Any

import numpy as np

# How long to wait for tracks, and when to send the first image again.
TRACKS_TIMEOUT_S = 5.0
FIRST_TIMEOUT_S = 2.0
NAMED_IMAGES = 5  # of those that are lost
_STAMP_OFFSET = 4  # the head of CDR


class ReplayCheck:
    """
    Compares by stamps, which may occur again when a bag begins anew.

    The first image waits for its tracks: then everybody has found each other.

    :param paced: every image waits for the tracks of the last one.
    """

    def __init__(self, *, paced: bool) -> None:
        self._paced = paced
        self._images = self._tracks = self._unexpected = self._disordered = 0
        self._waiting: dict[int, deque[tuple[int, float]]] = {}
        self._awaited_ns: int | None = None
        self._last_number = -1
        self._active_s = 0.0
        self._latencies_s = array('d')

    @property
    def is_answered(self) -> bool:
        """Whether an image came back."""
        return self._tracks > 0

    def is_settled(self, now_s: float) -> bool:
        """Tell whether all images came back, or nothing comes any more."""
        return not self._waiting or (self.is_answered and self._is_quiet(now_s))

    def holds(self, now_s: float) -> bool:
        """Tell whether the next image has to wait."""
        if self._awaited_ns is None:
            return False
        return not self.is_answered or not self._is_quiet(now_s)

    def needs_repeat(self, now_s: float) -> bool:
        """Tell, once in FIRST_TIMEOUT_S, whether the first image is to be sent again."""
        if self.is_answered or now_s - self._active_s < FIRST_TIMEOUT_S:
            return False
        self._active_s = now_s
        return True

    def add_image(self, stamp_ns: int, now_s: float) -> None:
        """Note an image that is sent."""
        self._waiting.setdefault(stamp_ns, deque()).append((self._images, now_s))
        if self._paced or self._images == 0:
            self._awaited_ns = stamp_ns
        self._images += 1
        self._active_s = now_s

    def add_tracks(self, stamp_ns: int, now_s: float) -> None:
        """Note tracks that came."""
        if stamp_ns not in self._waiting:
            self._unexpected += 1
            return
        number, sent_s = self._waiting[stamp_ns].popleft()
        if not self._waiting[stamp_ns]:
            del self._waiting[stamp_ns]
        if stamp_ns == self._awaited_ns:
            self._awaited_ns = None
        self._tracks += 1
        self._disordered += number < self._last_number
        self._last_number = max(number, self._last_number)
        self._latencies_s.append(now_s - sent_s)
        self._active_s = now_s

    def report(self, now_s: float) -> dict[str, Any]:
        """
        Return counts, the stamps of the first lost images, and latencies; JSON can hold it.

        Not lost are images that were sent just before and may still come back.
        """
        lost = sorted(
            (number, stamp_ns)
            for stamp_ns, images in self._waiting.items()
            for number, sent_s in images
            if number < self._last_number or now_s - sent_s >= TRACKS_TIMEOUT_S
        )
        latencies_ms = np.array(self._latencies_s or [0.0]) * 1e3  # JSON knows no NaN
        p50, p95, p99 = np.percentile(latencies_ms, (50, 95, 99)).tolist()
        return {
            'images': self._images,
            'tracks': self._tracks,
            'lost': len(lost),
            'lost_stamps_ns': [stamp_ns for _, stamp_ns in lost[:NAMED_IMAGES]],
            'unexpected': self._unexpected,
            'disordered': self._disordered,
            'latency_ms_p50': p50,
            'latency_ms_p95': p95,
            'latency_ms_p99': p99,
        }

    def _is_quiet(self, now_s: float) -> bool:
        return now_s - self._active_s >= TRACKS_TIMEOUT_S


def read_stamp_ns(data: bytes) -> int:
    """Return the stamp of a serialised message that begins with a header."""
    sec, nanosec = struct.unpack_from('<iI' if data[1] & 1 else '>iI', data, _STAMP_OFFSET)
    return int(sec * 10**9 + nanosec)
