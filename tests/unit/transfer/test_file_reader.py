"""Whatever is wrong with a file is named with its line and column, all of it in one run."""

import pytest

from clients.models import Client
from therapists.models import Therapist


def test_names_every_fault_of_every_file_and_stores_nothing(faults):
    found = faults(
        therapists="therapist,name,style_warmth\nt1,,4\nt2,Ben,x\nt3,Cem,1\n",
        clients="client,status\nc1,gone\nc1,waiting\n",
    )
    assert found == [
        "therapists.csv:2:name: this cell is required and empty",
        "therapists.csv:2:style_warmth: “4” is not a whole number from -3 to 3",
        "therapists.csv:3:style_warmth: this is not a whole number from -3 to 3",
        "clients.csv:2:status: this is none of searching, waiting, in_care, ended",
        "clients.csv:3:client: this client is on line 2 already",
    ]
    assert not Therapist.objects.exists()


def test_names_the_line_on_which_a_cell_begins(faults):
    found = faults(clients='client,about,status\nc1,"one\n\ntwo",gone\nc2,,gone\n')
    assert [line.split(": ")[0] for line in found] == ["clients.csv:4:status", "clients.csv:5:status"]


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ("name", "therapists.csv:1:therapist: this column is required and missing"),
        ("therapist,name,name", "therapists.csv:1:name: this column is there 2 times"),
        (
            "therapist,name,concern",
            "therapists.csv:1:concern: there is no such column; did you mean concerns?",
        ),
        ("therapist,Name", "therapists.csv:1:Name: there is no such column; did you mean name?"),
        ("therapist,name,", "therapists.csv:1:cell 3: this column has no name"),
        ("therapist,name,trait_", "therapists.csv:1:cell 3: a trait's name has 1 to 60 printable characters"),
        (
            "therapist,name,reach_warmth",
            "therapists.csv:1:reach_warmth: this column needs the column style_warmth",
        ),
        ('therapist,name,"', "therapists.csv:1:cell 3: a quote is opened here and never closed"),
        ("", "therapists.csv:1: this file is empty; its first line must name the columns"),
        ("\n\n", "therapists.csv:1: this file is empty; its first line must name the columns"),
    ],
)
def test_refuses_a_header(faults, header, fault):
    assert any(
        line.startswith(fault) for line in faults(therapists=header + "\nt1,Anna" * bool(header.strip()))
    )


def test_refuses_traits_of_sessions(faults):
    assert "there is no such column" in faults(sessions="session,client,therapist,number,trait_x\n")[0]


def test_takes_a_file_with_only_a_header(load):
    report = load(clients="client,name\n")
    assert str(report.tallies["clients.csv"]) == "0 new, 0 changed, 0 the same"
    assert not report.faults


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("c1", "clients.csv:3:name: the row ends before this cell: 1 of 2 cells"),
        ("c1,C,x,y", "clients.csv:3:cell 3: 4 cells, and the first line names only 2 columns"),
        ('c1,"C', "clients.csv:3:name: a quote is opened here and never closed, or the cell is far too long"),
        ('c1,C"C', "clients.csv:3:name: a quote in a cell that is not quoted"),
        ('c1,"C"C', "clients.csv:3:name: text follows the closing quote"),
        (f"c1,{'x' * 140_000}", "clients.csv:3:name: a cell is longer than 131,072 characters"),
        ("c1,C\0C", "clients.csv:3:name: this holds a NUL byte"),
        (b"c1,Ren\xe9", "clients.csv:3:name: the byte 0xE9 is not UTF-8 text; save the file as “CSV UTF-8”"),
    ],
)
def test_refuses_a_row_and_reads_its_neighbours(load, row, fault):
    row = row if isinstance(row, bytes) else row.encode()
    report = load(clients=b"client,name\nc0,C\n" + row + b"\nc2,C\n")
    assert [str(one)[: len(fault)] for one in report.faults.kept()] == [fault]
    assert report.tallies["clients.csv"].new == 2


@pytest.mark.parametrize("mark", [b"", b"\xff\xfe"])
def test_refuses_utf_16_with_one_fault(faults, mark):
    found = faults(clients=mark + "client,name\nc1,René\nc2,Zoë\n".encode("utf-16-le"))
    assert len(found) == 1
    assert found[0].startswith("clients.csv:1: ")


def test_reads_what_a_spreadsheet_program_saves(load):
    saved = "client;name;languages;accepting".replace(";accepting", "") + '\r\nc1;René;"de;en"\r\n;;\r\n'
    assert not load(clients=b"\xef\xbb\xbf" + saved.encode()).faults
    client = Client.objects.get()
    assert (client.name, client.intake.languages) == ("René", ["de", "en"])


def test_reads_a_formula_as_text(load):
    load(clients="client,name\n-1,=cmd|'/c calc'!A1\n")
    assert list(Client.objects.values_list("code", "name")) == [("-1", "=cmd|'/c calc'!A1")]


def test_never_repeats_free_text(faults):
    secret = "my father hit me"
    found = faults(
        clients=f"client,name,status,highest_fee,start_from,consents\nc1,{secret * 9}" + f",{secret}" * 4
    )
    assert len(found) == 5
    assert not any(secret in line for line in found)


def test_does_not_report_rows_for_what_they_refer_to(faults):
    found = faults(
        therapists="therapist,name\nt1,Anna\n",
        clients="client,status\nc1,gone\nc2\n",
        sessions="session,client,therapist,number\ns1,c1,t1,1\ns2,c2,t1,1\ns3,c3,t1,1\n",
        ratings="session,total\ns1,50\ns2,50\ns3,50\n",
    )
    assert [line.split(": ")[0] for line in found] == [
        "clients.csv:2:status",
        "clients.csv:3:status",
        "sessions.csv:4:client",
    ]


def test_does_not_report_rows_for_a_file_that_cannot_be_read(faults):
    found = faults(
        therapists="therapist,name\nt1,Anna\n",
        clients="klient\nc1\n",
        sessions="session,client,therapist,number\ns1,c1,t1,1\n",
    )
    assert [line.split(": ")[0] for line in found] == ["clients.csv:1:klient", "clients.csv:1:client"]
