"""days.py OUTPUT     character errors from day to day on simulated headsets that drift.

    python Benchmarks/SimulatedEEG/days.py .build-days --feis FOLDER [--larmor PROGRAM] [--drift D] [--days N]

Sentences of a small set, from simulated EEG alone (front end envelope). The first half of the days is trained on, with as many strings of each
day and an input layer for each; then come days that nobody trained on: read as they are, and after the input layer of that day was fitted to a
block of 20 sentences. What exists in OUTPUT is not made again. All EEG is simulated: nothing here is true of anybody.
"""
import argparse
import json
import random

from common import ENGLISH, Study, rate

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("output")
parser.add_argument("--feis", required=True)
parser.add_argument("--larmor", default=".build/release/larmor")
parser.add_argument("--snr", default="0")
parser.add_argument("--drift", default="1")
parser.add_argument("--days", type=int, default=6)
parser.add_argument("--block", type=int, default=20)
options = parser.parse_args()
study = Study(options.output, options.larmor)
SENTENCES, PER_DAY, TESTS = 10, 60, 20
RECIPE = ["--front-end", "krishna", "--hidden", "64", "--epochs", "40", "--batch", "8", "--learning-rate", "0.005"]


def part(corpus, name, keep):
    """Lines of a corpus for which `keep` gives a split."""
    path = study.place("eeg", name + ".jsonl")
    with open(corpus) as file, open(path, "w") as out:
        counts = {}
        for line in file:
            row = json.loads(line)
            key = (row["session"], row["split"])
            counts[key] = counts.get(key, 0) + 1
            row["split"] = keep(int(row["session"].split("day")[1]), row["split"], counts[key])
            if row["split"]:
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


chance = random.Random(3)
texts = [" ".join(chance.sample(ENGLISH, 4)) for _ in range(SENTENCES)]
days, known = options.days, options.days // 2
speech = study.speech("speech", [("en", chance.choice(texts), split) for split, count in (("train", PER_DAY), ("test", TESTS))
                                 for _ in range(count * days)])
corpus = study.simulated(speech, "eeg", options.snr, options.feis, "--channels", "8", "--days", days, "--drift", options.drift)
training = part(corpus, "training", lambda day, split, _: split if day <= known else None)
plain = study.trained("plain", training, *RECIPE)
layered = study.trained("layers", training, *RECIPE, "--session-layer", "--balance-sessions")
print("simulated EEG at %s dB, drift %s; days 1 … %d trained on, then blocks of %d sentences; CER %%\n" % (
    options.snr, options.drift, known, options.block))
print("| day | one input for all days | an input for each day, the last one known | fitted to the day's block | noise |\n|---|---|---|---|---|")
noise = study.trained("noise", training, *RECIPE, "--control", "noise")
for day in range(1, days + 1):
    tests = part(corpus, "day%d" % day, lambda own, split, _: "test" if own == day and split == "test" else None)
    cells = [rate(study.errors(plain, tests, name="-day%d" % day).values())]
    cells.append(rate(study.errors(layered, tests, name="-day%d" % day).values()))
    if day > known:
        block = part(corpus, "block%d" % day, lambda own, split, n: "train" if own == day and split == "train" and n <= options.block
                     else "test" if own == day and split == "test" else None)
        fitted = study.place("models", "day%d" % day)
        import os
        if not os.path.exists(fitted + "/model.json"):
            study.larmor("adapt", layered, "--corpus", block, "--subject", "day%d" % day, "--method", "input", "--epochs", "30", "--output", fitted)
        cells.append(rate(study.errors(fitted, tests).values()))
    else:
        cells.append(None)
    cells.append(rate(study.errors(noise, tests, name="-day%d" % day).values()))
    print("| %d | %s |" % (day, " | ".join("–" if c is None else "%.0f" % (100 * c) for c in cells)), flush=True)
