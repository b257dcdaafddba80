"""What somebody must be or offer."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from alliance_match.matching.constraints import FACETS, Needs, Offers
from therapists.models import Slot, Therapist

WORDS = ["a", "b", "c"]
FIELDS = {
    "language": "languages",
    "place": "places",
    "insurer": "insurers",
    "approach": "approaches",
    "population": "populations",
    "access": "accessibility",
}
somebody = st.builds(
    Therapist,
    formats=st.lists(st.sampled_from(["in_person", "telehealth"]), unique=True),
    fee=st.none() | st.integers(10, 30).map(Decimal),
    gender=st.sampled_from(["", *WORDS]),
    **dict.fromkeys(FIELDS.values(), st.lists(st.sampled_from(WORDS), unique=True)),
)
facets = st.sampled_from([*FIELDS, "gender"])
values = st.lists(st.sampled_from(WORDS), unique=True)
needs = st.builds(
    Needs,
    chosen=st.dictionaries(facets, values, max_size=4),
    highest_fee=st.none() | st.integers(5, 35).map(Decimal),
)


def offers(therapists):
    """What they offer, none of them stored: whoever named no hours suits every hour."""
    for number, one in enumerate(therapists, start=1):
        one.pk, one._prefetched_objects_cache = number, {"slots": Slot.objects.none()}
    return Offers(therapists)


people = st.lists(somebody, max_size=6).map(offers)


@given(people, needs, facets, values, st.sampled_from(WORDS))
def test_one_more_value_of_a_facet_never_takes_anybody_away(found, asked, name, chosen, more):
    if chosen:
        narrow, wide = asked.with_only(name, *chosen), asked.with_only(name, *chosen, more)
        assert not (found.fit(narrow) & ~found.fit(wide)).any()


@given(people, needs)
def test_whoever_meets_all_needs_meets_each(found, asked):
    together = found.fit(asked)
    for name, chosen in asked.chosen.items():
        if name != "insurer":
            assert not (together & ~found.fit(Needs({name: chosen}))).any()


@given(people)
def test_who_asks_for_nothing_may_see_everybody(found):
    assert found.fit(Needs()).all()


@given(people, facets)
def test_whoever_has_a_value_is_found_by_it(found, name):
    for value in found.values(name):
        fits = found.fit(Needs({name: (value,)}))
        for t, one in enumerate(found.therapists):
            if value in set(FACETS[name].of(one)):
                assert fits[t]
