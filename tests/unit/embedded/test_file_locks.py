"""Locks between processes; two open files of one process exclude each other just so."""

import os
import subprocess
import sys

import pytest

from alliance_match.embedded.file_locks import Lock, is_locked


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lock"


def test_sharers_hold_a_lock_side_by_side(path):
    assert Lock.at(path).try_shared()
    assert Lock.at(path).try_shared()


def test_a_lock_is_not_held_alone_beside_a_sharer(path):
    sharer, loner = Lock.at(path), Lock.at(path)
    sharer.try_shared()

    assert not loner.try_alone()
    sharer.release()
    assert loner.try_alone()


def test_waiting_for_a_lock_ends_in_time(path):
    loner = Lock.at(path)
    loner.try_alone()

    assert not Lock.at(path).wait_shared(0.01)


def test_a_lock_passes_to_a_process_that_inherits_it(path):
    lock = Lock.at(path)
    lock.try_alone()
    heir = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock.descriptor]
    )
    lock.release()

    assert is_locked(path)
    heir.communicate(b"\n")
    assert not is_locked(path)


def test_a_lock_file_is_never_followed_elsewhere(path, tmp_path):
    path.symlink_to(tmp_path / "target")

    with pytest.raises(OSError, match="Too many levels"):
        Lock.at(path)


def test_nobody_holds_a_lock_that_does_not_exist(path):
    assert not is_locked(path)


def test_releasing_twice_does_no_harm(path):
    lock = Lock.at(path)
    lock.release()
    unrelated = os.open(path, os.O_RDONLY)

    lock.release()

    os.close(unrelated)
