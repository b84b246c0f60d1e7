from __future__ import annotations

import pytest

from riskapi.briefing.cells import TONES, Tone
from riskapi.briefing.marks import band_mark


def test_a_band_of_a_private_scorecard_is_named_and_has_no_colour() -> None:
    assert band_mark("purple", "Purple").tone is Tone.QUIET
    assert band_mark("severe").tone is Tone.SEVERE


@pytest.mark.parametrize("tone", list(Tone))
def test_print_can_be_read_on_its_ground(tone: Tone) -> None:
    ground, ink = (luminance(colour) for colour in TONES[tone])
    assert (max(ground, ink) + 0.05) / (min(ground, ink) + 0.05) >= 4.5  # WCAG 2, contrast of text


def test_the_bands_grow_darker() -> None:
    bands = (Tone.LOW, Tone.MODERATE, Tone.ELEVATED, Tone.HIGH, Tone.SEVERE)
    lights = [luminance(TONES[band][0]) for band in bands]
    assert lights == sorted(lights, reverse=True)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
