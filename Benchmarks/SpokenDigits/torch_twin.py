"""torch_twin.py CORPUS     the preset live of Larmor in PyTorch: the same layers, features, joined strings, perturbation and schedule.

    python Benchmarks/SpokenDigits/torch_twin.py digits/known.jsonl [--epochs 60] [--perturb 1] [--threads 2] [--rate 16000] [--minutes M]

What differs: PyTorch's CTC knows no windows, so outside of every window of a unit in its string that unit's logit is lowered by 30; random
numbers are NumPy's. Prints one JSON line: errors on the validation split by epoch, on the test split at the end, seconds.
"""
import argparse
import json
import math
import os
import sys
import time
import wave

import numpy as np
import torch
from scipy.signal import resample_poly

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("corpus")
parser.add_argument("--epochs", type=int, default=60)
parser.add_argument("--perturb", type=float, default=1)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--rate", type=int, default=16_000)
parser.add_argument("--minutes", type=float, default=1e9, help="stop the schedule there")
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.set_flush_denormal(True)
torch.manual_seed(1)
rng = np.random.default_rng(1)

RATE, HOP, WINDOW, LENGTH = options.rate, options.rate // 100, options.rate // 40, 512
BANDS, LOW, HIGH, STRIDE, LOOK_AHEAD, LABEL_WINDOW = 40, 60.0, 3900.0, 2, 5, 5


# ---- features: logarithms of 40 mel bands

def mel(f):
    return 2595 * np.log10(1 + f / 700)


def filters(warp):
    f = np.arange(LENGTH // 2 + 1) * RATE / LENGTH
    corner = 0.8 * HIGH * min(warp, 1)
    place = corner / warp
    moved = np.where(f <= corner, f / warp, HIGH - (HIGH - place) / (HIGH - corner) * (HIGH - f))
    axis = mel(np.where((f <= HIGH) & (warp != 1), moved, f))
    step = (mel(HIGH) - mel(LOW)) / (BANDS + 1)
    x = (axis[None] - mel(LOW) - step * np.arange(BANDS)[:, None]) / step
    return np.maximum(0, np.where(x < 1, x, 2 - x)).astype(np.float32)


TAPER = (0.54 - 0.46 * np.cos(2 * np.pi * np.arange(WINDOW) / (WINDOW - 1))).astype(np.float32)


def features(signal, bank):
    if len(signal) < WINDOW:
        return np.zeros((0, BANDS), np.float32)
    emphasised = signal - 0.97 * np.concatenate(([0], signal[:-1]))
    frames = np.lib.stride_tricks.sliding_window_view(emphasised, WINDOW)[::HOP] * TAPER
    power = np.abs(np.fft.rfft(frames, LENGTH)) ** 2
    return np.log(power @ bank.T + 1e-4).astype(np.float32)


# ---- the corpus

class Word:
    def __init__(self, row):
        with wave.open(row["audio"]) as file:
            sound = np.frombuffer(file.readframes(file.getnframes()), np.int16) / 32768
            gcd = math.gcd(RATE, file.getframerate())
            self.samples = resample_poly(sound, RATE // gcd, file.getframerate() // gcd).astype(np.float32)
        self.text, self.speaker = row["text"], row["speaker"]
        hop = RATE // 100
        powers = np.array([np.sum(self.samples[i:i + hop] ** 2) for i in range(0, len(self.samples), hop)])
        self.end = min(len(self.samples), (np.nonzero(powers >= powers.max() * 1e-3)[0][-1] + 1) * hop)


folder = os.path.dirname(os.path.abspath(options.corpus))
with open(options.corpus) as file:
    rows = [json.loads(line) for line in file]
for row in rows:
    row["audio"] = os.path.join(folder, row["audio"])
words = {split: [Word(row) for row in rows if row["split"] == split] for split in ("train", "validation", "test")}
UNITS = [""] + sorted({word.text for word in words["train"]})
LABEL = {text: index for index, text in enumerate(UNITS)}
speech = np.mean([np.mean(word.samples[:word.end] ** 2) for word in words["train"]])


def wider(low, high, middle):
    return max(0.5 * middle, middle + options.perturb * (low - middle)), middle + options.perturb * (high - middle)


SPEED, WARP = wider(0.85, 1.15, 1), wider(0.85, 1.18, 1)
TILT = (-0.5 * options.perturb, 0.5 * options.perturb)
GAIN = (-15 * options.perturb, 9 * options.perturb)
NOISY, MASK = min(1, 0.7 * options.perturb), round(6 * options.perturb)
WARPS = [filters(w) for w in np.linspace(*WARP, 24)]
PLAIN = filters(1.0)


def groups(words, low, high):
    found = []
    by_speaker = {}
    for index in rng.permutation(len(words)):
        by_speaker.setdefault(words[index].speaker, []).append(index)
    for speaker in sorted(by_speaker):
        rest = by_speaker[speaker]
        while rest:
            count = int(rng.integers(low, high + 1))
            found.append([words[i] for i in rest[:count]])
            rest = rest[count:]
    return found


def faster(x, speed):
    return np.interp(np.arange(int((len(x) - 1) / speed)) * speed, np.arange(len(x)), x) if speed != 1 else x


def pink(count):
    spectrum = np.fft.rfft(rng.standard_normal(count))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    x = np.fft.irfft(spectrum, count)
    return x / np.sqrt(np.mean(x ** 2))


def babble(count, speaker):
    total = np.zeros(count)
    others = [word for word in words["train"] if word.speaker != speaker] or words["train"]
    for _ in range(rng.integers(3, 7)):
        place = -int(rng.integers(RATE // 2))
        while place < count:
            x = others[rng.integers(len(others))].samples
            a, b = max(0, -place), min(len(x), count - place)
            if b > a:
                total[place + a:place + b] += x[a:b]
            place += len(x)
    return total / np.sqrt(np.mean(total ** 2) + 1e-12)


def make(group, perturbed, pauses):
    """Features, labels and windows of a string."""
    pause = lambda: np.zeros(int(rng.uniform(*pauses) * RATE))
    speed = rng.uniform(*SPEED) if perturbed else 1
    parts, ends, count = [pause()], [], 0
    count = len(parts[0])
    for word in group:
        ends.append(count + int(word.end / speed))
        for part in (faster(word.samples, speed) * 2 ** rng.uniform(-1, 1), pause()):
            parts.append(part)
            count += len(part)
    parts.append(np.zeros(RATE * (LABEL_WINDOW * STRIDE + 8) // 100))
    signal = np.concatenate(parts)
    bank = PLAIN
    if perturbed:
        bank = WARPS[rng.integers(24)]
        if rng.random() < NOISY:
            noise = babble(len(signal), group[0].speaker) if rng.random() < 0.25 else (
                rng.standard_normal(len(signal)) if rng.random() < 0.5 else pink(len(signal)))
            signal = signal + 10 ** (-rng.uniform(0, 30) / 20) * math.sqrt(speech) * noise
        else:
            signal = signal + 1e-4 * rng.standard_normal(len(signal))
        tilt = rng.uniform(*TILT)
        signal = 10 ** (rng.uniform(*GAIN) / 20) * (signal + tilt * np.concatenate(([0], signal[:-1])))
    elif rng.random() < 0.5:
        signal = signal + 2 ** rng.uniform(-14, -10) * rng.standard_normal(len(signal))
    found = (features(signal, bank) - MEAN) / DEVIATION
    if perturbed:
        for _ in range(2):
            width = int(rng.integers(MASK + 1))
            start = int(rng.integers(max(1, BANDS - width + 1)))
            found[:, start:start + width] = 0
        found = found + 0.1 * rng.standard_normal(found.shape)
    last = (len(found) + STRIDE - 1) // STRIDE - 1
    windows = []
    for end in ends:
        heard = max(0, (end - WINDOW + HOP - 1) // HOP)
        first = min(last, max(0, (heard - LOOK_AHEAD + STRIDE - 1) // STRIDE))
        windows.append((first, min(last, first + LABEL_WINDOW)))
    return found.astype(np.float32), [LABEL[word.text] for word in group], windows


# ---- the network: LiveShape

class Live(torch.nn.Module):
    def __init__(self, width=128, blocks=5, planes=(16, 32)):
        super().__init__()
        channels, bands = 1, BANDS
        self.spectra = torch.nn.ModuleList()
        for count in planes:
            self.spectra.append(torch.nn.Conv2d(channels, count, (3, 3), stride=(1, 2)))
            channels, bands = count, (bands + 1) // 2
        self.convolution = torch.nn.Conv1d(channels * bands, width, 5, stride=STRIDE)
        self.context_norm, self.context = torch.nn.LayerNorm(width), torch.nn.Conv1d(width, width, 5)
        self.norms = torch.nn.ModuleList(torch.nn.LayerNorm(width) for _ in range(blocks))
        self.grus = torch.nn.ModuleList(torch.nn.GRU(width, width) for _ in range(blocks))
        self.norm, self.output = torch.nn.LayerNorm(width), torch.nn.Linear(width, len(UNITS))
        self.dropout = torch.nn.Dropout(0.2)
        with torch.no_grad():
            self.output.bias[0] = 4

    def forward(self, x):
        """[batch, frames, bands] → [output frames, batch, units]"""
        pad = torch.nn.functional.pad
        frames = x.shape[1]
        x = x[:, None]
        for k, layer in enumerate(self.spectra):
            ahead = 1 if k == 0 else 0
            x = torch.relu(layer(pad(x, (1, 1, 2 - ahead, ahead))))
        x = x.permute(0, 3, 1, 2).flatten(1, 2)
        # Output frame j ends at input frame 2 j + 2.
        x = torch.relu(self.convolution(pad(x, (2, 2 + frames % 2))))
        x = x.permute(2, 0, 1)
        y = self.context_norm(x).permute(1, 2, 0)
        x = x + torch.relu(self.context(pad(y, (3, 1)))).permute(2, 0, 1)
        for norm, gru in zip(self.norms, self.grus):
            x = x + self.dropout(gru(norm(x))[0])
        return self.output(self.norm(x))


def read(logits):
    """Best path with the blank's logit lowered and a hold-off, as Larmor reads."""
    logits = logits.copy()
    logits[:, 0] -= math.log(LABEL_WINDOW + 1)
    found, last, since = [], 0, 10 ** 9
    for best in logits.argmax(1):
        since += 1
        if best != 0 and best != last and since > 2 * LABEL_WINDOW:
            found.append(int(best))
            since = 0
        last = best
    return found


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def errors(strings):
    network.eval()
    wrong = total = 0
    with torch.no_grad():
        for found, labels, _ in strings:
            logits = network(torch.from_numpy(found)[None])[:, 0].numpy()
            wrong, total = wrong + distance(labels, read(logits)), total + len(labels)
    network.train()
    return wrong / max(1, total)


MEAN, DEVIATION = 0.0, 1.0
sample = np.concatenate([make(group, True, (0.03, 0.4))[0] for group in groups(words["train"], 1, 6)[:400]])
MEAN, DEVIATION = sample.mean(0), sample.std(0)
validation = [make(group, False, (0.05, 0.3)) for group in groups(words["validation"], 3, 7)]
network = Live()
decayed = [p for name, p in network.named_parameters() if p.ndim > 1]
others = [p for name, p in network.named_parameters() if p.ndim <= 1]
optimiser = torch.optim.AdamW([{"params": decayed}, {"params": others, "weight_decay": 0}], lr=3e-3, weight_decay=0.01)
steps, step, curve, begin = options.epochs * max(1, round(len(words["train"]) / 3.5 / 16)), 0, [], time.time()
best = (2.0, None)
for epoch in range(options.epochs):
    strings = groups(words["train"], 1, 6)
    strings.sort(key=lambda group: sum(len(word.samples) for word in group))
    batches = [strings[i:i + 16] for i in range(0, len(strings), 16)]
    for index in rng.permutation(len(batches)):
        batch = [make(group, True, (0.03, 0.4)) for group in batches[index]]
        frames = max(len(found) for found, _, _ in batch)
        x = np.zeros((len(batch), frames, BANDS), np.float32)
        outputs = (frames + 1) // 2
        barred = np.zeros((outputs, len(batch), len(UNITS)), np.float32)
        barred[:, :, 1:] = -30
        for k, (found, labels, windows) in enumerate(batch):
            x[k, :len(found)] = found
            for label, (first, last) in zip(labels, windows):
                barred[first:last + 1, k, label] = 0
        share = min(step, steps - 1) / steps
        rate = 3e-3 * ((0.04 + 0.96 * share / 0.3) if share < 0.3 else max(0.5 * (1 + math.cos(math.pi * (share - 0.3) / 0.7)), 1e-4))
        for group in optimiser.param_groups:
            group["lr"] = rate
        logarithms = torch.log_softmax(network(torch.from_numpy(x)), 2) + torch.from_numpy(barred)
        loss = torch.nn.functional.ctc_loss(
            logarithms, torch.tensor([label for _, labels, _ in batch for label in labels]),
            torch.tensor([(len(found) + 1) // 2 for found, _, _ in batch]), torch.tensor([len(labels) for _, labels, _ in batch]),
            reduction="sum", zero_infinity=True) / len(batch)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5)
        optimiser.step()
        step += 1
    curve.append(errors(validation))
    if curve[-1] <= best[0]:
        best = (curve[-1], {key: value.clone() for key, value in network.state_dict().items()})
    print("epoch %d: loss %.3f, validation %.2f %%, %.0f s" % (epoch + 1, loss.item(), 100 * curve[-1], time.time() - begin), flush=True, file=sys.stderr)
    if time.time() - begin > 60 * options.minutes:
        break
network.load_state_dict(best[1])
silence = np.zeros(int(0.3 * RATE))
test = []
for word in words["test"]:
    signal = np.concatenate((silence, word.samples, silence))
    found = (features(signal + 3 / 32768 * rng.standard_normal(len(signal)), PLAIN) - MEAN) / DEVIATION
    test.append((found.astype(np.float32), [LABEL[word.text]], None))
print(json.dumps({"peer": "PyTorch " + torch.__version__, "parameters": sum(p.numel() for p in network.parameters()),
                  "validation_error": best[0], "test_error": errors(test), "epochs": len(curve), "seconds": time.time() - begin}))
