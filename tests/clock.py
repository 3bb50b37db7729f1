"""The clock of the tests: it stands still until it is told to move."""

from datetime import UTC, datetime, timedelta

# A Thursday in the first year of the plan.
NOW = datetime(2018, 12, 13, 2, 0, tzinfo=UTC)


class Clock:
    def __init__(self, now: datetime = NOW):
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time) -> None:
        self.now += timedelta(**time)
