# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Networks of PyTorch as ONNX files for any batch size."""

from __future__ import annotations

from copy import deepcopy
import inspect
from pathlib import Path
from typing import Any
import warnings

import torch
from torch import nn
from torch.onnx import symbolic_helper
from torch.onnx.utils import register_custom_op_symbolic
from torch.onnx.utils import unregister_custom_op_symbolic

from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.inference.onnx_network import OnnxNetwork
from alphapose_ros.io.files import replace_file
from alphapose_ros.io.onnx_parameters import halve_parameters

# The first that has deformable convolution.
OPSET = 19
DEFORMABLE = 'torchvision::deform_conv2d'
# Outputs may differ by this part of their spread: sums in another order.
TOLERANCE = 1e-3


def export_onnx(
    module: nn.Module, size_wh: tuple[int, int], path: Path, *, is_halved: bool = False
) -> float:
    """
    Write a network and run it again through our ONNX back end.

    :param module: takes (N, 3, height, width) and gives a tensor or several; it is put into
        evaluation mode.
    :param size_wh: width and height of the images.
    :param path: of the .onnx file.
    :param is_halved: keep the weights of its layers in float16, for a file of half the size; it is
        compared with the network of these weights.
    :return: the largest difference of an output, as a part of its standard deviation.
    :raises ModelFileError: if it cannot be written, gives other results, or has weights that are
        too large for float16.
    """
    module.eval()
    if is_halved:
        module = round_weights(module)
    images = torch.rand((1, 3, size_wh[1], size_wh[0]), generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        outputs = module(images)
    names = (
        ['output']
        if isinstance(outputs, torch.Tensor)
        else [f'output_{i}' for i in range(len(outputs))]
    )
    with replace_file(path) as part:
        _export(module, images, part, names)
        if is_halved:
            halve_parameters(part)
        difference = _compare(module, part, size_wh)
        if difference > TOLERANCE:
            raise ModelFileError(
                f'the ONNX file gives other results than the network: they differ by '
                f'{difference:.1e} of their spread'
            )
    return difference


def round_weights(module: nn.Module) -> nn.Module:
    """
    Return a copy of a network with the weights of its layers as float16 has them.

    :raises ModelFileError: if one is too large.
    """
    rounded = deepcopy(module)
    with torch.no_grad():
        for name, parameter in rounded.named_parameters():
            if parameter.ndim > 1:
                parameter.copy_(parameter.half())
                if not parameter.isfinite().all():
                    raise ModelFileError(
                        f'{name} has weights that are not finite in float16, whose largest number '
                        f'is {torch.finfo(torch.half).max:.0f}'
                    )
    return rounded


def _export(module: nn.Module, images: torch.Tensor, path: Path, names: list[str]) -> None:
    options: dict[str, Any] = {
        'input_names': ['images'],
        'output_names': names,
        'dynamic_axes': {name: {0: 'batch'} for name in ('images', *names)},
        'opset_version': OPSET,
        # Normalisation stays apart: a training can start from the file, and back ends merge it.
        'training': torch.onnx.TrainingMode.PRESERVE,
    }
    if 'dynamo' in inspect.signature(torch.onnx.export).parameters:
        options['dynamo'] = False  # the tracer needs no further package
    register_custom_op_symbolic(DEFORMABLE, _deformable_convolution, OPSET)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')  # of the tracer, about its age
            torch.onnx.export(module, (images,), str(path), **options)
    except RuntimeError as err:
        raise ModelFileError(
            f'this network cannot be written as ONNX: {str(err).strip().splitlines()[-1]}'
        ) from err
    finally:
        unregister_custom_op_symbolic(DEFORMABLE, OPSET)


def _deformable_convolution(
    graph: Any, x: Any, weight: Any, offset: Any, mask: Any, bias: Any, *numbers: Any
) -> Any:
    """Return ONNX's DeformConv for torchvision's operator; both order offsets y, x."""
    values = [symbolic_helper._get_const(n, 'i', 'number') for n in numbers]  # type: ignore[no-untyped-call]
    strides, pads, dilations, (groups, offset_groups, has_mask) = (
        values[:2],
        values[2:4],
        values[4:6],
        values[6:9],
    )
    if has_mask:
        raise RuntimeError('modulated deformable convolution is not written')
    return graph.op(
        'DeformConv',
        x,
        weight,
        offset,
        bias,
        strides_i=strides,
        pads_i=2 * pads,
        dilations_i=dilations,
        group_i=groups,
        offset_group_i=offset_groups,
    )


def _compare(module: nn.Module, path: Path, size_wh: tuple[int, int]) -> float:
    """Return the largest difference between the network and the file, for one and three images."""
    network = OnnxNetwork(path, device='cpu', input_size_wh=size_wh)
    largest = 0.0
    for n in (1, 3):
        generator = torch.Generator().manual_seed(n)
        images = torch.rand((n, 3, size_wh[1], size_wh[0]), generator=generator)
        with torch.inference_mode():
            outputs = module(images)
        expected = [outputs] if isinstance(outputs, torch.Tensor) else list(outputs)
        for a, b in zip(expected, network(images), strict=True):
            spread = max(float(a.std()), 1e-9) if a.numel() > 1 else 1.0
            largest = max(largest, float((a - b).abs().max()) / spread)
    return largest
