"""Ratings that come again, all at once, or that cannot be trained on (R5 to R7)."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.load import product
from benchmarks.load.clinic import Size
from benchmarks.load.journal import STORED, Sent
from benchmarks.load.lag import LagWatch
from benchmarks.load.oracle import TRAINED
from benchmarks.load.scene import Scene
from benchmarks.load.traffic import Call, make_call


def everything_again(scene: Scene) -> None:
    """R5: every message five times, the same answer five times at once, then other versions of it."""
    made = scene.clinic(Size(raters=int(scene.either(200, 8))))
    chains = [(rater.cookie, session) for rater in made.raters for session in rater.sessions]
    began, same = time.time(), []

    def chain(cookie: str, session: int) -> None:
        first, *versions = (int(one) for one in scene.draw.permutation(11)[:4])
        calls = [Call.check_in(0.0, cookie, session, first)] * 5
        with ThreadPoolExecutor(5) as at_once:
            sent = list(at_once.map(lambda call: make_call(scene.site.port, call, began), calls))
        same.append(len({(one.status, one.location) for one in sent}) == 1)
        for one in sent:
            scene.journal.note(one)
        for version in versions:
            product.notify(5)
            scene.journal.note(
                make_call(scene.site.port, Call.check_in(0.0, cookie, session, version), began)
            )

    with ThreadPoolExecutor(4) as chained:
        for made_chain in [chained.submit(chain, *one) for one in chains]:
            made_chain.result()
    scene.drained(made)
    scene.found.check(all(same), f"{len(same) - sum(same)} of {len(same)} answered differently")
    scene.no_server_error()
    scene.sent_are_stored()
    scene.is_right(made)


def one_therapist_rated(scene: Scene) -> None:
    """R6: five hundred ratings for one therapist in ten seconds, as an import or a survey day brings them."""
    ratings = int(scene.either(500, 100))
    made = scene.clinic(Size(raters=ratings, searching=int(scene.either(40, 12)), one_therapist=True))
    before, began = product.recomputes(made.clinic), time.time()
    sessions = [session for rater in made.raters for session in rater.sessions]
    with LagWatch(scene.base, scene.journal) as lag:
        for k, session in enumerate(sessions):
            time.sleep(max(0.0, began + 10 * k / ratings - time.time()))
            scene.base.run(RATE, float(scene.draw.integers(20, 100)), session)
            now = time.time()
            scene.journal.note(Sent("submit", session, 0, now, now, STORED))
            if k % 10 == 0:
                product.notify()
        product.notify()
        scene.wait(lambda: not lag.waiting, "every rating counts")
    scene.drained(made)
    scene.found.at_most(product.recomputes(made.clinic) - before, 20, "recomputes")
    scene.found.at_most(lag.quantile(0.99), 10, "lag p99, s")
    scene.is_right(made)


RATE = """
    INSERT INTO surveys_alliancerating (clinic_id, session_id, instrument_id, total)
    SELECT s.clinic_id, s.id, i.id, %s FROM clients_session s, surveys_instrument i
    WHERE s.id = %s AND i.clinic_id IS NULL AND i.code = 'alliance-check'
"""
# Whoever learns these ratings is stopped each time: by an error, or so long that somebody kills it.
HURT = """
    CREATE FUNCTION hurt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.client_id = {raises} THEN RAISE EXCEPTION 'no' USING ERRCODE = 'P0001'; END IF;
        IF NEW.client_id = {hangs} THEN PERFORM pg_sleep(600); END IF;
        RETURN NEW; END $$;
    CREATE TRIGGER hurt BEFORE INSERT ON matching_trainingrow FOR EACH ROW EXECUTE FUNCTION hurt()
"""
HANGING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
END = "SELECT pg_terminate_backend(%s)"  # it does not see by itself that nobody waits any more


def poisoned(scene: Scene) -> None:
    """R7: a rating that makes learning raise, and one that takes its worker along: too long, or too large.

    A time limit and the kernel's memory killer do the same to a child of the worker: SIGKILL. So do we.
    """
    made = scene.clinic(Size(raters=12))
    raises, hangs = made.raters[0].client, made.raters[1].client
    scene.base.run(HURT.format(raises=raises, hangs=hangs))
    with scene.traffic(scene.check_ins(made, rate=4)):
        pass
    began = time.monotonic()
    while scene.pending(made) and time.monotonic() - began < 240:
        product.notify()
        time.sleep(0.5)
        if hanging := scene.base.rows(HANGING):
            for child in scene.site.worker.children():
                os.kill(child, signal.SIGKILL)
            for row in hanging:
                scene.base.run(END, row["pid"])
    given_up = product.failures(made.clinic)
    scene.found.check(
        sorted(one.client_id or 0 for one in given_up) == sorted([raises, hangs]),
        f"{len(given_up)} given up: {sorted({one.error for one in given_up})}",
    )
    scene.found.at_most(scene.pending(made), 0, "pending")
    trained = {row["client"] for row in scene.base.rows(TRAINED, made.clinic.pk)}
    left = {rater.client for rater in made.raters} - trained
    scene.found.check(left == {raises, hangs}, f"{len(left)} of {len(made.raters)} did not count")
