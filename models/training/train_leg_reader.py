"""Train the leg reader on the samples of `read_runs`, and write it as ONNX. Needs torch.

The loss is the negative log-likelihood of a Laplace distribution whose width the network predicts,
so that it estimates each point's error. The reader sees single frames, without strides, forms or
verdicts, so it cannot bias a runner's motion towards an average one over time.

With an earlier reader to start from, its weights are trained on: a tenth of the pictures is enough
to teach it other clothes, shoes and rooms.
"""

import argparse
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from leg_reader_graph import CELL_PX, POINTS, Weights, build, weights_of
from numpy.typing import NDArray
from torch import Tensor, nn

_SEED = 0
_WIDTHS = (512, 256)
_HIDDEN = 48
_BATCH = 256
_EPOCHS_WHERE, _EPOCHS_EXACTLY = 40, 14
_RATE, _DECAY = 2e-3, 0.02
# Training on, the rate is lower: what the earlier reader knows shall bend, not break.
_RATE_ON = 6e-4
_NOISE = 0.15


def main() -> None:
    """Train on the given runs, report on one held-out run in eight, write the ONNX file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readings", type=Path, help="folder of read_runs.py")
    parser.add_argument("out", type=Path, help="ONNX file")
    parser.add_argument("--all", action="store_true", help="hold out no runs")
    parser.add_argument("--start", type=Path, help="an earlier reader, to be trained on")
    parser.add_argument("--epochs-scale", type=float, default=1.0)
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(_SEED)
    files = sorted(given.readings.glob("run_*.npz"))
    apart = [] if given.all else files[::8]
    ours = [f for f in files if f not in apart]
    train = _load(ours)
    first = weights_of(given.start.read_bytes()) if given.start else (None, None)
    where = _fit_where(train, round(_EPOCHS_WHERE * given.epochs_scale), first[0])
    exactly = _fit_exactly(train, round(_EPOCHS_EXACTLY * given.epochs_scale), first[1])
    channels = train["cells"].shape[2]
    content = build(where, exactly, train["features"].shape[1] // 4, channels)
    given.out.write_bytes(content)
    sys.stderr.write(f"{given.out}: {len(content)} bytes, {len(ours)} runs\n")
    if apart:
        _report(_load(apart), where, exactly)
    if apart and given.start:
        sys.stderr.write("the reader it started from:\n")
        _report(_load(apart), *first)


def _load(files: list[Path]) -> dict[str, Tensor]:
    columns: dict[str, list[NDArray[Any]]] = {}
    for file in files:
        with np.load(file) as rows:
            if "truth" in rows.files:
                for name in rows.files:
                    columns.setdefault(name, []).append(rows[name])
    tensors = {k: torch.from_numpy(np.concatenate(v)) for k, v in columns.items()}
    tensors["cells"] = tensors["cells"].reshape(len(tensors["cells"]), POINTS, -1, 49)
    return tensors


def _seen(rows: dict[str, Tensor]) -> Tensor:
    """Return the inputs of the first step, in the order in which the graph concatenates them."""
    table = rows["landmarks"].float()
    parts = [
        rows["features"].float(),
        (table[:, :, :2] / 128 - 1).flatten(1),
        table[:, :, 2] / 128,
        torch.sigmoid(table[:, :, 3:5].clamp(-20, 20)).flatten(1),
        rows["overview"].float(),
    ]
    return torch.cat(parts, dim=1)


class _Where(nn.Module):
    def __init__(self, inputs: Tensor, middle: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", inputs.mean(0))
        self.register_buffer("spread", inputs.std(0) + 1e-3)
        self.register_buffer("middle", middle)
        sizes = (inputs.shape[1], *_WIDTHS)
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        self.norms = nn.ModuleList(nn.LayerNorm(b) for b in _WIDTHS)
        self.out = nn.Linear(_WIDTHS[-1], 2 * POINTS)
        self.error = nn.Linear(_WIDTHS[-1], POINTS)
        self.skip = nn.Linear(inputs.shape[1], 2 * POINTS, bias=False)
        self.drop = nn.Dropout(0.15)
        nn.init.zeros_(self.skip.weight)
        nn.init.zeros_(self.error.weight)
        nn.init.constant_(self.error.bias, -3.0)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = ((x - self.mean) / self.spread).clamp(-6, 6)
        h = x
        for layer, norm in zip(self.layers, self.norms, strict=True):
            h = self.drop(nn.functional.silu(norm(layer(h))))
        return self.middle + self.out(h) + self.skip(x), self.error(h)


class _Exactly(nn.Module):
    """One perceptron per point, in parallel: inputs (14, n, cells)."""

    def __init__(self, mean: Tensor, spread: Tensor, middle: Tensor) -> None:
        super().__init__()
        n = mean.shape[-1]
        self.register_buffer("mean", mean)
        self.register_buffer("spread", spread)
        self.register_buffer("middle", middle)
        self.w1 = nn.Parameter(torch.randn(POINTS, n, _HIDDEN) / n**0.5)
        self.b1 = nn.Parameter(torch.zeros(POINTS, 1, _HIDDEN))
        self.w2 = nn.Parameter(torch.randn(POINTS, _HIDDEN, 3) * 0.3 / _HIDDEN**0.5)
        self.b2 = nn.Parameter(torch.tensor([0.0, 0.0, -0.5]).repeat(POINTS, 1, 1))
        self.skip = nn.Parameter(torch.zeros(POINTS, n, 2))
        self.drop_in, self.drop = nn.Dropout(0.1), nn.Dropout(0.2)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.drop_in(((x - self.mean) / self.spread).clamp(-6, 6))
        h = self.drop(nn.functional.silu(x @ self.w1 + self.b1))
        out = h @ self.w2 + self.b2
        return out[..., :2] + x @ self.skip + self.middle, out[..., 2]


def _train(model: nn.Module, count: int, epochs: int, rate: float, step: Any) -> None:
    rounds = count // _BATCH
    optimiser = torch.optim.AdamW(model.parameters(), rate, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=epochs * rounds)
    for epoch in range(epochs):
        order, total = torch.randperm(count), 0.0
        for batch in order[: rounds * _BATCH].split(_BATCH):
            loss, error = step(batch)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += error
        if epoch % 5 == 4:
            sys.stderr.write(f"epoch {epoch + 1}: {total / rounds:.4f}\n")
    model.eval()


def _fit_where(rows: dict[str, Tensor], epochs: int, first: Weights | None) -> Weights:
    x, y = _seen(rows), (rows["truth"].float() / 128 - 1).flatten(1)
    model = _Where(x, y.mean(0))
    if first:
        _continue_where(model, first)

    def step(batch: Tensor) -> tuple[Tensor, float]:
        noisy = x[batch] + torch.randn(len(batch), x.shape[1]) * model.spread * _NOISE
        place, scale = model(noisy)
        off = (place - y[batch]).view(-1, POINTS, 2).abs().sum(2)
        scale = scale.clamp(-7, 1)
        return (off * torch.exp(-scale) + 2 * scale).mean() + 3 * off.mean(), off.mean().item()

    _train(model, len(x), epochs, _RATE_ON if first else _RATE, step)
    named = {"mean": model.mean, "spread": model.spread, "skip": model.skip.weight.T}
    named |= {"out": model.out.weight.T, "middle": model.middle + model.out.bias}
    for i, (layer, norm) in enumerate(zip(model.layers, model.norms, strict=True)):
        named |= {f"w{i}": layer.weight.T, f"b{i}": layer.bias}
        named |= {f"scale{i}": norm.weight, f"shift{i}": norm.bias}
    return {k: v.detach().numpy() for k, v in named.items()}


def _continue_where(model: _Where, first: Weights) -> None:
    named = {k: torch.tensor(v) for k, v in first.items()}
    # Inputs that the earlier reader did not have are scaled as seen here and begin at nothing.
    known = len(named["mean"])
    for name in ("mean", "spread"):
        named[name] = torch.cat([named[name], getattr(model, name)[known:]])
    for name in ("w0", "skip"):
        new = torch.zeros(len(named["mean"]) - known, named[name].shape[1])
        named[name] = torch.cat([named[name], new])
    state = {k: named[k] for k in ("mean", "spread", "middle")}
    state |= {"skip.weight": named["skip"].T, "out.weight": named["out"].T}
    state["out.bias"] = torch.zeros_like(model.out.bias)  # it is a part of the middle
    for i in range(len(_WIDTHS)):
        state |= {f"layers.{i}.weight": named[f"w{i}"].T, f"layers.{i}.bias": named[f"b{i}"]}
        state |= {f"norms.{i}.weight": named[f"scale{i}"], f"norms.{i}.bias": named[f"shift{i}"]}
    # The head that estimates the coarse error is not in the file; it begins anew.
    model.load_state_dict(state, strict=False)


def _fit_exactly(rows: dict[str, Tensor], epochs: int, first: Weights | None) -> Weights:
    cells = rows["cells"].flatten(2)
    y = rows["truth"].float() / CELL_PX - (rows["cell"].float() + 0.5)
    some = cells[torch.randperm(len(cells))[:4000]].float()
    mean, spread = some.mean(0).unsqueeze(1), some.std(0).unsqueeze(1) + 1e-2
    model = _Exactly(mean, spread, y.mean(0).unsqueeze(1))
    if first:
        model.load_state_dict({k: torch.tensor(v) for k, v in first.items()})

    def step(batch: Tensor) -> tuple[Tensor, float]:
        move, scale = model(cells[batch].float().transpose(0, 1))
        off = (move - y[batch].transpose(0, 1)).abs().sum(2)
        scale = scale.clamp(-4, 3)
        return (off * torch.exp(-scale) + 2 * scale).mean() + off.mean(), off.mean().item()

    _train(model, len(cells), epochs, _RATE_ON if first else _RATE, step)
    names = ("mean", "spread", "middle", "w1", "b1", "w2", "b2", "skip")
    return {k: getattr(model, k).detach().numpy() for k in names}


def _report(rows: dict[str, Tensor], where: Weights, exactly: Weights) -> None:
    """Print the error of each step on held-out runs, in crop pixels."""
    x = _seen(rows).numpy()[:, : len(where["mean"])]
    x = ((x - where["mean"]) / where["spread"]).clip(-6, 6)
    h = x
    for i in range(len(_WIDTHS)):
        h = h @ where[f"w{i}"] + where[f"b{i}"]
        h = (h - h.mean(1, keepdims=True)) / np.sqrt(h.var(1, keepdims=True) + 1e-5)
        h = h * where[f"scale{i}"] + where[f"shift{i}"]
        h = h / (1 + np.exp(-h))
    place = (h @ where["out"] + where["middle"] + x @ where["skip"] + 1) * 128
    off = np.hypot(*(place.reshape(-1, POINTS, 2) - rows["truth"].numpy()).T)
    _say("where  ", off)
    cells = rows["cells"].flatten(2).float().numpy().transpose(1, 0, 2)
    x = ((cells - exactly["mean"]) / exactly["spread"]).clip(-6, 6)
    h = x @ exactly["w1"] + exactly["b1"]
    h = h / (1 + np.exp(-h))
    out = h @ exactly["w2"] + exactly["b2"]
    move = out[..., :2] + x @ exactly["skip"] + exactly["middle"]
    middle = rows["cell"].numpy() + 0.5
    place = (middle + move.transpose(1, 0, 2)) * CELL_PX
    off = place - rows["truth"].numpy()
    _say("exactly", np.hypot(*off.T))
    ratio = np.abs(off).mean(axis=2) / (CELL_PX * np.exp(out[..., 2].T))
    sys.stderr.write(f"error over its estimate, mean: {ratio.mean():.2f}\n")


def _say(step: str, off: NDArray[np.floating[Any]]) -> None:
    middle, most = np.median(off, axis=1), np.percentile(off, 95, axis=1)
    parts = [f"{a:.1f}/{b:.1f}" for a, b in zip(middle, most, strict=True)]
    sys.stderr.write(f"{step} median/95 % px: {' '.join(parts)}\n")


if __name__ == "__main__":
    main()
