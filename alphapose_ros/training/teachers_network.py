# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Networks in TensorFlow Lite files, and the turned squares of an image that they look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.structures import FloatArray


@dataclass(frozen=True, eq=False)
class Regions:
    """
    Turned squares of an image, of N faces or hands.

    :param centres: (N, 2) x, y.
    :param sides: (N,) lengths.
    :param angles_rad: (N,) from the image's x axis to the square's, towards y.
    """

    centres: FloatArray
    sides: FloatArray
    angles_rad: FloatArray

    def extract(self, image: np.ndarray, size: int) -> np.ndarray:
        """
        Cut out and resize, black outside the image.

        :param image: (H, W, 3) uint8 BGR.
        :param size: width and height of the result in pixels.
        :return: (N, size, size, 3) uint8 BGR.
        """
        crops = np.empty((len(self.sides), size, size, 3), np.uint8)
        axes, offsets = self._maps(size)
        maps = np.concatenate([axes, offsets[:, :, None]], axis=2)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        for crop, matrix in zip(crops, maps, strict=True):
            cv2.warpAffine(image, matrix, (size, size), dst=crop, flags=flags)
        return crops

    def to_image(self, points: FloatArray, size: int) -> FloatArray:
        """
        Map points of the crops to the image.

        :param points: (N, K, 2) x, y in pixels of the crops of width and height `size`.
        :return: (N, K, 2) x, y.
        """
        axes, offsets = self._maps(size)
        mapped = np.einsum('nij,nkj->nki', axes, points) + offsets[:, None]
        return np.asarray(mapped, np.float32)

    def _maps(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Return (N, 2, 2) and (N, 2) that map crops to the image: x -> axes x + offset."""
        scales = self.sides.astype(np.float64) / size
        cos, sin = scales * np.cos(self.angles_rad), scales * np.sin(self.angles_rad)
        axes = np.stack([np.stack([cos, -sin], 1), np.stack([sin, cos], 1)], axis=1)
        return axes, self.centres - axes.sum(axis=2) * (size / 2)


def enclosing_regions(points: FloatArray, angles_rad: FloatArray, padding: float) -> Regions:
    """
    Return the smallest squares of given angles that hold all points, enlarged.

    :param points: (N, K, 2) x, y.
    :param angles_rad: (N,).
    :param padding: factor of the enlargement about the centre.
    """
    cos, sin = np.cos(angles_rad), np.sin(angles_rad)
    axes = np.stack([np.stack([cos, -sin], 1), np.stack([sin, cos], 1)], axis=1)  # (N, 2, 2)
    turned = points @ axes
    low, high = turned.min(axis=1), turned.max(axis=1)
    centres = np.einsum('nij,nj->ni', axes, (low + high) / 2)
    sides = np.maximum((high - low).max(axis=1), 1) * padding
    return Regions(centres.astype(np.float32), sides.astype(np.float32), angles_rad)


def direction(vectors: FloatArray) -> FloatArray:
    """Return the angles of (N, 2) vectors from the x axis towards y."""
    angles: FloatArray = np.arctan2(vectors[:, 1], vectors[:, 0])
    return angles


def mirror_points(points: FloatArray, size: int) -> FloatArray:
    """Return (..., 2) points of a mirrored image of that width as points of the image."""
    offset = np.array([size - 1, 0], np.float32)
    return np.asarray(offset + points * np.array([-1, 1], np.float32), np.float32)


def sigmoid(logits: FloatArray) -> FloatArray:
    """Return scores in (0, 1)."""
    return np.asarray(0.5 + 0.5 * np.tanh(logits / 2), np.float32)


class TfliteNetwork:
    """
    A network with one image input (1, S, S, 3), which OpenVINO runs on the CPU.

    :param folder: where the file is, or below.
    :param file_name: of the network, .tflite.
    :param low: the input's value for black.
    :param high: for white.
    :raises ModelFileError: if there is no such file, or OpenVINO is missing or cannot read it.
    """

    def __init__(self, folder: Path, file_name: str, low: float = 0.0, high: float = 1.0) -> None:
        path = next(iter(sorted(folder.rglob(file_name))), None)
        if path is None:
            raise ModelFileError(f'there is no {file_name} in {folder} or below')
        try:
            import openvino
        except ImportError as err:
            raise ModelFileError(
                f'{path} needs OpenVINO: pip install alphapose_ros[openvino]'
            ) from err
        core = openvino.Core()
        try:
            model = core.read_model(path)
            self._shapes = [tuple(output.shape)[1:] for output in model.outputs]
            self.size = int(model.inputs[0].partial_shape[1].get_length())
            # So small that a second thread costs more than it does.
            options = {'INFERENCE_NUM_THREADS': 1, 'INFERENCE_PRECISION_HINT': 'f32'}
            self._request = core.compile_model(model, 'CPU', options).create_infer_request()
        except RuntimeError as err:
            raise ModelFileError(f'OpenVINO cannot load {path}: {err}') from err
        self._low, self._high = low, high

    def __call__(self, crops: np.ndarray) -> list[FloatArray]:
        """
        Run the network.

        :param crops: (N, S, S, 3) uint8 BGR of `size`.
        :return: the outputs in the order of the network, each with first axis N.
        """
        scale = (self._high - self._low) / 255
        batch = self._low + crops[..., ::-1].astype(np.float32) * scale
        outputs = [np.empty((len(batch), *shape), np.float32) for shape in self._shapes]
        for i, image in enumerate(batch):  # the files hold reshapes to a batch of one
            results = self._request.infer([image[None]])
            for k, output in enumerate(outputs):
                output[i] = results[k][0]
        return outputs
