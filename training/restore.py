"""Turn the weights of the package back into a checkpoint, so that training can go on from them.

    python -m training.restore --from whowhom/coders/weights --to runs/shipped/network.pt

What the int8 graph holds is all there is: the linear layers come back rounded to 127 steps an output
channel, which costs nothing that the held-back passages show (`results/README.md`, int8 against float).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from training.export import WEIGHTS
from training.model import Network


def restore(folder: Path) -> Network:
    """Return the network whose exported graph and tagger lie in `folder`."""
    graph = onnx.load(folder / "model.onnx").graph
    held = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    network = Network()
    state = network.state_dict()

    def put(name: str, array: np.ndarray) -> None:
        assert state[name].shape == array.shape, f"{name}: {array.shape}, expected {tuple(state[name].shape)}"
        state[name] = torch.from_numpy(array.astype(np.float32))

    def put_linear(name: str, at: str, bias: str) -> None:
        steps = held[f"{at}_quantized"].astype(np.float32) - held[f"{at}_zero_point"].astype(np.float32)
        put(f"{name}.weight", (steps * held[f"{at}_scale"]).T)
        put(f"{name}.bias", held[bias])

    def put_norm(name: str, at: str) -> None:
        put(f"{name}.weight", held[f"{at}.w"])
        put(f"{name}.bias", held[f"{at}.b"])

    for name, at in (
        ("words", "words"),
        ("positions", "positions"),
        ("kinds", "kinds"),
        ("features", "cases"),
    ):
        put(f"{name}.weight", held[at])
    put_norm("norm", "x_0")
    for number in range(len(network.layers)):
        layer, at, after = f"layers.{number}", f"layer_{number}", f"x_{number + 1}"
        put_linear(f"{layer}.qkv", f"{at}.qkv.w", f"{at}.qkv.b")
        put_linear(f"{layer}.out", f"{at}.out.w", f"{at}.mid.bias")
        put_norm(f"{layer}.norm_1", f"{at}.mid")
        put_linear(f"{layer}.up", f"{at}.up.w", f"{at}.up.b")
        put_linear(f"{layer}.down", f"{at}.down.w", f"{after}.bias")
        put_norm(f"{layer}.norm_2", after)
    put_linear("project", "project.w", "project.b")
    tagger = np.load(folder / "tagger.npz")
    put("distance.weight", tagger["distance"])
    put("step.weight", tagger["step"])
    put("roles.weight", tagger["roles_weight"].T)
    put("roles.bias", tagger["roles_bias"])
    network.load_state_dict(state)
    return network


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--from", dest="folder", type=Path, default=WEIGHTS)
    parser.add_argument("--to", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.to.parent.mkdir(parents=True, exist_ok=True)
    torch.save(restore(arguments.folder).state_dict(), arguments.to)


if __name__ == "__main__":
    main()
