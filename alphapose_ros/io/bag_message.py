# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What a bag holds, whichever way it is stored, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MAX_PROBLEMS = 100


class DamageError(ValueError):
    """A part of a bag that cannot be used."""


@dataclass(frozen=True)
class TopicInfo:
    """
    A topic of a bag.

    :param type_name: such as sensor_msgs/msg/Image.
    :param count: its messages, None if that is unknown.
    """

    type_name: str
    count: int | None


@dataclass(frozen=True)
class BagMessage:
    """
    A message as it is stored.

    :param log_time_ns: when it was recorded.
    :param data: in CDR.
    """

    topic: str
    type_name: str
    log_time_ns: int
    data: bytes


class Problems:
    """Damage that was met: one line each, each line once, at most MAX_PROBLEMS and a last one."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, path: Path, text: str) -> None:
        """Note what is wrong with a file."""
        line = f'{path.name}: {text}'
        if line in self.lines or len(self.lines) > MAX_PROBLEMS:
            return
        is_last = len(self.lines) == MAX_PROBLEMS
        self.lines.append('there are more problems' if is_last else line)
