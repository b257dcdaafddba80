"""When a clinic works, and how long that much work takes on the clock; pure, no database."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkingHours:
    """The same hours on some days of the week (0: Monday), by the clinic's own clocks."""

    days: Collection[int]
    opens: time
    closes: time
    zone: ZoneInfo

    def is_open(self, moment: datetime) -> bool:
        """Whether the clinic works at this moment."""
        return self.opens_after(moment) == moment

    def opens_after(self, moment: datetime) -> datetime:
        """The next moment at which the clinic works: this one, where it does so now."""
        return next(max(start, moment) for start, end in self._from(moment) if end > moment)

    def closes_after(self, moment: datetime) -> datetime:
        """When the working day ends in which this moment lies, or the next one."""
        return next(end for _start, end in self._from(moment) if end >= moment)

    def later(self, moment: datetime, work: timedelta) -> datetime:
        """The moment until which the clinic will have worked so long."""
        for start, end in self._from(moment):
            begin = max(start, moment)
            if begin + work <= end:
                return begin + work
            work -= max(end - begin, timedelta())
        raise AssertionError  # working days never end

    def _from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working days that are not over, in turn. In UTC: local times must not be subtracted across a change
        of the clocks."""
        day = moment.astimezone(self.zone).date() - A_DAY
        while True:
            day += A_DAY
            start, end = (
                datetime.combine(day, at, self.zone).astimezone(UTC) for at in (self.opens, self.closes)
            )
            if day.weekday() in self.days and start < end and end >= moment:
                yield start, end
