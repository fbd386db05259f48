"""timescale.py OUTPUT     does the best weight decay line up as a timescale, when data and network grow?

    python Benchmarks/SpokenDigits/timescale.py .build-timescale --data FOLDER [--larmor PROGRAM] [--seeds N]

--data holds DIGIT_SPEAKER_INDEX.wav. The preset `live` with two blocks learns from four speakers and is watched on a fifth (jackson), at a quarter,
a half and all of the data, and at one, two and four times the width with the learning rate of muP (rate ~ 1/width); equal epochs. Each (data, width) is a
`larmor sweep` over timescales and seeds, which goes on where it stopped. The best timescale is the minimum of a parabola through the mean
losses over log tau; its interval comes from drawing the seeds again.
"""
import argparse
import csv
import json
import math
import os
import random
import subprocess

from recordings import Study, write

TAKES = {"1/4": 3, "1/2": 6, "1": 12}
WIDTHS = {1: 32, 2: 64, 4: 128}
TIMESCALES = [0.6, 2, 6, 20, 60]
EPOCHS, BATCH, RATE = 10, 4, 4e-3
HELD_OUT = "jackson"

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("output")
parser.add_argument("--data", required=True)
parser.add_argument("--larmor", default=".build/release/larmor")
parser.add_argument("--seeds", type=int, default=3)
parser.add_argument("--jobs", type=int, default=1, help="trainings at once; each uses two threads")
parser.add_argument("--table", action="store_true", help="only the table, from what is there")
options = parser.parse_args()
study = Study(options.output, options.data, os.path.abspath(options.larmor))
os.makedirs(options.output, exist_ok=True)


def corpus(takes):
    path = study.place("corpus-%d.jsonl" % takes)
    rows = []
    for text, speaker, index, audio in study.digits():
        if speaker == HELD_OUT and index < 20:
            rows.append((text, speaker, audio, "validation"))
        elif speaker != HELD_OUT and 5 <= index < 5 + takes:
            rows.append((text, speaker, audio, "train"))
    write(path, rows)
    return os.path.abspath(path)


def sweep(data, width):
    name = "data %s width %d" % (data.replace("/", "-"), width)
    path = study.place(name.replace(" ", "-") + ".toml")
    command = ["train", "recognizer", "--corpus", corpus(TAKES[data]), "--rate", "8000", "--preset", "live", "--layers", "2",
               "--hidden", str(WIDTHS[width]), "--learning-rate", str(RATE / width), "--epochs", str(EPOCHS), "--batch", str(BATCH),
               "--perturb", "0.5", "--output", "{folder}/model"]
    with open(path, "w") as file:
        file.write("name = %s\ncommand = %s\n\n[parameters]\n" % (json.dumps(name), json.dumps(command)))
        file.write('"--timescale" = %s\n' % json.dumps(["%g epochs" % tau for tau in TIMESCALES]))
        file.write('"--seed" = { from = 1, to = %d }\n\n' % options.seeds)
        file.write('[result]\nminimise = "validation_loss"\ncolumns = ["loss", "validation_error_rate"]\n')
    if not options.table:
        subprocess.run([study.program, "sweep", "run", path, "--output", options.output, "--jobs", str(options.jobs), "--extend"],
                       check=True)
    table = path[:-5] + ".csv"
    store = path[:-5] + ".sqlite"
    if not os.path.exists(store):
        return {}
    subprocess.run([study.program, "sweep", "report", path, "--output", options.output, "--no-html", "--csv", table], check=True,
                   stdout=subprocess.DEVNULL)
    losses = {}
    with open(table) as file:
        for row in csv.DictReader(file):
            if row.get("validation_loss"):
                tau = float(row["--timescale"].split()[0])
                losses.setdefault(tau, {})[int(float(row["--seed"]))] = float(row["validation_loss"])
    return losses


def parabola(points):
    """Minimum of the least-squares parabola in x, within the range; None where it has none."""
    n = len(points)
    s = [sum(x ** k for x, _ in points) for k in range(5)]
    t = [sum(y * x ** k for x, y in points) for k in range(3)]
    rows = [[s[4], s[3], s[2], t[2]], [s[3], s[2], s[1], t[1]], [s[2], s[1], n, t[0]]]
    for i in range(3):
        for j in range(3):
            if i != j:
                factor = rows[j][i] / rows[i][i]
                rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i])]
    a, b = rows[0][3] / rows[0][0], rows[1][3] / rows[1][1]
    lowest, highest = points[0][0], points[-1][0]
    if a <= 0:
        return None
    return min(max(-b / (2 * a), lowest), highest)


def best(losses, seeds):
    return parabola([(math.log2(tau), sum(losses[tau][seed] for seed in seeds) / len(seeds)) for tau in sorted(losses)])


print("| data | width | best τ, epochs | 95 % | best λ | loss by τ = %s |" % ", ".join("%g" % tau for tau in TIMESCALES))
print("|---|---|---|---|---|---|")
found = []
for data in TAKES:
    for width in WIDTHS:
        losses = sweep(data, width)
        seeds = [seed for seed in range(1, options.seeds + 1) if losses and all(seed in row for row in losses.values())]
        if len(losses) < len(TIMESCALES) or not seeds:
            print("| %s | %d | not finished | | | |" % (data, width))
            continue
        where, chance = best(losses, seeds), random.Random(1)
        drawn = [best(losses, chance.choices(seeds, k=len(seeds))) for _ in range(1000)]
        inside = sorted(x for x in drawn if x is not None)
        flat = where is None or len(inside) < 900 or inside[24 * len(inside) // 1000] <= math.log2(TIMESCALES[0]) + 0.01 \
            and inside[975 * len(inside) // 1000] >= math.log2(TIMESCALES[-1]) - 0.01
        steps = max(1, round(TAKES[data] * 40 / 3.5 / BATCH))
        means = ", ".join("%.2f" % (sum(losses[tau].values()) / len(losses[tau])) for tau in sorted(losses))
        if flat:
            print("| %s | %d | flat | | | %s |" % (data, width, means))
            continue
        tau = 2 ** where
        decay = 1 / (tau * steps * RATE / width)
        found.append((math.log2(tau), math.log2(decay)))
        print("| %s | %d | %.2f | %.2f to %.2f | %.3g | %s |" % (
            data, width, tau, 2 ** inside[25 * len(inside) // 1000], 2 ** inside[975 * len(inside) // 1000 - 1], decay, means))
if len(found) > 1:
    for name, column in [("τ", 0), ("λ", 1)]:
        values = [row[column] for row in found]
        mean = sum(values) / len(values)
        print("best %s: from %.3g to %.3g, a spread of %.2f factors of two (standard deviation)" % (
            name, 2 ** min(values), 2 ** max(values), (sum((v - mean) ** 2 for v in values) / (len(values) - 1)) ** 0.5))
