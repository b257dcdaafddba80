"""Rows come with the line an editor shows, and one bad row never takes its neighbours with it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alliance_match.transfer import text_lines as lines_module
from alliance_match.transfer.csv_records import BadRecord, Record, records
from alliance_match.transfer.faults import CellError
from alliance_match.transfer.text_lines import TextLines


@pytest.fixture
def rows(tmp_path):
    """All rows of a file with the given content."""

    def rows(content):
        path = tmp_path / "rows.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with TextLines(path) as lines:
            return list(records(lines))

    return rows


def good(rows):
    return [row.cells for row in rows if isinstance(row, Record)]


def bad(rows):
    return [(row.line, row.index) for row in rows if isinstance(row, BadRecord)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_counts_lines_whatever_ends_them(rows, end):
    assert [row.line for row in rows(end.join(["a,b", "1,2", "3,4"]))] == [1, 2, 3]


def test_counts_lines_within_quoted_cells(rows):
    found = rows('a,b\n"1\n\n1","2\r\n2"\n3,4\n')
    assert [row.line for row in found] == [1, 2, 6]
    assert found[1].cell_lines() == [2, 4]


def test_skips_empty_rows_but_counts_them(rows):
    assert [row.line for row in rows("a,b\n\n,\n1,2\n\n")] == [1, 4]


def test_takes_the_delimiter_from_the_first_line(rows):
    assert good(rows('a;b\n"1;1";2,5\n')) == [["a", "b"], ["1;1", "2,5"]]


def test_reads_over_a_byte_order_mark(rows):
    assert good(rows(b"\xef\xbb\xbfa,b\n")) == [["a", "b"]]


@pytest.mark.parametrize(
    ("row", "cell"),
    [('1,"2', 1), ('"1,2', 0), ('1,"2"x', 1), ('1,2"x"', 1), ('1,2"', 1), ('"1"" ,2', 0)],
)
def test_finds_the_cell_with_a_bad_quote_and_reads_the_rows_around_it(rows, row, cell):
    found = rows(f'a,b\n3,4\n{row}\n5,6\n"7","8"\n')
    assert bad(found) == [(3, cell)]
    assert good(found) == [["a", "b"], ["3", "4"], ["5", "6"], ["7", "8"]]


def test_finds_a_quote_left_open_in_the_last_row(rows):
    found = rows('a,b\n1,"2')
    assert bad(found) == [(2, 1)]
    assert "never closed" in found[1].reason


def test_finds_a_bad_quote_below_the_line_its_row_began_on(rows):
    assert bad(rows('a,b,c\n"1\n1",2"2,3\n4,5,6\n'))[0] == (3, 1)


@pytest.mark.parametrize(
    "row",
    [
        'a,b"b,"text\nmore\nend",d',
        'a,"b,"text\nend",d',
        'a,b,"text\nmore, and more\nend"',
        'a,b,"text\nend",d,e',
        f'a,{"b" * 140_000},"text\nend",d',
    ],
)
def test_reports_a_bad_row_of_several_lines_once(rows, row):
    found = rows(f'1,2,3,4\n{row}\n5,6,"7\n7",8\n')
    assert [line for line, _ in bad(found)] == [2]
    assert good(found)[1:] == [["5", "6", "7\n7", "8"]]


def test_reads_the_rows_that_a_quote_left_open_has_swallowed(rows):
    found = rows('1,2\n"a,b\nc,d\ne,f"\ng,h\n')
    assert bad(found) == [(2, 1), (4, 1)]
    assert good(found)[1:] == [["c", "d"], ["g", "h"]]


def test_gives_the_cells_before_a_bad_one(rows):
    assert rows('a,b\n"1""1",2"\n')[1].before == ['1"1']


@pytest.mark.parametrize("quote", ["", '"'])
def test_survives_a_cell_beyond_what_csv_allows(rows, quote):
    found = rows(f"a,b\n1,{quote}{'x' * 200_000}{quote}\n3,4\n")
    assert bad(found) == [(2, 1)]
    assert good(found)[1:] == [["3", "4"]]


def test_survives_a_line_beyond_all_measure(rows, monkeypatch):
    monkeypatch.setattr("alliance_match.transfer.csv_records.LONGEST", 1000)
    monkeypatch.setattr(lines_module, "LONGEST", 1000)
    found = rows(f"a,b\n{'1,' * 5000}\n3,4\n")
    assert bad(found) == [(2, 0)]
    assert good(found) == [["a", "b"], ["3", "4"]]


def test_marks_rows_that_are_no_text(rows):
    found = rows(b"a,b\n1,\xe9\n2,\0\n3,\xc3\xa9\n")
    assert [row.unreadable for row in found] == [False, True, True, False]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_refuses_utf_16(tmp_path, codec):
    path = tmp_path / "wide.csv"
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(codec, b"")
    path.write_bytes(mark + "a,b\n".encode(codec))
    with pytest.raises(CellError, match="UTF-16"):
        TextLines(path)


def test_refuses_what_is_no_file(tmp_path):
    with pytest.raises(CellError, match="not a file"):
        TextLines(tmp_path)


def test_says_why_a_file_cannot_be_opened(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "a.csv"
    path.touch()
    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(CellError, match="Permission denied"):
        TextLines(path)


# A fault is told where it shows, which may lie below where the next row that can be read begins.
@given(content=st.text(st.sampled_from('a",\n\r;')))
@example(content=';"\ra\r";"')
def test_reads_any_text_to_its_end(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(content.encode())
    with TextLines(path) as lines:
        found = list(records(lines))
    begins = [row.line for row in found if isinstance(row, Record)]
    assert begins == sorted(set(begins))
    assert all(1 <= row.line <= len(content) + 1 for row in found)
