"""Figures in a requirement: amount, unit, comparison, whether a year's own or a running total, and from what."""

from dataclasses import dataclass

from plans.checked import Indicator


@dataclass(frozen=True)
class Measured:
    """What stands beside the words: the task's name and content, the columns of unit and baseline, the year."""

    title: str
    content: str
    measure: str
    baseline: str
    year: int | None


def read_indicators(text: str, measured: Measured, note) -> tuple[Indicator, ...]:
    return ()
