# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How late, how often and how regularly messages of a live run came. N messages, S seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alphapose_ros.io.bag_stamps import IMAGE_TYPES
from alphapose_ros.io.bag_stamps import TopicTimes

FloatArray = NDArray[np.float64]
# Later than that nothing live is.
_MAX_LATENCY_S = 60


@dataclass(frozen=True, eq=False)
class LatencyScores:
    """
    Times of a topic; latency is the time of recording minus the stamp of the header.

    :param count: N.
    :param p50_ms: median latency; the other percentiles and the most likewise.
    :param rate_hz: messages per second of recording; NaN of a single message.
    :param jitter_ms: standard deviation of the times between messages.
    :param num_dropped: images without a message, if the bag has the images; else what the gaps
        of the stamps leave room for, at the median distance.
    :param image_topic: the images that were counted; '' if none.
    :param seconds: (S,) int64, since the first message of the bag; those without are left out.
    :param counts: (S,) int64, messages that came in each.
    :param p50s_ms: (S,) median latency in each.
    :param maxima_ms: (S,) likewise.
    """

    count: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    rate_hz: float
    jitter_ms: float
    num_dropped: int
    image_topic: str
    seconds: NDArray[np.int64]
    counts: NDArray[np.int64]
    p50s_ms: FloatArray
    maxima_ms: FloatArray


def evaluate_latency(topics: Mapping[str, TopicTimes]) -> dict[str, LatencyScores]:
    """Return the times of every topic."""
    first_ns = min(int(times.log_times_ns.min()) for times in topics.values())
    return {name: _score(name, topics, first_ns) for name in topics}


def name_clock_trouble(topics: Mapping[str, TopicTimes]) -> tuple[str, ...]:
    """Say, a line each, why latencies of a topic mean nothing."""
    lines = []
    for name, times in topics.items():
        latencies_s = (times.log_times_ns - times.stamps_ns) / 1e9
        num_early = int((latencies_s < 0).sum())
        steps_back = int((np.diff(times.stamps_ns) < 0).sum())
        if not latencies_s.any():
            lines.append(f'{name}: recorded at the times of the stamps, so not live')
        elif num_early:
            lines.append(
                f'{name}: {num_early} of {len(latencies_s)} messages were recorded before their '
                f'stamp, by up to {-latencies_s.min() * 1e3:.1f} ms: the clocks of camera and '
                'recorder differ'
            )
        if np.median(latencies_s) > _MAX_LATENCY_S:
            lines.append(
                f'{name}: stamps are {np.median(latencies_s):.0f} s older than the recording: '
                'another clock, or images that were replayed'
            )
        if steps_back:
            lines.append(f'{name}: stamps step back {steps_back} times')
    return tuple(lines)


def _score(name: str, topics: Mapping[str, TopicTimes], first_ns: int) -> LatencyScores:
    times = topics[name]
    latencies_ms = (times.log_times_ns - times.stamps_ns) / 1e6
    order = np.argsort(times.log_times_ns, kind='stable')
    log_times_ns, ordered_ms = times.log_times_ns[order], latencies_ms[order]
    intervals_ms = np.diff(log_times_ns) / 1e6
    p50, p95, p99 = np.percentile(latencies_ms, [50, 95, 99]).tolist()
    image_topic = _find_images(name, topics)
    seconds = (log_times_ns - first_ns) // 10**9
    present, starts = np.unique(seconds, return_index=True)
    parts = np.split(ordered_ms, starts[1:])
    duration_s = intervals_ms.sum() / 1e3
    return LatencyScores(
        count=len(latencies_ms),
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        max_ms=float(latencies_ms.max()),
        rate_hz=len(intervals_ms) / duration_s if duration_s > 0 else float('nan'),
        jitter_ms=float(intervals_ms.std()) if len(intervals_ms) else float('nan'),
        num_dropped=_dropped(times, topics.get(image_topic)),
        image_topic=image_topic,
        seconds=present,
        counts=np.array([len(part) for part in parts]),
        p50s_ms=np.array([np.median(part) for part in parts]),
        maxima_ms=np.array([part.max() for part in parts]),
    )


def _find_images(name: str, topics: Mapping[str, TopicTimes]) -> str:
    """Return the images that a topic was made of: of those with its stamps, the most."""
    if topics[name].type_name in IMAGE_TYPES:
        return ''
    stamps_ns = topics[name].stamps_ns
    sizes = {
        other: len(times.stamps_ns)
        for other, times in topics.items()
        if times.type_name in IMAGE_TYPES and np.isin(stamps_ns, times.stamps_ns).any()
    }
    return max(sizes, key=lambda other: sizes[other], default='')


def _dropped(times: TopicTimes, images: TopicTimes | None) -> int:
    if images is not None:
        return int((~np.isin(np.unique(images.stamps_ns), times.stamps_ns)).sum())
    steps_ns = np.diff(np.unique(times.stamps_ns))
    if not len(steps_ns):
        return 0
    return int((np.round(steps_ns / np.median(steps_ns)) - 1).clip(min=0).sum())
