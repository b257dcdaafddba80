"""Naive designs, planted into a scenario's database: each makes the scenario named beside it fail.

Most are a few words of SQL, for the database is where this design keeps its promises.
"""

from dataclasses import dataclass

RATINGS = "surveys_alliancerating"


@dataclass(frozen=True)
class Fault:
    """A design often met, the scenario that shows what is wrong with it, and the SQL that makes it so.

    `notify_first`: clients' requests send the message before anything is committed, and the message is all
    there is.
    """

    scenario: str
    sql: str
    notify_first: bool = False


# Who enqueues before the commit has work that finds nothing, and work that a lost message takes along.
NO_ROWS = f"ALTER TABLE {RATINGS} DISABLE TRIGGER USER"
# Who adds up whatever comes counts what was there before again.
ADD_AGAIN = """
    CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        DELETE FROM matching_trainingrow WHERE client_id = NEW.client_id; RETURN NULL; END $$;
    CREATE TRIGGER forget AFTER INSERT ON matching_pendingrescore FOR EACH ROW
        WHEN (NOT NEW.list_only) EXECUTE FUNCTION forget()
"""
# Who looks for keys above the last one seen never sees what was there and changed.
NEW_KEYS_ONLY = f"ALTER TABLE {RATINGS} DISABLE TRIGGER pending_rescore_after_update_{RATINGS}"
# Through a function nothing is locked, so whoever asks for the clinic gets it; nor does a key keep two apart.
NO_LOCK = """
    ALTER TABLE matching_rescorelock RENAME TO lock_kept;
    CREATE FUNCTION locks() RETURNS SETOF lock_kept LANGUAGE plpgsql AS $$ BEGIN
        RETURN QUERY SELECT * FROM lock_kept; END $$;
    CREATE VIEW matching_rescorelock AS SELECT * FROM locks();
    CREATE RULE lock_taken AS ON INSERT TO matching_rescorelock DO INSTEAD
        INSERT INTO lock_kept (clinic_id, state_damaged, blur_secret)
        VALUES (NEW.clinic_id, false, NEW.blur_secret)
        RETURNING *;
    CREATE RULE lock_changed AS ON UPDATE TO matching_rescorelock DO INSTEAD
        UPDATE lock_kept SET state_damaged = NEW.state_damaged WHERE id = OLD.id;
    ALTER TABLE matching_trainingrow DROP CONSTRAINT matching_trainingrow_rating_id_key
"""
FAULTS = {
    "enqueue before commit": Fault("R2", NO_ROWS, notify_first=True),
    "n += 1": Fault("R5", ADD_AGAIN),
    "watermark": Fault("R5", NEW_KEYS_ONLY),
    "two workers on one clinic": Fault("R6", NO_LOCK),
}
