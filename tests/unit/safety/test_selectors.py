"""Symptoms are shared only where somebody can read them."""

from alliance_match.safety.selectors import can_share_symptoms
from tests.cast import FIRST_DAY, WEEK, make_episode


def test_symptoms_can_be_shared_where_somebody_seen_now_reads(cleo, mara, pavel):
    make_episode(cleo, pavel)
    make_episode(cleo, mara, ended_on=FIRST_DAY + WEEK * 3)
    assert not can_share_symptoms(cleo)

    make_episode(cleo, mara, number=2)
    assert can_share_symptoms(cleo)

    cleo.consents.filter(purpose="share").delete()
    assert not can_share_symptoms(cleo)
