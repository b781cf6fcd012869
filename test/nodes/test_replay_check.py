# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the comparison of tracks with images."""

import struct

import pytest

from alphapose_ros.nodes.replay_check import FIRST_TIMEOUT_S
from alphapose_ros.nodes.replay_check import read_stamp_ns
from alphapose_ros.nodes.replay_check import ReplayCheck
from alphapose_ros.nodes.replay_check import TRACKS_TIMEOUT_S


def send(check: ReplayCheck, *stamps_ns: int, now_s: float = 0.0) -> None:
    for stamp_ns in stamps_ns:
        check.add_image(stamp_ns, now_s)


def test_images_without_tracks_are_lost_and_the_first_are_named() -> None:
    check = ReplayCheck(paced=False)
    send(check, *range(1, 11))
    check.add_tracks(3, 0.5)
    report = check.report(TRACKS_TIMEOUT_S)
    assert (report['images'], report['tracks'], report['lost']) == (10, 1, 9)
    assert report['lost_stamps_ns'] == [1, 2, 4, 5, 6]


def test_at_an_early_end_only_overtaken_images_are_lost() -> None:
    check = ReplayCheck(paced=False)
    send(check, 1, 2, 3)
    check.add_tracks(2, 0.0)
    assert check.report(0.0)['lost_stamps_ns'] == [1]


def test_latency_is_from_sending_to_tracks() -> None:
    check = ReplayCheck(paced=False)
    for i in range(101):
        check.add_image(i, 10.0)
        check.add_tracks(i, 10.0 + i * 1e-3)
    report = check.report(0.0)
    percentiles = [report[f'latency_ms_p{n}'] for n in (50, 95, 99)]
    assert percentiles == pytest.approx([50, 95, 99])


def test_tracks_that_overtake_are_counted_where_they_come_late() -> None:
    check = ReplayCheck(paced=False)
    send(check, 1, 2, 3)
    for stamp_ns in (1, 3, 2):
        check.add_tracks(stamp_ns, 0.0)
    report = check.report(0.0)
    assert (report['disordered'], report['lost']) == (1, 0)


def test_stamps_that_come_again_are_images_of_their_own() -> None:
    check = ReplayCheck(paced=False)
    send(check, 1, 2, 1, 2)
    for stamp_ns in (1, 2, 1):
        check.add_tracks(stamp_ns, 0.0)
    report = check.report(TRACKS_TIMEOUT_S)
    assert (report['lost'], report['lost_stamps_ns'], report['disordered']) == (1, [2], 0)


def test_tracks_of_nothing_that_was_sent_are_told_apart() -> None:
    check = ReplayCheck(paced=False)
    check.add_tracks(9, 0.0)
    report = check.report(0.0)
    assert (report['unexpected'], report['tracks']) == (1, 0)


@pytest.mark.parametrize('paced', [True, False])
def test_the_first_image_waits_and_is_repeated_until_somebody_answers(paced: bool) -> None:
    check = ReplayCheck(paced=paced)
    send(check, 1)
    assert check.holds(1000.0)
    assert not check.needs_repeat(FIRST_TIMEOUT_S / 2)
    assert check.needs_repeat(FIRST_TIMEOUT_S)
    assert not check.needs_repeat(FIRST_TIMEOUT_S + 0.1)
    check.add_tracks(1, FIRST_TIMEOUT_S + 0.2)
    assert not check.holds(FIRST_TIMEOUT_S + 0.2)
    assert not check.needs_repeat(1000.0)


@pytest.mark.parametrize('paced', [True, False])
def test_later_images_wait_if_paced_but_not_for_ever(paced: bool) -> None:
    check = ReplayCheck(paced=paced)
    send(check, 1)
    check.add_tracks(1, 0.0)
    send(check, 2)
    assert check.holds(TRACKS_TIMEOUT_S / 2) == paced
    assert not check.holds(TRACKS_TIMEOUT_S)


def test_it_is_settled_when_all_came_or_nothing_comes_any_more() -> None:
    check = ReplayCheck(paced=False)
    send(check, 1, 2)
    check.add_tracks(1, 0.0)
    assert not check.is_settled(TRACKS_TIMEOUT_S / 2)
    assert check.is_settled(TRACKS_TIMEOUT_S)
    check.add_tracks(2, 0.1)
    assert check.is_settled(0.1)


@pytest.mark.parametrize(('order', 'flag'), [('<', 1), ('>', 0)], ids=['little', 'big'])
def test_a_stamp_is_read_in_either_order_of_bytes(order: str, flag: int) -> None:
    data = bytes([0, flag, 0, 0]) + struct.pack(f'{order}iI', 7, 8)
    assert read_stamp_ns(data) == 7_000_000_008
