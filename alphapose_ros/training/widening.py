# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Parameters of a narrow network for a wider one that gives the same (Net2Net, Chen et al. 2016).

Channels of the wider one are copies of those of the narrow one, in turn: c is a copy of c modulo
the narrow width. As this holds in every layer, sums of layers and PixelShuffle keep their meaning.
What reads the copies of a channel shares its weight among them, unequally, so that they learn to
differ.
"""

from __future__ import annotations

import torch
from torch import Tensor

from alphapose_ros.io.checkpoints import State

# Of the shares before they are made to add up to one.
_SHARES = 0.5, 1.5


def widen(parameter: Tensor, shape: torch.Size, generator: torch.Generator) -> Tensor:
    """
    Return a parameter for more channels.

    :param parameter: (C_out, ...) of a layer, or (C_out, C_in, ...) of one that reads all C_in
        channels.
    :param shape: of the wider one; but for C_out and C_in as that of the parameter.
    :param generator: of the shares.
    :raises ValueError: if it is not wider.
    """
    old = parameter.shape
    is_wider = len(old) == len(shape) and all(a <= b for a, b in zip(old[:2], shape, strict=False))
    if not is_wider or old[2:] != shape[2:]:
        raise ValueError(f'{tuple(old)} cannot be widened to {tuple(shape)}')
    if not old:
        return parameter
    wide = parameter[torch.arange(shape[0]) % old[0]]
    if len(old) == 1:
        return wide
    sources = torch.arange(shape[1]) % old[1]
    shares = torch.empty(shape[:2]).uniform_(*_SHARES, generator=generator)
    sums = torch.zeros((shape[0], old[1])).index_add_(1, sources, shares)
    shares = shares / sums[:, sources]
    return wide[:, sources] * shares.reshape(*shape[:2], *[1] * (len(shape) - 2))


def widen_state(state: State, own: State, *, seed: int) -> State:
    """
    Return the entries of a network that a wider one has by name, made as wide.

    :param state: of the narrow network.
    :param own: of the wider one, for its names and shapes.
    :param seed: of the shares.
    """
    generator = torch.Generator().manual_seed(seed)
    widened = {}
    for name, parameter in state.items():
        if name in own:
            try:
                widened[name] = widen(parameter, own[name].shape, generator)
            except ValueError:
                continue
    return widened
