"""Which worker of pytest-xdist takes which test."""

from xdist.scheduler.load import LoadScheduling

AHEAD = 4


class ShortQueues(LoadScheduling):
    """Tests are given out in their order as workers need them. By itself xdist lets one that is through short
    tests have hundreds ahead: where these turn out to be long, all others have nothing to do for a minute."""

    def __init__(self, config, log=None):
        super().__init__(config, log)
        self.maxschedchunk = AHEAD

    def check_schedule(self, node, duration=0):
        """Give a worker a few tests more: it must know the next one before it ends the one it is at."""
        if not self.pending:
            super().check_schedule(node, duration)
        elif len(self.node2pending[node]) < 2 and not node.shutting_down:
            self._send_tests(node, AHEAD)
