"""Weights are loaded only if they are those that the package came with."""

import shutil

import pytest

from whowhom.coders.weights import FOLDER, ModelError, check_weights


@pytest.fixture
def copied(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "weights")


def test_weights_of_the_package_are_whole():
    assert {"model.onnx", "tagger.npz", "tokenizer.json"} <= set(check_weights())


def test_a_changed_byte_is_found(copied):
    damaged = bytearray((copied / "tagger.npz").read_bytes())
    damaged[100] ^= 1
    (copied / "tagger.npz").write_bytes(damaged)
    with pytest.raises(ModelError, match=r"tagger\.npz has checksum .* expected"):
        check_weights(copied)


def test_a_missing_file_is_named(copied):
    (copied / "model.onnx").unlink()
    with pytest.raises(ModelError, match=r"model\.onnx cannot be read"):
        check_weights(copied)


def test_a_broken_manifest_is_named(copied):
    (copied / "manifest.json").write_text("{")
    with pytest.raises(ModelError, match=r"manifest\.json cannot be read"):
        check_weights(copied)
