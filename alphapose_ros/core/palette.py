# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Colours of people and of their sides, BGR."""

from __future__ import annotations

from functools import lru_cache

Color = tuple[int, int, int]

WHITE: Color = (255, 255, 255)
GREY: Color = (175, 175, 175)
RIM: Color = (30, 26, 24)

# Okabe and Ito's orange and sky blue, told apart by colour-blind people too.
SIDE_COLORS: dict[str, Color] = {
    'left': (0, 159, 230),
    'right': (233, 180, 86),
    'centre': (240, 240, 240),
}

# Bright on dark and on light images; those next to each other differ most.
TRACK_COLORS: tuple[Color, ...] = (
    (20, 138, 255),  # orange
    (255, 142, 40),  # blue
    (72, 214, 62),  # green
    (160, 60, 245),  # magenta
    (40, 228, 255),  # yellow
    (250, 100, 160),  # violet
    (230, 222, 40),  # cyan
    (66, 48, 240),  # red
    (60, 250, 166),  # lime
    (140, 170, 16),  # teal
)


def track_color(track_id: int) -> Color:
    """
    Return the colour of an identity, always the same; grey for -1.

    Every ten ids the order moves on by one, so that ids ten or fifty apart do not look alike.
    """
    if track_id < 0:
        return GREY
    rounds, place = divmod(track_id, len(TRACK_COLORS))
    return TRACK_COLORS[(place + rounds) % len(TRACK_COLORS)]


@lru_cache(maxsize=256)
def joint_color(track_id: int, side: str, color_by: str) -> Color:
    """
    Return the colour of a limb or joint.

    :param side: 'left', 'right' or 'centre', of the person.
    :param color_by: 'side', or 'track': the colour of the identity, light on the left side and
        dark on the right.
    """
    if color_by == 'side':
        return SIDE_COLORS[side]
    color = track_color(track_id)
    if side == 'left':
        return mix(color, WHITE, 0.5)
    return mix(color, RIM, 0.25) if side == 'right' else color


def mix(color: Color, other: Color, share: float) -> Color:
    """Return the colour with a share of another one."""
    blue, green, red = (round(a + share * (b - a)) for a, b in zip(color, other, strict=True))
    return blue, green, red


def text_color(background: Color) -> Color:
    """Return black or white, whichever is read better on the background."""
    blue, green, red = background
    return RIM if 0.114 * blue + 0.587 * green + 0.299 * red > 120 else WHITE
