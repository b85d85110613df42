"""Settings of all tests."""

from hypothesis import settings

# How long one example takes depends on what else the machine does, and is asserted nowhere.
settings.register_profile("whowhom", deadline=None)
settings.load_profile("whowhom")
