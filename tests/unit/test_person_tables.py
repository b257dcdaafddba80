"""No table is forgotten: each stands in one list of its app, with every way from its rows to a person."""

from collections import Counter

import pytest
from django.apps import apps
from django.db.models import Model

from alliance_match.accounts.models import User
from alliance_match.person_tables import impersonal_tables, person_tables
from clients.models import Client
from therapists.models import Therapist

PERSONS = {User, Therapist, Client}
PLAIN_KEYS = {"client_id", "therapist_id", "user_id"}


def relations(model):
    """The fields of a model's own that refer to other tables."""
    return [field for field in model._meta.get_fields() if field.is_relation and field.concrete]


def persons_behind(model):
    """The kinds of person to which a row of a model leads, by whatever way; users only by its own columns,
    for who logged a session has nothing to do with the answers about it."""
    behind: set[type[Model]] = set()
    for field in relations(model):
        target = field.related_model
        behind |= {target} if target in PERSONS else persons_behind(target) - {User}
    return behind


def end_of(model, way):
    """The model to which a way leads; None for a plain column."""
    for name in way.split("__"):
        model = model if name == "pk" else model._meta.get_field(name).related_model
    return model


def test_every_table_stands_in_exactly_one_list():
    listed = Counter([*(table.model for table in person_tables()), *impersonal_tables()])
    assert listed == Counter(apps.get_models(include_auto_created=True))


def test_a_table_of_nobody_leads_to_nobody_and_says_why():
    assert [model for model in impersonal_tables() if persons_behind(model)] == []
    assert all(impersonal_tables().values())


@pytest.mark.parametrize("table", person_tables(), ids=lambda table: table.model._meta.label)
def test_the_ways_lead_to_every_person_whom_a_row_names(table):
    assert {end_of(table.model, way) for way in table.ways} - {None} >= persons_behind(table.model)
    columns = {field.name for field in relations(table.model) if field.related_model in PERSONS}
    columns |= {field.name for field in table.model._meta.concrete_fields} & PLAIN_KEYS
    assert columns <= set(table.ways)
    assert table.ways


@pytest.mark.parametrize("table", person_tables(), ids=lambda table: table.model._meta.label)
def test_clients_get_their_own_rows_or_a_reason_why_not(table):
    leads_to_a_client = Client in {end_of(table.model, way) for way in table.ways}
    assert not (table.part and table.withheld)
    assert not leads_to_a_client or table.part or table.withheld
    if table.part:
        assert end_of(table.model, table.ways[0]) is Client


def test_no_two_parts_bear_one_name():
    parts = [table.part for table in person_tables() if table.part]
    assert len(parts) == len(set(parts))
