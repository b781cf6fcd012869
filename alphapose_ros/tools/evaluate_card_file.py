# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The numbers of `evaluate card` as a file, and against one that is known."""

from __future__ import annotations

import json
import math
from pathlib import Path

from rich.console import Console
from rich.table import Table

from alphapose_ros.evaluation.card_check import CardNumbers
from alphapose_ros.evaluation.card_check import compare_cards
from alphapose_ros.evaluation.summary import Numbers
from alphapose_ros.io.files import replace_file
from alphapose_ros.io.results import read_json
from alphapose_ros.io.results import ResultsError

CARD = 'card.json'
DIGITS = 4

# By data set and model.
Card = dict[str, dict[str, Numbers]]


def write_card(console: Console, path: Path, card: Card) -> CardNumbers:
    """Write <data set>.<model>.<measure>; return what is written, None where undefined."""
    numbers = {
        f'{name}.{model}.{key}': None if math.isnan(value) else round(value, DIGITS)
        for name, models in card.items()
        for model, values in models.items()
        for key, value in values.items()
    }
    with replace_file(path) as part:
        part.write_text(json.dumps(numbers, indent=1) + '\n')
    console.print(f'{path}: {len(numbers)} numbers')
    return numbers


def read_card(path: Path) -> CardNumbers:
    """
    Return what `write_card` has written.

    :raises ResultsError: if the file cannot be read, or is no card.
    """
    content = read_json(path)
    if not isinstance(content, dict) or not all(
        isinstance(value, (int, float)) or value is None for value in content.values()
    ):
        raise ResultsError(f'{path} must hold an object of numbers')
    return content


def check_card(console: Console, known: CardNumbers, measured: CardNumbers) -> int:
    """Print where two cards differ; return the exit code."""
    differences = compare_cards(known, measured)
    if not differences:
        console.print(f'{len(known)} numbers agree')
        return 0
    table = Table('differs', 'card', 'measured')
    for difference in differences:
        table.add_row(difference.key, difference.known, difference.measured)
    console.print(table)
    return 1
