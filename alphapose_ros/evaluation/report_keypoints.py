# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The parts of a report about joints, of one run or of A and B."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alphapose_ros.evaluation.alignment import align
from alphapose_ros.evaluation.alignment import Comparison
from alphapose_ros.evaluation.details import ImageDetails
from alphapose_ros.evaluation.details import pair_people
from alphapose_ros.evaluation.details import PersonDetails
from alphapose_ros.evaluation.details import precision_recall
from alphapose_ros.evaluation.details import score_images
from alphapose_ros.evaluation.figures import Figure
from alphapose_ros.evaluation.figures import make_figure
from alphapose_ros.evaluation.figures import RUNS
from alphapose_ros.evaluation.figures_keypoints import draw_joint_errors
from alphapose_ros.evaluation.figures_keypoints import draw_precision_recall
from alphapose_ros.evaluation.figures_keypoints import draw_similarities
from alphapose_ros.evaluation.figures_keypoints import joint_rows
from alphapose_ros.evaluation.report import join_notes
from alphapose_ros.evaluation.report import NumberTable
from alphapose_ros.evaluation.report import Picture
from alphapose_ros.evaluation.report import Report
from alphapose_ros.evaluation.report import RunFacts
from alphapose_ros.evaluation.report import Section
from alphapose_ros.evaluation.report_pictures import draw_comparison
from alphapose_ros.evaluation.report_pictures import NUM_PICTURES
from alphapose_ros.evaluation.report_pictures import ReadImages
from alphapose_ros.evaluation.report_pictures import to_jpeg
from alphapose_ros.evaluation.summary import keypoint_numbers
from alphapose_ros.evaluation.summary import Numbers
from alphapose_ros.io.keypoint_results import KeypointResults
from alphapose_ros.io.keypoint_truth import KeypointTruth

_CARDS = (
    ('AP', 'oks.whole.ap'),
    ('AP .50', 'oks.whole.ap50'),
    ('AP .75', 'oks.whole.ap75'),
    ('AR', 'oks.whole.ar'),
    ('PCK box .2', 'pck_box_0.2'),
    ('PCKh .5', 'pckh_0.5'),
    ('people', 'people'),
    ('of them found', 'found'),
)
_TEXT = (
    'OKS, the similarity of keypoints, is 1 for joints that lie exactly on the true ones. AP and '
    'AR are means over the OKS from .50 to .95 from which a person counts as found. Errors are in '
    "pixels or in parts of the person's size, the square root of the area; joints of people who "
    'were missed are not correct, and have no error.'
)
_OKS_MEASURES = ('ap', 'ap50', 'ap75', 'ap_medium', 'ap_large', 'ar')
_JOINT_MEASURES = ('labelled', 'found', 'error_px', 'error_relative', 'pck_box', 'pckh')
_COMPARED_MEASURES = ('error_px', 'error_relative', 'pck_box', 'pckh')
_SHARES = ('pck_box_0.2', 'pck_torso_0.2', 'pdj_0.2', 'pckh_0.5', 'pcp_0.5')


@dataclass(frozen=True, eq=False)
class KeypointRun:
    """
    Results and how exact they are.

    :param comparison: what was found of what is true.
    :param people: who was taken for whom.
    :param numbers: the scores.
    """

    comparison: Comparison
    people: PersonDetails
    numbers: Numbers

    @staticmethod
    def measure(truth: KeypointTruth, results: KeypointResults) -> KeypointRun:
        """Compare results with what is true; raises as `align`."""
        comparison = align(truth, results)
        people = pair_people(comparison)
        return KeypointRun(comparison, people, keypoint_numbers(comparison, people))


def keypoint_report(
    title: str,
    facts: Mapping[str, str],
    described: tuple[RunFacts, ...],
    runs: Sequence[KeypointRun],
    read_images: ReadImages,
) -> Report:
    """Return a report, without what the keypoint set does not allow."""
    return Report(
        title=title,
        facts=facts,
        runs=described,
        numbers=tuple(run.numbers for run in runs),
        cards=_CARDS,
        notes=join_notes([run.comparison.notes for run in runs]),
        sections=keypoint_sections(runs, read_images),
    )


def keypoint_sections(runs: Sequence[KeypointRun], read_images: ReadImages) -> tuple[Section, ...]:
    """Return the parts of the report."""
    names = runs[0].people.skeleton.keypoint_names
    parts = dict.fromkeys(key.split('.')[1] for key in runs[0].numbers if key.startswith('oks.'))
    tables = (
        NumberTable(
            'Average precision and recall',
            'part',
            tuple((part.replace('_', ' '), f'oks.{part}.') for part in parts),
            _OKS_MEASURES,
        ),
        NumberTable('Share of correct joints', '', (('all', ''),), _SHARES),
        NumberTable(
            'Every joint',
            'joint',
            tuple((name.replace('_', ' '), f'joint.{name}.') for name in names),
            _JOINT_MEASURES if len(runs) == 1 else _COMPARED_MEASURES,
            is_folded=True,
        ),
    )
    accuracy = Section('Accuracy', _TEXT, tables=tables, figures=tuple(_figures(runs)))
    return accuracy, *_picture_sections(runs, read_images)


def _figures(runs: Sequence[KeypointRun]) -> Iterator[Figure]:
    """Give what the keypoint set and the labels allow."""
    people = [run.people for run in runs]
    has_similarity = bool(people[0].skeleton.sigmas)
    if not len(people[0].found):
        return
    if has_similarity:
        curves = [precision_recall(run.comparison) for run in runs]
        yield make_figure(
            'precision_recall',
            'Precision over recall',
            f'Precision over recall. {_listed(runs, "AP", "oks.whole.ap")}',
            lambda axes: draw_precision_recall(axes, curves),
        )
    yield make_figure(
        'joint_errors',
        'Error of every joint',
        'Median and 90th percentile of the error of every joint; a table has the numbers.',
        lambda axes: draw_joint_errors(axes, people),
        height_px=110 + (12 + 5 * len(runs)) * len(joint_rows(people[0].skeleton)),
    )
    if has_similarity:
        yield make_figure(
            'similarities',
            'Similarity to the true people',
            f'Histogram of the OKS of all true people. {_listed(runs, "AR", "oks.whole.ar")}',
            lambda axes: draw_similarities(axes, people),
        )


def _picture_sections(runs: Sequence[KeypointRun], read_images: ReadImages) -> list[Section]:
    details = [score_images(run.comparison, run.people) for run in runs]
    worst, best = choose_images(details[0])
    images = read_images([*worst, *best])
    sections = []
    for title, chosen in (('Worst images', worst), ('Best images', best)):
        pictures = tuple(_picture(runs[0], details, i, images[i]) for i in chosen if i in images)
        if pictures:
            of = f' of {RUNS[0]}' if len(runs) > 1 else ''
            text = f'By mean OKS{of}. Thick and orange is found, thin and white is true.'
            sections.append(Section(title, text, pictures=pictures))
    return sections


def choose_images(details: ImageDetails) -> tuple[list[int], list[int]]:
    """Return the indices of the worst images, worst first, and of the best, best first."""
    order = details.worst_first().tolist()
    num_worst = min(NUM_PICTURES, (len(order) + 1) // 2)
    num_best = min(NUM_PICTURES, len(order) - num_worst)
    return order[:num_worst], order[::-1][:num_best]


def draw_image(run: KeypointRun, i: int, image: np.ndarray) -> np.ndarray:
    """Return the image of an index, made small, with true and found people."""
    people = run.people
    is_here = people.images == i
    truth = np.where(
        people.is_labelled[is_here, :, None], people.truth[is_here], np.float32(np.nan)
    )
    return draw_comparison(image, people.skeleton, truth, run.comparison.found[i].poses.keypoints)


def _picture(
    run: KeypointRun, details: Sequence[ImageDetails], i: int, image: np.ndarray
) -> Picture:
    jpeg, size_wh = to_jpeg(draw_image(run, i, image))
    name = details[0].file_names[i] or f'image {details[0].image_ids[i]}'
    others = ''.join(f' ({RUNS[1]} {other.oks[i]:.2f})' for other in details[1:])
    counts = f'{details[0].num_paired[i]} of {details[0].num_true[i]} found'
    caption = f'{name}: OKS {details[0].oks[i]:.2f}{others}, {counts}'
    return Picture(jpeg, size_wh, caption, f'True and found people of {name}')


def _listed(runs: Sequence[KeypointRun], label: str, key: str) -> str:
    """Return a number of each run as a sentence."""
    texts = [f'{run.numbers[key]:.3f}' for run in runs]
    if len(runs) > 1:
        texts = [f'{text} in {name}' for text, name in zip(texts, RUNS, strict=True)]
    return f'{label}: {", ".join(texts)}.'
