"""Settings of all tests."""

import os
import sys

import pytest
from hypothesis import settings

# How long one example takes depends on what else the machine does, and is asserted nowhere.
settings.register_profile("whowhom", deadline=None)
settings.load_profile("whowhom")


_STATUS = pytest.StashKey[int]()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[_STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """End at once, with the status that the tests had.

    Worker threads of the desk's server that are still within DuckDB when the interpreter goes down abort it:
    once, behind 4,865 tests that had passed. How the program itself ends is tested in processes of its own.
    """
    if _STATUS in config.stash and not hasattr(config, "workerinput"):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[_STATUS])
