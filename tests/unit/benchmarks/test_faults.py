"""Every naive design is planted into a scenario that there is, and into tables that there are."""

import pytest
from django.db import connection

from benchmarks.load.faults import FAULTS
from benchmarks.load.scenarios import SCENARIOS


def test_every_scenario_says_what_happens():
    assert all(scenario.__doc__.startswith(f"{name}: ") for name, scenario in SCENARIOS.items())


@pytest.mark.django_db
@pytest.mark.parametrize("name", FAULTS)
def test_a_naive_design_can_be_planted(name):
    assert FAULTS[name].scenario in SCENARIOS
    with connection.cursor() as cursor:
        cursor.execute(FAULTS[name].sql)
