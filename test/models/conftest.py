# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Networks are compared with outputs that were measured on networks filled by one rule."""

from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch


@pytest.fixture
def check_layout(shared_dir: Path) -> Callable[[torch.nn.Module, str], None]:
    """Return a function that compares keys, shapes and order with `keys_all/<name>.json`."""

    def check(network: torch.nn.Module, name: str) -> None:
        entries = json.loads((shared_dir / 'fixtures/keys_all' / f'{name}.json').read_text())
        wanted = [(key, tuple(shape)) for key, shape, *_ in entries]
        got = [(key, tuple(value.shape)) for key, value in network.state_dict().items()]
        assert got == wanted

    return check


@pytest.fixture
def fixture_model(shared_dir: Path) -> Callable[[str], tuple[dict[str, Any], Any]]:
    """Return a function that reads `models/<name>`: its meta.json and the arrays of io.npz."""

    def read(name: str) -> tuple[dict[str, Any], Any]:
        folder = shared_dir / 'fixtures/models' / name
        return json.loads((folder / 'meta.json').read_text()), np.load(folder / 'io.npz')

    return read


@pytest.fixture
def fill(fill_rule: Any) -> Callable[..., None]:
    """Return a function that fills a network by the rule of the fixtures and checks the sum."""

    def fill_network(
        network: torch.nn.Module, meta: dict[str, Any], *, gain1: bool = False
    ) -> None:
        entries = [(key, tuple(value.shape)) for key, value in network.state_dict().items()]
        gains = {} if gain1 else {k: meta.get(k, 1.0) for k in ('norm_gain', 'head_gain')}
        arrays = fill_rule.fill(entries, **gains)
        assert fill_rule.checksum(arrays) == meta['checksum_gain1' if gain1 else 'checksum']
        tensors = {key: torch.from_numpy(value) for key, value in arrays.items()}
        network.load_state_dict(tensors, strict=True)
        network.eval()

    return fill_network
