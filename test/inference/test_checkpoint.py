# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Every official layout is read from a file, told from its contents, and loaded whole."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from alphapose_ros.inference.checkpoint import build
from alphapose_ros.inference.checkpoint import identify_file
from alphapose_ros.inference.checkpoint import read_state

FIXTURES = Path(__file__).resolve().parents[3] / 'shared' / 'fixtures'


def layout_files() -> list[Any]:
    files = sorted(p for p in FIXTURES.glob('keys_all/*.json') if p.name != 'summary.json')
    files += sorted(p for p in FIXTURES.glob('models/reid_*/keys.json') if 'pga' not in str(p))
    return [pytest.param(f, id=f.stem if f.stem != 'keys' else f.parent.name) for f in files]


def fill_value(fill_rule: Any, key: str, shape: Any, dtype: str, shapes: Any) -> torch.Tensor:
    """Return an entry by the rule; zeros for the constants of a body model, which it lacks."""
    try:
        return torch.from_numpy(fill_rule.fill_one(key, shape, shapes))
    except KeyError:
        return torch.zeros(shape, dtype=getattr(torch, dtype))


@pytest.mark.parametrize('path', layout_files() or [pytest.param(None, id='none')])
def test_every_official_layout_loads_strictly_from_a_file(
    shared_dir: Path, fill_rule: Any, path: Path, tmp_path: Path
) -> None:
    entries = json.loads(path.read_text())
    shapes = {key: tuple(shape) for key, shape, *_ in entries}
    state = {e[0]: fill_value(fill_rule, *e, shapes) for e in entries}
    file = tmp_path / 'any_name.pth'
    torch.save(state, file)
    loaded = read_state(file)
    module = build(identify_file(file, loaded), loaded, file.name)
    found = module.state_dict()
    assert list(found) == list(state)
    assert all(torch.equal(found[key], value) for key, value in state.items())
    file.unlink()
