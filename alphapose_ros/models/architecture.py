# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The description of a network: plain values, so that the catalog costs no import of a library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any


@dataclass(frozen=True)
class Architecture:
    """
    A network and the arguments that it is built with; `models.networks` builds it.

    :param network: a name in `models.networks.NETWORKS`.
    :param options: arguments of its constructor.
    """

    network: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f'{self.network}({", ".join(f"{k}={v!r}" for k, v in self.options.items())})'
