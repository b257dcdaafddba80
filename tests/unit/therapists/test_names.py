"""Names out of record systems become title, name and what somebody is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapists.names import name_read

RECORDED = """\
Anna Müller                           |                 | Anna Müller              | Anna
Öztürk, Ayşe                          |                 | Ayşe Öztürk              | Ayşe
Dr. med. Anna Müller                  | Dr. med.        | Anna Müller              | Anna
Dr Anna Müller                        | Dr              | Anna Müller              | Anna
Müller, Dr. Anna                      | Dr.             | Anna Müller              | Anna
Müller, Anna, Dr.                     | Dr.             | Anna Müller              | Anna
Kern, Ute (Dr. phil.)                 | Dr. phil.       | Ute Kern                 | Ute
Dr.phil. Ute Kern                     | Dr.phil.        | Ute Kern                 | Ute
Dr. rer. nat. Tom Weiß                | Dr. rer. nat.   | Tom Weiß                 | Tom
Prof. Dr. h.c. mult. Hans Maier       | Prof. Dr. h.c. mult. | Hans Maier          | Hans
Dipl.-Psych. Eva Braun                | Dipl.-Psych.    | Eva Braun                | Eva
Dipl. Psych. Eva Braun                | Dipl. Psych.    | Eva Braun                | Eva
Univ.-Prof. Mag. Dr. Franz Huber      | Univ.-Prof. Mag. Dr. | Franz Huber         | Franz
Mag.a Eva Huber                       | Mag.a           | Eva Huber                | Eva
PD Dr. Ute Maier                      | PD Dr.          | Ute Maier                | Ute
Frau Dr. Lena Schulz                  | Dr.             | Lena Schulz              | Lena
Ms. Jane Doe                          |                 | Jane Doe                 | Jane
Herr Meier                            |                 | Herr Meier               |
Dr. Öztürk                            |                 | Dr. Öztürk               |
Müller                                |                 | Müller                   |
Anna Müller, M.A.                     |                 | Anna Müller, M.A.        | Anna
Mary-Ann van Dyke PsyD                |                 | Mary-Ann van Dyke, PsyD  | Mary-Ann
van der Berg, Jan                     |                 | Jan van der Berg         | Jan
Karl Freiherr von Stein               |                 | Karl Freiherr von Stein  | Karl
María José García López               |                 | María José García López  | María
Juan de la Cruz                       |                 | Juan de la Cruz          | Juan
O'Brien, Sean                         |                 | Sean O'Brien             | Sean
D’Angelo, Maria                       |                 | Maria D’Angelo           | Maria
Jean-Luc Picard                       |                 | Jean-Luc Picard          | Jean-Luc
Abdul Rahman Al-Said                  |                 | Abdul Rahman Al-Said     | Abdul Rahman
St. John, Mary                        |                 | Mary St. John            | Mary
MÜLLER, ANNA                          |                 | Anna Müller              | Anna
anna-lena o'connor                    |                 | Anna-Lena O'Connor       | Anna-Lena
Anna (Anni) Müller                    |                 | Anna Müller              | Anni
Eva Braun (she/her)                   |                 | Eva Braun                | Eva
J. Smith                              |                 | J. Smith                 |
Smith, J. A.                          |                 | J. A. Smith              |
Ms Dr. A. de la Cruz                  |                 | Dr. A. de la Cruz        | Dr. de la Cruz
Queen Latifah                         |                 | Queen Latifah            |
J.R.R. Tolkien                        |                 | J.R.R. Tolkien           |
王小明                                |                 | 王小明                   |
김민수                                |                 | 김민수                   |
Иванова, Мария                        |                 | Мария Иванова            | Мария
?                                     |                 | ?                        |
"""


@pytest.mark.parametrize("line", RECORDED.splitlines(), ids=lambda line: line.split("|")[0].strip())
def test_it_reads_a_name_as_records_write_it(line):
    recorded, title, name, short = (cell.strip() for cell in line.split("|"))
    read = name_read(recorded)
    assert (read.title, read.name, read.short_name) == (title, name, short)


@pytest.mark.parametrize(
    ("title", "together"),
    [("", "Dr."), ("Dr. med.", "Dr. med."), ("Psychologist", "Dr., Psychologist")],
)
def test_it_keeps_the_title_that_is_known(title, together):
    assert name_read("Dr. Anna Müller", title).title == together


@given(st.text(min_size=1).filter(str.strip))
def test_it_leaves_nobody_without_a_name(text):
    assert name_read(text).name


@given(st.sampled_from([line.split("|")[0].strip() for line in RECORDED.splitlines()]))
def test_it_reads_what_it_wrote_as_the_same(recorded):
    read = name_read(recorded)
    assert name_read(read.name, read.title).name == read.name
