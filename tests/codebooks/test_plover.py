"""The codebook table holds every label of the model and only codes that exist."""

import re

import pytest

from whowhom.codebooks.plover import find_code, load_codes
from whowhom.coders.labels import MODES, TYPES


def test_every_type_and_mode_of_the_model_has_a_code():
    wanted = {(kind, "") for kind in TYPES} | {tuple(mode.split(".")) for mode in MODES}
    assert set(load_codes()) == wanted


def test_scale_and_quad_agree():
    """Cooperation is above zero and conflict below, and nothing leaves -10 to 10."""
    for code in load_codes().values():
        assert (code.scale > 0) == (code.quad in (1, 2))
        assert -10 <= code.scale <= 10
        assert re.fullmatch(r"[012]\d{2,3}", code.cameo)


def test_an_unknown_mode_is_named():
    with pytest.raises(KeyError, match="no 'AGREE' with mode 'visit'"):
        find_code("AGREE", ("visit",))
