"""Faults are shown by file and line, and counted where they are too many."""

from alliance_match.transfer.faults import Fault, Faults


def test_leaves_out_what_a_fault_does_not_have():
    assert str(Fault("a.csv", None, None, "odd")) == "a.csv: odd"
    assert str(Fault("a.csv", 3, "fee", "odd")) == "a.csv:3:fee: odd"


def test_orders_by_file_as_read_and_then_by_line():
    faults = Faults()
    for file, line in [("b.csv", 9), ("b.csv", 10), ("b.csv", 2), ("a.csv", 1)]:
        faults.add(file, line, None, "odd")
    assert [(one.file, one.line) for one in faults.kept()] == [
        ("b.csv", 2),
        ("b.csv", 9),
        ("b.csv", 10),
        ("a.csv", 1),
    ]


def test_counts_what_it_does_not_show():
    faults = Faults(shown=2)
    for line in range(5):
        faults.add("a.csv", line, None, "odd")
    assert len(faults) == 5
    assert len(faults.kept()) == 2
    assert faults.summary() == "5 faults in a.csv (3 of them not shown)"


def test_counts_one_as_one():
    faults = Faults()
    faults.add("a.csv", 1, None, "odd")
    assert faults.summary() == "1 fault in a.csv"
