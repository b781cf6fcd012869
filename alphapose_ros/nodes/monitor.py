# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What a node tells of itself: times, counts and faults on /diagnostics, once a second."""

from __future__ import annotations

from collections import Counter
from collections import deque
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import resource
import time
from typing import Any

import numpy as np
from rclpy.clock import Clock
from rclpy.clock import ClockType
from rclpy.node import Node

from alphapose_ros.inference.gpu import read_gpu_memory_mib
from alphapose_ros.io.messages import DiagnosticArray
from alphapose_ros.io.messages import DiagnosticStatus
from alphapose_ros.io.messages import KeyValue
from alphapose_ros.io.messages import stamp_to_ns

PERIOD_S = 1.0
WINDOW = 200  # images that the percentiles look back on
# Memory is expected to be steady after that many images.
SETTLED_AFTER = 200
# A clock that differs by more is another clock, and the difference says nothing.
MAX_AGE_S = 10.0

Report = tuple[int, str, dict[str, str]]  # level, text, values


def level_of(status: bytes | int) -> int:
    """Return a level as a number; it is a byte string in rclpy."""
    return status[0] if isinstance(status, bytes) else int(status)


OK, WARN, ERROR = (
    level_of(level)
    for level in (DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR)
)


class Monitor:
    """
    Measures a node and reports.

    :param node: the node.
    :param report: what the node knows beyond it: level, text ('' if all is well) and values.
    :param hardware_id: the device that networks run on.
    """

    def __init__(
        self,
        node: Node,
        report: Callable[[], Report] = lambda: (OK, '', {}),
        hardware_id: str = '',
    ) -> None:
        self._node = node
        self._report = report
        self._hardware_id = hardware_id
        self._settled_rss_mib = 0.0
        self._publisher = node.create_publisher(DiagnosticArray, '/diagnostics', 5)
        self._timer = node.create_timer(
            PERIOD_S, self._publish, clock=Clock(clock_type=ClockType.STEADY_TIME)
        )
        self.rejected: Counter[str] = Counter()
        self.received = 0
        self._reported = 0
        self.reset()

    def reset(self) -> None:
        """Forget the times; counts stay."""
        self._series: dict[str, deque[float]] = {}
        self._processed = 0
        self._last_report_s = time.monotonic()
        self._recent_faults = 0
        self.people = 0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what happens inside as a stage."""
        start = time.perf_counter()
        yield
        self.record(f'{name}_ms', (time.perf_counter() - start) * 1e3)

    def record(self, name: str, value: float) -> None:
        """Add a number to a series; its name carries the unit."""
        self._series.setdefault(name, deque(maxlen=WINDOW)).append(value)

    def record_overhead(self, network_ms: float) -> None:
        """Record the last `total` over the network times within it."""
        self.record('overhead_ratio', self._series['total_ms'][-1] / network_ms)

    def finish(self, header: Any, people: int) -> None:
        """Count an image as processed; its age is what passed since its stamp."""
        self.received += 1
        self._processed += 1
        self.people = people
        age_s = (self._node.get_clock().now().nanoseconds - stamp_to_ns(header.stamp)) * 1e-9
        if abs(age_s) < MAX_AGE_S:
            self.record('age_ms', age_s * 1e3)

    def reject(self, reason: str, text: str) -> None:
        """Count a message that cannot be used, and warn, at most once in five seconds."""
        self.received += 1
        self.rejected[reason] += 1
        self._recent_faults += 1
        self._node.get_logger().warning(
            f'dropped an image ({reason}): {text}', throttle_duration_sec=5.0
        )

    def _memory(self) -> dict[str, str]:
        pages = int(Path('/proc/self/statm').read_text().split()[1])
        rss_mib = pages * resource.getpagesize() / 2**20
        if self._settled_rss_mib == 0 and self.received >= SETTLED_AFTER:
            self._settled_rss_mib = rss_mib
        growth_mib = rss_mib - self._settled_rss_mib if self._settled_rss_mib else 0.0
        return {
            'rss_mib': f'{rss_mib:.0f}',
            'rss_growth_mib': f'{growth_mib:.1f}',
            'peak_rss_mib': str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024),
        }

    def _values(self, elapsed_s: float) -> dict[str, str]:
        values = {
            'received': str(self.received),
            'input_fps': f'{(self.received - self._reported) / max(elapsed_s, 1e-9):.1f}',
            'fps': f'{self._processed / max(elapsed_s, 1e-9):.1f}',
            'people': str(self.people),
            'dropped': str(self.rejected.total()),
            **self._memory(),
        }
        values |= {f'dropped.{reason}': str(count) for reason, count in self.rejected.items()}
        for name, numbers in self._series.items():
            p50, p95 = np.percentile(numbers, (50, 95))
            values[f'{name}_p50'], values[f'{name}_p95'] = f'{p50:.3f}', f'{p95:.3f}'
        return values

    def _publish(self) -> None:
        now_s = time.monotonic()
        level, text, values = self._report()
        if self._hardware_id:
            values['device'] = self._hardware_id
        gpu_memory_mib = read_gpu_memory_mib(self._hardware_id)
        if gpu_memory_mib is not None:
            values['gpu_memory_mib'] = f'{gpu_memory_mib:.0f}'
        if level == OK and self._recent_faults:
            level, text = WARN, f'{self._recent_faults} unusable images in the last second'
        status = DiagnosticStatus(
            level=bytes([level]),
            name=self._node.get_fully_qualified_name().lstrip('/'),
            message=text or 'running',
            hardware_id=self._hardware_id,
        )
        values |= self._values(now_s - self._last_report_s)
        status.values = [KeyValue(key=key, value=value) for key, value in values.items()]
        message = DiagnosticArray(status=[status])
        message.header.stamp = self._node.get_clock().now().to_msg()
        self._publisher.publish(message)
        self._processed, self._recent_faults, self._last_report_s = 0, 0, now_s
        self._reported = self.received
