"""Something is away for a while: the worker, the broker, the database (R1 to R4 and R9)."""

import json
import os
import signal
import time
from collections.abc import Callable

from benchmarks.load.clinic import Size
from benchmarks.load.processes import wait_until
from benchmarks.load.scene import Scene
from benchmarks.load.traffic import read_page


def worker_killed(scene: Scene) -> None:
    """R1: ratings come in while the worker or one of its children is killed at random moments."""
    ratings, kills = int(scene.either(1000, 36)), int(scene.either(30, 3))
    made = scene.clinic(Size(raters=ratings, searching=int(scene.either(40, 12))))
    calls = scene.check_ins(made, rate=scene.either(20, 6))
    every = calls[-1].at / kills
    with scene.traffic(calls):
        for _ in range(kills):
            time.sleep(float(scene.draw.uniform(0.5, 1.5)) * every)
            _kill_something(scene)
    last = time.monotonic()
    scene.found.at_most(scene.drained(made) + time.monotonic() - last, 60, "drained, s")
    scene.no_server_error()
    scene.sent_are_stored()
    scene.is_right(made)


def _kill_something(scene: Scene) -> None:
    """One child of the worker twice in three, else the whole worker, which is started again."""
    worker = scene.site.worker
    children = worker.children()
    if children and scene.draw.integers(3):
        os.kill(children[int(scene.draw.integers(len(children)))], signal.SIGKILL)
    else:
        worker.kill()
        worker.start()


def broker_lost(scene: Scene) -> None:
    """R2: the broker is killed, and comes back empty."""
    _broker_away(scene, scene.servers.valkey.stop_hard, scene.servers.valkey.start, slowest=1.0)


def broker_frozen(scene: Scene) -> None:
    """R3: the broker is there and says nothing."""
    valkey = scene.servers.valkey
    _broker_away(
        scene, lambda: valkey.signal(signal.SIGSTOP), lambda: valkey.signal(signal.SIGCONT), slowest=2.5
    )


def _broker_away(scene: Scene, away: Callable[[], None], back: Callable[[], None], slowest: float) -> None:
    seconds, rate = scene.either(60, 5), scene.either(5, 4)
    made = scene.clinic(Size(raters=int(rate * (seconds + 10))))
    with scene.traffic(scene.check_ins(made, rate)) as (traffic, lag):
        time.sleep(3)
        away()
        time.sleep(seconds)
        back()
        returned = time.time()
        scene.wait(lambda: traffic.answered and not lag.waiting, "every rating counts")
    scene.found.check(True, f"{scene.site.revived} ended by themselves, started again")
    late = max(counted for counted in lag.counted.values()) - returned
    scene.drained(made)
    scene.no_server_error()
    scene.found.at_most(scene.journal.quantile(0.99), slowest, "submit p99, s")
    scene.found.at_most(late, 90, "lag after its return, s")
    scene.sent_are_stored()
    scene.is_right(made)


ORPHANS = """
    SELECT (SELECT count(*) FROM surveys_response p
            WHERE NOT EXISTS (SELECT FROM surveys_alliancerating r WHERE r.response_id = p.id))
        + (SELECT count(*) FROM surveys_response p WHERE NOT EXISTS (SELECT FROM audit_auditevent a
            WHERE a.verb = 'check_in_submit' AND a.object_id = p.id)) AS orphans
"""


def database_crashes(scene: Scene) -> None:
    """R4: PostgreSQL is stopped hard again and again under sixteen writers."""
    crashes, rate = int(scene.either(20, 3)), scene.either(16, 8)
    postgres, slowest = scene.servers.postgres, 0.0
    made = scene.clinic(Size(raters=int(rate * crashes * 5)))
    with scene.traffic(scene.check_ins(made, rate), writers=16):
        for _ in range(crashes):
            time.sleep(float(scene.draw.uniform(1, 3)))
            postgres.stop_hard()
            time.sleep(float(scene.draw.uniform(0, 1)))
            postgres.start()
            slowest = max(slowest, wait_until(lambda: _is_ready(scene), "ready again", 60))
    scene.drained(made)
    statuses = scene.journal.statuses()
    said = ", ".join(f"{n} × {status}" for status, n in sorted(statuses.items()))
    scene.found.check(statuses.keys() <= {302, 503}, f"answers {said}")
    scene.found.at_most(slowest, 10, "back, s")
    scene.found.at_most(scene.base.rows(ORPHANS)[0]["orphans"], 0, "orphans")
    scene.sent_are_stored()
    scene.is_right(made)


def _is_ready(scene: Scene) -> bool:
    health = scene.site.health()
    return health is not None and health[0] == 200


AN_HOUR_AGO = """
    UPDATE matching_pendingrescore SET created_at = created_at - INTERVAL '1 hour';
    UPDATE operations_heartbeat SET at = at - INTERVAL '1 hour'
"""


def worker_off(scene: Scene) -> None:
    """R9: no worker for an hour: answers are taken, old suggestions say from when they are, and one is told.

    The hour is written into the database instead of waited for.
    """
    made = scene.clinic(Size(raters=20))
    scene.wait(lambda: _status(scene) == "ok" or scene.short, "all well", 30)
    scene.site.worker.stop()
    scene.site.beat.stop()
    with scene.traffic(scene.check_ins(made, rate=4)):
        pass
    scene.base.run(AN_HOUR_AGO)
    scene.no_server_error()
    scene.sent_are_stored()
    scene.found.check(_status(scene) == "amber", f"readiness {_status(scene)}")
    page = read_page(scene.site.port, made.raters[0].cookie, "/suggestions/")
    scene.found.check("what others rated until" in page, "suggestions say of which day they are")
    scene.site.worker.start()
    scene.site.beat.start()
    scene.found.at_most(scene.drained(made), 60, "drained, s")
    scene.is_right(made)


def _status(scene: Scene) -> str:
    health = scene.site.health()
    return str(json.loads(health[1])["status"]) if health else "nothing"
