"""A worker has a few tests ahead and no more, so that all end together."""

from types import SimpleNamespace

import pytest

from tests.scheduling import ShortQueues

TESTS = [f"test_{k}" for k in range(300)]


class Worker:
    """What the scheduler knows of one."""

    shutting_down = False

    def __init__(self):
        self.gateway = SimpleNamespace(id="a worker")
        self.given = []

    def send_runtest_some(self, tests):
        self.given += tests

    def shutdown(self):
        self.shutting_down = True


@pytest.fixture
def workers():
    """Three who have been given their first tests."""
    return [Worker(), Worker(), Worker()]


@pytest.fixture
def schedule(workers):
    """The schedule of these three."""
    options = {"tx": ["3*popen"], "maxschedchunk": None}
    schedule = ShortQueues(SimpleNamespace(getvalue=options.get, getoption=options.get, option=None))
    for worker in workers:
        schedule.add_node(worker)
        schedule.add_node_collection(worker, TESTS)
    schedule.schedule()
    return schedule


def test_one_that_is_through_short_tests_has_few_ahead(schedule, workers):
    quick, *_ = workers

    for _ in range(100):
        schedule.mark_test_complete(quick, schedule.node2pending[quick][0], duration=0.01)
        assert 2 <= len(schedule.node2pending[quick]) <= 5


def test_each_test_is_given_out_once_and_in_order(schedule, workers):
    while not schedule.tests_finished:
        for worker in workers:
            for test in schedule.node2pending[worker][:2]:
                schedule.mark_test_complete(worker, test)

    assert sorted(test for worker in workers for test in worker.given) == list(range(len(TESTS)))
    assert all(worker.given == sorted(worker.given) for worker in workers)
    assert not schedule.pending
