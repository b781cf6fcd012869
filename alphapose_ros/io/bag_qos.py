# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How the topics of a bag were offered when it was recorded."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
import sqlite3
import struct
from typing import Any

import yaml

from alphapose_ros.io.bag_message import DamageError
from alphapose_ros.io.bag_message import Problems
from alphapose_ros.io.bag_reader import METADATA
from alphapose_ros.io.bag_reader import storage_files
from alphapose_ros.io.bags import describe_qos
from alphapose_ros.io.mcap_records import CHANNEL
from alphapose_ros.io.mcap_records import RecordStream

MAX_DEPTH = 1000
_BEST_EFFORT, _LATCHED, _KEEP_ALL = (2, 'best_effort'), (1, 'transient_local'), (2, 'keep_all')
# The end of an MCAP file: where its summary starts, and what is behind that.
_FOOTER = struct.Struct('<9xQ20x')


@dataclass(frozen=True)
class RecordedQos:
    """
    What serves all whom the recorded publishers served.

    :param is_reliable: at least one of them was.
    :param is_latched: at least one of them kept its messages for later subscribers.
    :param depth: messages to keep, at most MAX_DEPTH.
    """

    is_reliable: bool
    is_latched: bool
    depth: int


def read_qos(path: Path) -> dict[str, RecordedQos]:
    """
    Return what was offered by topic; topics are left out where the bag does not tell.

    :param path: as of BagReader.
    :raises BagError: if it is no bag.
    """
    offers = _from_metadata(path / METADATA) or _from_storage(storage_files(path, Problems())[0])
    found = {topic: parse_qos(offer) for topic, offer in offers.items()}
    return {topic: offered for topic, offered in found.items() if offered is not None}


def default_qos(type_name: str) -> RecordedQos:
    """Return what our nodes offer for topics of a type."""
    offered = parse_qos(describe_qos(type_name))
    assert offered is not None
    return offered


def parse_qos(offer: Any) -> RecordedQos | None:
    """
    Join the profiles of all publishers of a topic.

    :param offer: a list of profiles or its YAML; policies have numbers, since ROS 2 Iron names.
    :return: None if it holds no profile.
    """
    try:
        profiles = yaml.safe_load(offer) if isinstance(offer, str) else offer
    except yaml.YAMLError:
        return None
    if not profiles or not isinstance(profiles, list):
        return None
    if not all(isinstance(profile, dict) for profile in profiles):
        return None
    return RecordedQos(
        is_reliable=any(profile.get('reliability') not in _BEST_EFFORT for profile in profiles),
        is_latched=any(profile.get('durability') in _LATCHED for profile in profiles),
        depth=max(_depth(profile) for profile in profiles),
    )


def _depth(profile: dict[str, Any]) -> int:
    depth = MAX_DEPTH if profile.get('history') in _KEEP_ALL else profile.get('depth')
    return min(max(depth, 1), MAX_DEPTH) if isinstance(depth, int) else 1


def _from_metadata(path: Path) -> dict[str, Any]:
    try:
        bag = yaml.safe_load(path.read_text())['rosbag2_bagfile_information']
        topics = [entry['topic_metadata'] for entry in bag['topics_with_message_count']]
        return {topic['name']: topic['offered_qos_profiles'] for topic in topics}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError):
        return {}


def _from_storage(path: Path) -> dict[str, Any]:
    try:
        if path.suffix == '.mcap':
            return _from_mcap(path)
        if path.suffix == '.db3':
            return _from_sqlite(path)
    except (OSError, DamageError, sqlite3.Error, UnicodeDecodeError):
        pass
    return {}


def _from_mcap(path: Path) -> dict[str, Any]:
    """Read the channels that the summary repeats."""
    from mcap.records import Channel

    with path.open('rb') as file:
        stream = RecordStream(file, lambda text: None)
        end = stream.size - _FOOTER.size
        footer = stream.read(max(end, 0), stream.size)
        start = _FOOTER.unpack(footer)[0] if end > 0 else 0
        if not start:
            return {}
        channels = [
            stream.parse(Channel, record)
            for record in stream.records(start, end)
            if record.opcode == CHANNEL
        ]
    return {channel.topic: channel.metadata.get('offered_qos_profiles') for channel in channels}


def _from_sqlite(path: Path) -> dict[str, Any]:
    uri = f'{path.resolve().as_uri()}?mode=ro'
    with closing(sqlite3.connect(uri, uri=True)) as database:
        return dict(database.execute('SELECT name, offered_qos_profiles FROM topics'))
