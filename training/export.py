"""Turn a checkpoint into the weights of the package: an int8 ONNX graph and what goes with it.

    python -m training.export runs/first/network.pt

The graph is written node by node with the fused operators of onnxruntime (Attention, BiasGelu)
instead of being traced: what is in it is then known, and nothing depends on the version of an
exporter. Linear layers are quantised to int8 with a scale of their own for each output; word
vectors are kept in float16.

Every file's SHA-256 stands in manifest.json, which the program checks when it loads them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from training.model import Network
from training.train import encoder_files, load_network, load_tokenizer
from whowhom.coders.network import N_OUTPUTS

WEIGHTS = Path(__file__).parents[1] / "whowhom/coders/weights"
_MICROSOFT = "com.microsoft"


class _Graph:
    """Nodes and initializers, gathered one after the other."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def keep(self, name: str, tensor: torch.Tensor, dtype: type = np.float32) -> str:
        array = tensor.detach().numpy().astype(dtype)
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(
        self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: object
    ) -> str:
        self.nodes.append(
            helper.make_node(operator, inputs, [output], name=output, domain=domain, **attributes)
        )
        return output

    def normalise(self, x: str, norm: nn.LayerNorm, output: str) -> str:
        weights = [self.keep(f"{output}.w", norm.weight), self.keep(f"{output}.b", norm.bias)]
        return self.add("LayerNormalization", [x, *weights], output, epsilon=norm.eps)

    def add_and_normalise(self, x: str, linear: nn.Linear, skip: str, norm: nn.LayerNorm, output: str) -> str:
        """Sum, not Add: onnxruntime would fuse Add into SkipLayerNormalization, which on a CPU takes three
        times as long as the two apart (a fifth of the whole run)."""
        self.add("Add", [x, self.keep(f"{output}.bias", linear.bias)], f"{output}.biased")
        self.add("Sum", [f"{output}.biased", skip], f"{output}.sum")
        return self.normalise(f"{output}.sum", norm, output)


def build_graph(network: Network) -> onnx.ModelProto:
    """Return the float graph: pieces, features, core (1, n) int64 → outputs (1, n, N_OUTPUTS) float32."""
    graph = _Graph()
    keep, add = graph.keep, graph.add
    add("Gather", [keep("words", network.words.weight, np.float16), "pieces"], "words_16")
    add("Cast", ["words_16"], "words_32", to=TensorProto.FLOAT)
    add("Gather", [keep("kinds", network.kinds.weight), "core"], "kinds_32")
    add("Gather", [keep("cases", network.features.weight), "features"], "cases_32")
    add("Shape", ["pieces"], "length", start=1, end=2)
    zero = keep("zero", torch.tensor([0]), np.int64)
    add("Slice", [keep("positions", network.positions.weight), zero, "length", zero], "positions_32")
    add("Sum", ["words_32", "kinds_32", "cases_32", "positions_32"], "x_sum")
    x = graph.normalise("x_sum", network.norm, "x_0")
    for number, layer in enumerate(network.layers):
        at = f"layer_{number}"
        attention = [x, keep(f"{at}.qkv.w", layer.qkv.weight.T), keep(f"{at}.qkv.b", layer.qkv.bias)]
        add("Attention", attention, f"{at}.attended", _MICROSOFT, num_heads=layer.heads)
        add("MatMul", [f"{at}.attended", keep(f"{at}.out.w", layer.out.weight.T)], f"{at}.out")
        middle = graph.add_and_normalise(f"{at}.out", layer.out, x, layer.norm_1, f"{at}.mid")
        add("MatMul", [middle, keep(f"{at}.up.w", layer.up.weight.T)], f"{at}.up")
        add("BiasGelu", [f"{at}.up", keep(f"{at}.up.b", layer.up.bias)], f"{at}.gelu", _MICROSOFT)
        add("MatMul", [f"{at}.gelu", keep(f"{at}.down.w", layer.down.weight.T)], f"{at}.down")
        x = graph.add_and_normalise(f"{at}.down", layer.down, middle, layer.norm_2, f"x_{number + 1}")
    add("MatMul", [x, keep("project.w", network.project.weight.T)], "projected")
    add("Add", ["projected", keep("project.b", network.project.bias)], "outputs")
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, [1, "n"])
        for name in ("pieces", "features", "core")
    ]
    outputs = [helper.make_tensor_value_info("outputs", TensorProto.FLOAT, [1, "n", N_OUTPUTS])]
    made = helper.make_graph(graph.nodes, "whowhom", inputs, outputs, graph.initializers)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_MICROSOFT, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=9, producer_name="whowhom")


def run_graph(path: Path, pieces: np.ndarray, features: np.ndarray, core: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {"pieces": pieces[None], "features": features[None], "core": core[None]})[0][0]


def compare(network: Network, path: Path) -> float:
    """Return the greatest difference between graph and network over a made-up window."""
    chance = np.random.default_rng(0)
    pieces = chance.integers(1000, 20_000, 60)
    features = chance.integers(0, 5, 60)
    core = (np.arange(60) > 20).astype(np.int64)
    network.eval()
    with torch.no_grad():
        tensors = [torch.from_numpy(array)[None] for array in (pieces, features, core, np.ones(60, np.int64))]
        expected = network(*tensors)[0].numpy()
    return float(np.abs(run_graph(path, pieces, features, core) - expected).max())


def export(checkpoint: Path, target: Path) -> None:
    """Write model.onnx, tagger.npz and tokenizer.json to `target` and their checksums to manifest.json.

    Settings in an older manifest (thresholds, calibration) are kept: `training.fitting` writes them.

    Raises:
        RuntimeError: The float graph does not compute what the network computes.
    """
    network = load_network(checkpoint)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "float.onnx"
        onnx.save(build_graph(network), plain)
        difference = compare(network, plain)
        if difference > 2e-2:  # float16 word vectors alone make up to 5e-3
            raise RuntimeError(
                f"The graph differs from the network by {difference:.4f}, expected under 0.02."
            )
        # reduce_range: on processors without VNNI, products of full int8 saturate and the same
        # article would be coded in another way there.
        quantize_dynamic(
            plain,
            target / "model.onnx",
            op_types_to_quantize=["MatMul", "Attention"],
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            extra_options={
                "DefaultTensorType": TensorProto.FLOAT
            },  # the fused operators have no shape inference
        )
        print(
            f"float graph differs by {difference:.5f}, int8 by {compare(network, target / 'model.onnx'):.3f}"
        )
    np.savez(
        target / "tagger.npz",
        distance=network.distance.weight.detach().numpy(),
        step=network.step.weight.detach().numpy(),
        roles_weight=network.roles.weight.detach().numpy().T.copy(),
        roles_bias=network.roles.bias.detach().numpy(),
    )
    _, vocabulary = encoder_files()
    load_tokenizer(vocabulary).save(str(target / "tokenizer.json"), pretty=False)
    write_checksums(target)


def write_checksums(target: Path, **settings: object) -> None:
    """Write manifest.json anew: the old settings, `settings` over them, and the SHA-256 of every file."""
    path = target / "manifest.json"
    manifest = json.loads(path.read_text()) if path.exists() else {}
    manifest |= settings
    manifest["sha256"] = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(target.iterdir())
        if file.name not in ("manifest.json", "figures.json", "__init__.py")
    }
    path.write_text(json.dumps(manifest, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--to", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    export(arguments.checkpoint, arguments.to)
    size = sum(file.stat().st_size for file in arguments.to.iterdir() if file.is_file())
    print(f"{arguments.to}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
