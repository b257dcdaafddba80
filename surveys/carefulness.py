"""Signs that nobody read a check-in before answering: marked, shown as a share, never used against anybody.

Straight-lining is one answer to all items. Where that answer is an end of the scale it is left alone: there
it is as a rule meant (Journal of Official Statistics 2024, doi 10.1177/0282423X241273455), and a good session
is answered with six tens. In under two seconds an item nobody can have read it (Huang et al. 2012, doi
10.1007/s10869-011-9231-8): twelve for six items, and three for what stands above them.
"""

from collections.abc import Mapping
from typing import Any

from surveys.scoring import Answers

SECONDS_NEEDED = 15.0
ITEMS_NEEDED = 3


def is_hasty(seconds: float | None) -> bool:
    """Whether it was sent sooner than it can be read; not where nobody knows when it was opened."""
    return seconds is not None and seconds < SECONDS_NEEDED


def is_straight_lined(definition: Mapping[str, Any], answers: Answers) -> bool:
    """Whether every item has the same answer, and not one at an end of the scale."""
    given = [answers.get(item["key"]) for item in definition["items"]]
    ends = {definition["scale"]["lowest"], definition["scale"]["highest"], None}
    return len(given) >= ITEMS_NEEDED and len(set(given)) == 1 and given[0] not in ends
