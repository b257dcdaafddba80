"""therapists.csv becomes therapists with styles and slots."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from alliance_match.accounts.models import Role
from alliance_match.transfer import row_writer, therapist_file
from tests.cast import make_member
from therapists.models import Slot, Therapist

FULL = """\
therapist,name,title,licensed_since,licence_expires_on,concerns,primary_concerns,languages,insurers,formats,\
fee,lowest_fee,status,accepting,confirmed_at,caseload_cap,slots,style_warmth,\
reach_warmth,style_time,trait_years
t1,Anna,Dr,2009,2030-01-31,anxiety; grief,grief,de;en,AOK; R\\; V,telehealth,\
90,60.50,paused,no,2026-03-01T10:00:00+02:00,20,Tue 09:00-10:00 telehealth; Mon 08:30-09:30 in_person,2,\
,-1,7.5
"""


@pytest.fixture
def therapist(load):
    """The therapist of FULL, imported."""
    assert not load(therapists=FULL).faults
    return Therapist.objects.get()


def test_stores_every_column(therapist):
    assert (therapist.code, therapist.name, therapist.title) == ("t1", "Anna", "Dr")
    assert (therapist.licensed_since, therapist.licence_expires_on) == (2009, date(2030, 1, 31))
    assert (therapist.concerns, therapist.primary_concerns) == (["anxiety", "grief"], ["grief"])
    assert (therapist.languages, therapist.insurers) == (["de", "en"], ["AOK", "R; V"])
    assert (therapist.fee, therapist.lowest_fee) == (Decimal(90), Decimal("60.50"))
    assert (therapist.status, therapist.accepting, therapist.caseload_cap) == ("paused", False, 20)
    assert therapist.confirmed_at == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert therapist.traits == {"years": 7.5}


NAMES = 'therapist,name\nt1,"Öztürk, Ayşe"\nt2,Dr. Anna Müller\nt3,Dr. Meier\n'


def test_it_takes_a_name_apart(load):
    assert not load(therapists=NAMES).faults
    read = {one.code: (one.title, one.name, one.called) for one in Therapist.objects.all()}
    assert read == {
        "t1": ("", "Ayşe Öztürk", "Ayşe"),
        "t2": ("Dr.", "Anna Müller", "Anna"),
        "t3": ("", "Dr. Meier", "Dr. Meier"),
    }
    assert str(load(therapists=NAMES).tallies["therapists.csv"]) == "0 new, 0 changed, 3 the same"


def test_it_keeps_what_a_therapist_asked_to_be_called(load):
    load(therapists=NAMES)
    Therapist.objects.filter(code="t2").update(short_name="Anni", title="Psychologist")
    assert str(load(therapists=NAMES).tallies["therapists.csv"]) == "0 new, 0 changed, 3 the same"


def test_it_takes_a_name_as_written_beside_a_short_one(load):
    load(therapists="therapist,name,short_name\nt1,Queen Latifah Brown,Queen\n")
    assert Therapist.objects.values_list("title", "name", "short_name").get() == (
        "",
        "Queen Latifah Brown",
        "Queen",
    )


def test_stores_styles_and_slots(therapist):
    styles = therapist.styles.order_by("dimension").values_list("dimension", "position", "reach")
    assert list(styles) == [("time", -1, 1), ("warmth", 2, 1)]
    assert list(Slot.objects.values_list("weekday", "starts", "ends", "format")) == [
        (0, time(8, 30), time(9, 30), "in_person"),
        (1, time(9), time(10), "telehealth"),
    ]


def test_leaves_alone_what_has_no_column(therapist, load):
    report = load(therapists="therapist,name\nt1,Anna\n")
    assert str(report.tallies["therapists.csv"]) == "0 new, 0 changed, 1 the same"
    assert Therapist.objects.get().traits == {"years": 7.5}
    assert therapist.styles.count() == therapist.slots.count() == 2


def test_clears_what_has_an_empty_cell(therapist, load):
    report = load(
        therapists="therapist,name,fee,lowest_fee,status,accepting,languages,slots,style_warmth,trait_years\n"
        "t1,Anna,,,,,,,,\n"
    )
    assert str(report.tallies["therapists.csv"]) == "0 new, 1 changed, 0 the same"
    therapist.refresh_from_db()
    assert (therapist.fee, therapist.lowest_fee) == (None, None)
    assert (therapist.status, therapist.accepting) == ("active", True)
    assert (therapist.languages, therapist.traits) == ([], {})
    assert [style.dimension for style in therapist.styles.all()] == ["time"]
    assert not therapist.slots.exists()


def test_changes_styles_and_slots_in_place(therapist, load):
    load(
        therapists="therapist,name,slots,style_warmth,reach_warmth\nt1,Anna,Tue 09:00-11:00 in_person,-3,6\n"
    )
    style = therapist.styles.get(dimension="warmth")
    assert (style.position, style.reach) == (-3, 6)
    assert [(slot.weekday, slot.ends) for slot in therapist.slots.all()] == [(1, time(11))]


@pytest.mark.parametrize(
    ("header", "cells", "fault"),
    [
        (
            "primary_concerns",
            "sleep",
            "therapists.csv:2:primary_concerns: sleep must also be among the concerns",
        ),
        ("lowest_fee", "95", "therapists.csv:2:lowest_fee: the lowest fee is above the fee"),
        (
            "style_time,reach_time",
            ",2",
            "therapists.csv:2:reach_time: there is no style_time that this belongs to",
        ),
        ("status", "gone", "therapists.csv:2:status: this is none of active, paused, left"),
        ("primary_concerns", "a; b; c; d; e; f", "therapists.csv:2:primary_concerns: 6 entries; at most 5"),
    ],
)
def test_refuses_what_does_not_go_with_what_is_stored(therapist, faults, header, cells, fault):
    found = faults(therapists=f"therapist,name,{header}\nt1,Anna,{cells}\n")
    assert [line[: len(fault)] for line in found] == [fault]


def test_keeps_another_clinics_therapist_of_the_same_code(load, britta):
    Therapist.objects.filter(pk=britta.pk).update(code="t1")
    load(therapists="therapist,name\nt1,Anna\n")
    britta.refresh_from_db()
    assert britta.name != "Anna"
    assert Therapist.objects.filter(code="t1").count() == 2


def test_who_left_is_logged_out_at_once(load, mara, as_therapist):
    assert as_therapist.get("/my-alliance/").status_code == 200

    assert not load(therapists=f"therapist,name,status\n{mara.code},{mara.name},left\n").faults

    assert as_therapist.get("/my-alliance/").status_code == 404
    mara.refresh_from_db()
    assert mara.user is None


def test_a_trial_logs_nobody_out(load, mara, as_therapist):
    load(dry_run=True, therapists=f"therapist,name,status\n{mara.code},{mara.name},left\n")

    assert as_therapist.get("/my-alliance/").status_code == 200


def test_an_import_undoes_no_invitation_made_meanwhile(load, linden, mara, jonas, monkeypatch):
    invited = make_member(linden, "Invited", Role.THERAPIST)
    write_all = row_writer.write_all

    def late(run, *writers):
        Therapist.objects.filter(pk=jonas.pk).update(user=invited)
        write_all(run, *writers)

    monkeypatch.setattr(therapist_file, "write_all", late)
    rows = f"{mara.code},{mara.name},left,\n{jonas.code},{jonas.name},active,New words\n"
    assert not load(therapists=f"therapist,name,status,tagline\n{rows}").faults

    jonas.refresh_from_db()
    assert (jonas.user, jonas.tagline) == (invited, "New words")


def test_an_empty_title_beside_a_name_with_one_stays_the_same(load):
    rows = "therapist,name,title\nt1,Dr. Anna Müller,\n"
    load(therapists=rows)
    assert str(load(therapists=rows).tallies["therapists.csv"]) == "0 new, 0 changed, 1 the same"
