# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
Fill the tables of docs/models.md and docs/tracking.md from the catalog and the last bench, and
those of the model card from its numbers.

    python docs/fill_tables.py
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
import json
from pathlib import Path
import re
from urllib.parse import urlparse

from alphapose_ros.models.catalog import DETECTORS
from alphapose_ros.models.catalog import POSE_NETWORKS
from alphapose_ros.models.catalog import REID_NETWORKS
from alphapose_ros.models.catalog_alphapose import ALPHAPOSE_POSE
from alphapose_ros.models.records import ModelRecord
from alphapose_ros.tools.bench_tracking import DETECTORS as TRACKING_DETECTORS
from alphapose_ros.tools.bench_tracking import SEQUENCES

DOCS = Path(__file__).parent
BENCH = DOCS.parent / 'bench_output' / 'bench.json'
WEIGHTS = DOCS.parent / 'alphapose_ros' / 'weights'
Row = tuple[str, ...]
TRACKERS = {
    'ours': '**ours**',
    'ours_without_vectors': 'ours without vectors',
    'compat': 'AlphaPose',
    'bytetrack': 'ByteTrack',
    'sort': 'SORT',
}


def main() -> None:
    """Rewrite what stands between `<!-- table -->` and `<!-- end -->`."""
    numbers = json.loads(BENCH.read_text()) if BENCH.is_file() else {}
    models = DOCS / 'models.md'
    fill(models, make_model_tables(numbers, read_times(models.read_text())))
    if 'tracking.tud_campus.ours.idf1' in numbers:
        fill(DOCS / 'tracking.md', {'results': make_tracking_table(numbers)})
    fill(WEIGHTS / 'README.md', make_card_tables(json.loads((WEIGHTS / 'card.json').read_text())))


def fill(page: Path, tables: Mapping[str, list[Row]]) -> None:
    """Rewrite the tables of a page."""
    text = page.read_text()
    for table, rows in tables.items():
        pattern = rf'(<!-- {table} -->\n).*?(<!-- end -->)'
        text, count = re.subn(pattern, rf'\g<1>{_join(rows)}\g<2>', text, flags=re.DOTALL)
        if count != 1:
            raise SystemExit(f'{page} must hold the table {table} once, it does {count} times')
    page.write_text(text)


def read_times(text: str) -> dict[str, str]:
    """Return the milliseconds in the tables of a page, by model."""
    times = {}
    column = None
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split('|')]
        if cells[1:2] == ['name']:
            column = cells.index('ms') if 'ms' in cells else None
        elif column is not None and column < len(cells):
            times[cells[1].strip('`')] = cells[column]
    return times


def make_tracking_table(numbers: Mapping[str, float]) -> list[Row]:
    """Return what every tracker reached on every sequence."""
    head = ('sequence', 'people from', 'tracker', 'IDF1', 'HOTA', 'MOTA', 'id switches')
    rows: list[Row] = [head]
    for sequence, name in SEQUENCES.items():
        for suffix, detector in TRACKING_DETECTORS.items():
            for tracker, shown in TRACKERS.items():
                key = f'tracking.{sequence}{suffix}.{tracker}'
                scores = (f'{numbers[f"{key}.{score}"]:.3f}' for score in ('idf1', 'hota', 'mota'))
                switches = f'{numbers[f"{key}.id_switches"]:.0f}'
                people = f'`{detector}`' if detector else 'public detections'
                rows.append((name, people, shown, *scores, switches))
    return rows


def make_card_tables(card: Mapping[str, float | None]) -> dict[str, list[Row]]:
    """Return what `evaluate card` has measured, by kind; a dash where a network lacks a part."""
    columns = {
        'joints': {
            'coco_mini: AP': 'coco_mini.{}.ap',
            'own': 'coco_mini.{}.ap_own_boxes',
            'coco_cc_by_subset: AP': 'coco_cc_by_subset.{}.ap',
            'own ': 'coco_cc_by_subset.{}.ap_own_boxes',
            'lspet_val: limbs': 'lspet_val.{}.pck_limbs',
            'with neck and head': 'lspet_val.{}.pck_all',
        },
        'parts': {
            part.replace('_', ' '): f'halpe.{{}}.{part}'
            for part in ('body', 'feet', 'face', 'left_hand', 'right_hand')
        },
        'rendered': {
            part.replace('_', ' '): f'rendered.{{}}.pck_{part}'
            for part in ('body', 'feet', 'face', 'left_hand', 'right_hand')
        },
        'people': {
            f'{name}: {measure}': f'{name}.{{}}.{measure}'
            for name in ('TUD-Campus', 'PETS09-S2L1')
            for measure in ('recall', 'precision')
        },
        'identities': {
            f'{name}: {title}': f'{name}.{{}}.{measure}'
            for name in ('TUD-Campus', 'PETS09-S2L1')
            for title, measure in (('rank-1', 'rank1'), ('mAP', 'mean_ap'))
        },
    }
    return {name: _card_table(card, keys) for name, keys in columns.items()}


def _card_table(card: Mapping[str, float | None], columns: Mapping[str, str]) -> list[Row]:
    sets = {key.split('.')[0] for key in columns.values()}
    models = dict.fromkeys(key.split('.')[1] for key in card if key.split('.')[0] in sets)
    rows: list[Row] = [('', *columns)]
    for model in models:
        values = [card.get(key.format(model)) for key in columns.values()]
        if any(value is not None for value in values):
            rows.append((f'`{model}`', *('-' if v is None else f'{v:.3f}' for v in values)))
    return rows


def make_model_tables(
    numbers: Mapping[str, float], known_ms: Mapping[str, str]
) -> dict[str, list[Row]]:
    """Return the rows of every table, its head first; what was not measured now keeps its time."""

    def ms(record: ModelRecord) -> str:
        value = numbers.get(f'models.{record.name}_ms')
        return f'{value:.0f}' if value else known_ms.get(record.name, '')

    def common(record: ModelRecord) -> Row:
        return (record.accuracy, ms(record), record.licence, _source(record), _where(record))

    tail = ('reported', 'ms', 'licence', 'source', 'file')
    others = [r for r in POSE_NETWORKS.values() if r not in ALPHAPOSE_POSE]
    return {
        'detectors': [
            ('name', 'input', *tail),
            *((f'`{r.name}`', _size(r), *common(r)) for r in DETECTORS.values()),
        ],
        'pose': [
            ('name', 'keypoints', 'input', 'decode', *tail),
            *((f'`{r.name}`', r.keypoint_set, _size(r), r.decode, *common(r)) for r in others),
        ],
        'alphapose': [
            ('name', 'keypoints', 'network', 'decode', 'reported', 'ms', 'file'),
            *(
                (
                    f'`{r.name}`',
                    r.keypoint_set,
                    _network(r),
                    r.decode,
                    r.accuracy.partition(' on COCO')[0].partition(' on Halpe')[0],
                    ms(r),
                    f'`{r.file_names[0]}`',
                )
                for r in ALPHAPOSE_POSE
            ),
        ],
        'reid': [
            ('name', 'input', *tail),
            *((f'`{r.name}`', _size(r), *common(r)) for r in REID_NETWORKS.values()),
        ],
    }


def _network(record: ModelRecord) -> str:
    """Return a network in words."""
    assert record.architecture is not None
    options = dict(record.architecture.options)
    families = {'fastpose': 'FastPose', 'fastpose_duc': 'FastPose-DUC', 'simplepose': 'SimplePose'}
    network = record.architecture.network
    if network == 'hrnet':
        return f'HRNet-W{options["width"]}'
    if network == 'hybrik':
        return 'HybrIK-34'
    words = [f'{families[network]}-{options.get("depth", 50)}']
    if options.get('deformable'):
        words.append('deformable')
    if network == 'fastpose':
        words.append(f'width {options["head_width"]}')
    return ', '.join(words)


def _size(record: ModelRecord) -> str:
    size_wh = record.input_size_wh
    return f'{size_wh[0]} x {size_wh[1]}' if size_wh else 'as the file'


def _source(record: ModelRecord) -> str:
    url = urlparse(record.source)
    owner = url.path.split('/')[1] if url.netloc == 'github.com' else url.netloc
    return f'[{owner}]({record.source})'


def _where(record: ModelRecord) -> str:
    if record.name.startswith('bundled'):
        return 'in the package'
    return 'fetch' if record.url or record.drive_id else 'by hand'


def _join(rows: Iterable[Row]) -> str:
    head, *body = (f'| {" | ".join(row)} |' for row in rows)
    rule = '|' + '---|' * (head.count('|') - 1)
    return ''.join(f'{line}\n' for line in (head, rule, *body))


if __name__ == '__main__':
    main()
