"""The Celery application on queues of its own."""

import os

from alliance_match.celery import app
from tests.integration.queues import use_own_queues

use_own_queues(app, os.environ["TEST_QUEUE"])
