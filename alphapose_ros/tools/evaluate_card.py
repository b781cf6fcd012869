# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The models of `evaluate card`, measured beside others on the same images."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
import math
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from alphapose_ros.evaluation.card import every_nth
from alphapose_ros.evaluation.card import find_people
from alphapose_ros.evaluation.card import LabelledImages
from alphapose_ros.evaluation.card import score_limbs
from alphapose_ros.evaluation.card import score_parts
from alphapose_ros.evaluation.card import score_sized_parts
from alphapose_ros.evaluation.card_pictures import draw_best_and_worst
from alphapose_ros.evaluation.card_pictures import draw_whole_bodies
from alphapose_ros.evaluation.identities import Embed
from alphapose_ros.evaluation.identities import evaluate_identities
from alphapose_ros.evaluation.model_runs import AnyEstimator
from alphapose_ros.evaluation.report_keypoints import KeypointRun
from alphapose_ros.evaluation.summary import Numbers
from alphapose_ros.inference.detector import DetectionLimits
from alphapose_ros.inference.detector import PersonDetector
from alphapose_ros.inference.load import load_detector
from alphapose_ros.inference.load import load_reid
from alphapose_ros.inference.network import ModelFileError
from alphapose_ros.inference.options import NetworkOptions
from alphapose_ros.io.mot import read_sequence_info
from alphapose_ros.io.mot_sequences import sequence_images
from alphapose_ros.io.video import write_image
from alphapose_ros.io.weights import WeightsError
from alphapose_ros.structures import Detections
from alphapose_ros.structures import FloatArray
from alphapose_ros.tools.evaluate_card_file import CARD
from alphapose_ros.tools.evaluate_card_file import Card
from alphapose_ros.tools.evaluate_card_file import check_card
from alphapose_ros.tools.evaluate_card_file import read_card
from alphapose_ros.tools.evaluate_card_file import write_card
from alphapose_ros.tools.evaluate_peers import find_size
from alphapose_ros.tools.evaluate_peers import load_network
from alphapose_ros.tools.evaluate_peers import TEACHER
from alphapose_ros.tools.evaluate_report import true_images
from alphapose_ros.tools.evaluate_sets import COCO
from alphapose_ros.tools.evaluate_sets import HALPE
from alphapose_ros.tools.evaluate_sets import LSP
from alphapose_ros.tools.evaluate_sets import read_sets
from alphapose_ros.tools.evaluate_sets import render_held_out
from alphapose_ros.tools.evaluate_sets import RENDERED
from alphapose_ros.tools.evaluate_tables import print_numbers
from alphapose_ros.training.detection_validation import evaluate_detector
from alphapose_ros.training.detection_validation import true_people

SIZES = 'sizes'
SEQUENCES = ('TUD-Campus', 'PETS09-S2L1')
# Who finds the people where boxes are a network's own.
OWN_DETECTORS = MappingProxyType({'bundled': 'bundled_detector'})
PEER_DETECTOR = 'yolox_nano'
# Images of each sequence in which people are asked for.
IDENTITY_IMAGES = 100

T = TypeVar('T')


def evaluate_card(
    console: Console,
    *,
    data: Path,
    output: Path,
    models: Sequence[str],
    detectors: Sequence[str],
    reid: Sequence[str],
    limit: int,
    check: Path | None,
    weights_dir: str,
    device: str,
) -> int:
    """Measure, print, write card.json and pictures; return 1 if the card to check differs."""
    known = None if check is None else read_card(check)
    peers_dir = data / 'weights'
    options = NetworkOptions(weights_dir=weights_dir or str(peers_dir), device=device)
    finders = load_finders(console, [*detectors, *map(own_detector, models)], options)
    with TemporaryDirectory() as folder:
        sets = read_sets(data / 'annotated', limit)
        try:
            sets[RENDERED] = render_held_out(data / 'synth', Path(folder), limit)
        except ValueError as err:
            console.print(f'left out: {RENDERED}: {err}')
        card: Card = {name: {} for name in (*sets, *SEQUENCES, SIZES)}
        for model in models:
            network = attempt(console, model, partial(load_network, model, peers_dir, options))
            if network is not None:
                with console.status(model):
                    runs = measure_network(card, model, network, finders, sets)
                    embed = partial(_embeddings, network)
                    measure_identities(card, model, embed, data / 'tracking', limit)
                if model == models[0]:
                    draw_pictures(console, output, runs, sets)
    for name in reid:
        embedder = attempt(console, name, partial(load_reid, name, options))
        if embedder is not None:
            measure_identities(card, name, embedder.embed, data / 'tracking', limit)
    for name in detectors:
        if name in finders:
            with console.status(name):
                measure_detector(card, name, finders[name], data / 'tracking', limit)
    measure_sizes(console, card, [*models, *detectors], peers_dir, options.weights_dir)
    print_card(console, card)
    numbers = write_card(console, output / CARD, card)
    return 0 if known is None else check_card(console, known, numbers)


def attempt(console: Console, model: str, action: Callable[[], T]) -> T | None:
    """Do something with a model, or tell why it is left out."""
    try:
        return action()
    except (ModelFileError, WeightsError) as err:
        console.print(f'left out: {model}: {err}')
        return None


def name_in_card(model: str) -> str:
    """Return a name as it is, and the last two parts of a path."""
    return '/'.join(Path(model).with_suffix('').parts[-2:])


def own_detector(model: str) -> str:
    """Return the detector that goes with a pose network."""
    return OWN_DETECTORS.get(model, PEER_DETECTOR)


def load_finders(
    console: Console, names: Sequence[str], options: NetworkOptions
) -> dict[str, PersonDetector]:
    """Return the detectors that are there."""
    finders = {
        name: attempt(console, name, partial(load_detector, name, options))
        for name in dict.fromkeys(names)
    }
    return {name: finder for name, finder in finders.items() if finder is not None}


def measure_network(
    card: Card,
    model: str,
    network: AnyEstimator,
    finders: Mapping[str, PersonDetector],
    sets: Mapping[str, LabelledImages],
) -> dict[str, KeypointRun]:
    """
    Run a pose network over the data sets, add its numbers to the card, and return the runs.

    The teachers know whole bodies only, and are slow.
    """
    runs = {}
    finder = finders.get(own_detector(model))
    for name, data in sets.items():
        if model == TEACHER and name != HALPE:
            continue
        runs[name] = run = KeypointRun.measure(data.truth, find_people(network, None, data))
        numbers: Numbers = {'images': run.numbers['images']}
        if name == LSP:
            numbers |= score_limbs(run.people)
        elif name == HALPE:
            numbers |= score_parts(run.people)
        elif name == RENDERED:
            numbers |= score_sized_parts(run.people)
        else:
            numbers |= _precision(run, '')
            if finder is not None:
                found = find_people(network, finder, data)
                numbers |= _precision(KeypointRun.measure(data.truth, found), '_own_boxes')
        card[name][name_in_card(model)] = numbers
    return runs


def _precision(run: KeypointRun, suffix: str) -> Numbers:
    return {f'{name}{suffix}': run.numbers[f'oks.whole.{name}'] for name in ('ap', 'ar')}


def measure_detector(
    card: Card, model: str, finder: PersonDetector, folder: Path, limit: int
) -> None:
    """Run a detector over the sequences with its default limits, and add to the card."""
    limits = DetectionLimits()
    for name in SEQUENCES:
        length = read_sequence_info(folder / name / 'seqinfo.ini').length
        every = every_nth(length, limit)
        scores = evaluate_detector(
            true_people(sequence_images(folder / name, every=every)),
            lambda image: finder.detect(image, limits),
            min_score=limits.min_score,
        )
        card[name][name_in_card(model)] = {
            'images': len(range(0, length, every)),
            'recall': scores.recall,
            'precision': scores.precision,
        }


def measure_identities(card: Card, model: str, embed: Embed, folder: Path, limit: int) -> None:
    """Ask for the people of the sequences by their identity vectors, and add to the card."""
    for name in SEQUENCES:
        length = read_sequence_info(folder / name / 'seqinfo.ini').length
        every = every_nth(length, min(limit, IDENTITY_IMAGES) or IDENTITY_IMAGES)
        scores = evaluate_identities(sequence_images(folder / name, every=every), embed)
        if not math.isnan(scores.rank1):
            card[name][name_in_card(model)] = {
                'images': len(range(0, length, every)),
                **asdict(scores),
            }


def _embeddings(network: AnyEstimator, image: NDArray[np.uint8], boxes: FloatArray) -> FloatArray:
    """Return the vectors that a pose network gives of its own; of others they have no length."""
    people = Detections(boxes, np.ones(len(boxes), np.float32))
    return network.estimate(image, people).embeddings


def measure_sizes(
    console: Console, card: Card, models: Sequence[str], peers_dir: Path, weights_dir: str
) -> None:
    """Add the sizes of all models that have been measured and have a file of their own."""
    measured = {name for numbers in card.values() for name in numbers} - {TEACHER}
    for model in models:
        name = name_in_card(model)
        if name in measured:
            size = attempt(console, model, partial(find_size, model, peers_dir, weights_dir))
            if size is not None:
                card[SIZES][name] = asdict(size)


def draw_pictures(
    console: Console,
    folder: Path,
    runs: Mapping[str, KeypointRun],
    sets: Mapping[str, LabelledImages],
) -> None:
    """Write the best and the worst images of COCO, and the whole bodies."""
    sheets: dict[str, np.ndarray] = {}
    readers = {
        name: true_images(sets[name].truth, folder, sets[name].folder) for name in (COCO, HALPE)
    }
    if COCO in runs:
        sheets |= draw_best_and_worst(runs[COCO], readers[COCO])
    images = readers[HALPE](range(len(sets[HALPE].truth.image_ids)))
    sheets['halpe'] = draw_whole_bodies(runs[HALPE], list(images.values()))
    folder.mkdir(parents=True, exist_ok=True)
    for name, sheet in sheets.items():
        write_image(folder / f'{name}.png', sheet)
    console.print(f'{folder}: {", ".join(f"{name}.png" for name in sheets)}')


def print_card(console: Console, card: Card) -> None:
    """Print a table of every data set."""
    for name, models in card.items():
        numbers = {f'{m}.{key}': v for m, values in models.items() for key, v in values.items()}
        measures = dict.fromkeys(key for values in models.values() for key in values)
        print_numbers(console, name, numbers, [(m, f'{m}.') for m in models], list(measures), {})
    finders = [f'{own_detector(model)} for {model}' for model in card[COCO]]
    console.print(f'own boxes are those of {", ".join(finders)}')
