"""What is stored went wrong, or is gone: the nightly comparison, and a backup (R8 and R11)."""

import time

from benchmarks.load import product
from benchmarks.load.backup import restored_equals
from benchmarks.load.clinic import LoadClinic, Size
from benchmarks.load.oracle import TRAINED
from benchmarks.load.scene import Scene

# What of the stored can go wrong in silence; each is told by the night, and nothing else is.
CORRUPTIONS = {
    "feature × 100": "UPDATE matching_trainingrow SET features[1] = features[1] * 100 + 100 WHERE id = {row}",
    "score": "UPDATE matching_trainingrow SET score = 100 - score + .5 WHERE id = {row}",
    "weight": "UPDATE matching_trainingrow SET weight = weight * 3 WHERE id = {row}",
    "row gone": "DELETE FROM matching_trainingrow WHERE id = {row}",
    "other therapist": "UPDATE matching_trainingrow SET therapist_id = (SELECT max(id) FROM"
    " therapists_therapist WHERE id <> therapist_id) WHERE id = {row}",
    "state": "{state}",
    "list mean": "UPDATE matching_matchlist SET means[1] = means[1] + 70 WHERE client_id = {client}",
    "list order": "UPDATE matching_matchlist SET therapist_ids = therapist_ids[2:2] || therapist_ids[1:1]"
    " || therapist_ids[3:] WHERE client_id = {client}",
    "list gone": "DELETE FROM matching_matchlist WHERE client_id = {client}",
    "list sd": "UPDATE matching_matchlist SET sds[1] = sds[1] / 2 WHERE client_id = {client}",
}


def corrupted(scene: Scene) -> None:
    """R8: the night tells ten corruptions, one after the other, and nothing where there is none."""
    made = scene.clinic(Size(raters=20))
    told = {"": _night_tells(scene, made)}
    for name, statement in CORRUPTIONS.items():
        row = scene.base.rows(TRAINED.replace("SELECT", "SELECT id,", 1), made.clinic.pk)[0]["id"]
        client = made.raters[0].client
        said = statement.format(row=row, client=client, state=product.CORRUPT_STATE % made.clinic.pk)
        scene.base.run(said)
        told[name] = _night_tells(scene, made)
    silent = [name for name in CORRUPTIONS if not told[name]]
    scene.found.check(not silent, f"{len(CORRUPTIONS) - len(silent)} of 10 told; not {', '.join(silent)}")
    scene.found.check(not told[""], "0 false" if not told[""] else "told of nothing")
    scene.drained(made)
    scene.is_right(made)


def _night_tells(scene: Scene, made: LoadClinic) -> bool:
    before, number = len(product.differences(made.clinic)), product.last_fit(made.clinic)
    product.nightly(made.clinic)
    scene.wait(lambda: product.last_fit(made.clinic) > number, "a nightly fit", 60)
    # Who has something pending is left out of a comparison.
    scene.drained(made)
    return len(product.differences(made.clinic)) > before


def backed_up(scene: Scene) -> None:
    """R11: one command makes a backup under load; on a new cluster it is the same to the row."""
    made = scene.clinic(Size(raters=int(scene.either(200, 60))))
    with scene.traffic(scene.check_ins(made, rate=6)):
        time.sleep(2)
        same, tables, seconds = restored_equals(scene.servers, scene.base.url)
    scene.found.check(same, f"{tables} tables equal on a new cluster, {seconds:.0f} s")
    scene.no_server_error()
    scene.drained(made)
    scene.is_right(made)
