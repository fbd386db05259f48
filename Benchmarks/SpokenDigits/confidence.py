"""confidence.py OUTPUT     word confidences on a speaker who was left out of training, among other voices.

    python Benchmarks/SpokenDigits/confidence.py .build-confidence --data FOLDER [--larmor PROGRAM] [--held-out SPEAKER …]

--data holds DIGIT_SPEAKER_INDEX.wav. The recogniser learns from the other speakers (index 0-39, chosen on 40-49) and from synthetic voices.
All recordings of who was left out, each once, are joined to strings of 3 to 7 digits and read with six voices of other speakers 10, 15 and 20 dB below.
Half of the strings, by chance, fits each map, and the tables are of the other half. What exists in OUTPUT is not made again.
"""
import argparse
import array
import csv
import json
import math
import os
import random
import wave

from recordings import Study, write

VOICES, TAKES = 64, 2
RECIPE = ["--preset", "live", "--hidden", "96", "--layers", "4", "--epochs", "24", "--perturb", "1.4"]
RATIOS = ["10", "15", "20"]
# Act at p >= 1 - 0.3/2, ask from 0.3/1 on (`larmor calibrate thresholds`).
COSTS = ["--cost-false", "2", "--cost-miss", "1", "--cost-confirm", "0.3"]
MAPS = {"temperature": ["--method", "temperature"], "LLO": [], "95 % boldness": ["--level", "95"], "90 % boldness": ["--level", "90"]}

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("output")
parser.add_argument("--data", required=True)
parser.add_argument("--larmor", default=".build/release/larmor")
parser.add_argument("--only", choices=["train"], help="stop after the training")
parser.add_argument("--held-out", nargs="+", default=["theo"], metavar="SPEAKER")
options = parser.parse_args()
HELD_OUT = options.held_out

study = Study(options.output, options.data, options.larmor)
place, larmor, digits = study.place, study.larmor, study.digits


def read(path):
    with wave.open(path) as file:
        if (file.getnchannels(), file.getsampwidth()) != (1, 2):
            raise SystemExit(path + ": not 16-bit mono")
        samples = array.array("h")
        samples.frombytes(file.readframes(file.getnframes()))
        return samples, file.getframerate()


def save(path, samples, rate):
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def training_corpus():
    path = place("training.jsonl")
    if not os.path.exists(path):
        rows = [(text, speaker, audio, "train" if index < 40 else "validation")
                for text, speaker, index, audio in digits() if speaker not in HELD_OUT]
        write(path, rows + [(text, voice, audio, "train") for text, voice, audio in study.voices(VOICES, TAKES)])
    return path


def joined(takes, path, chance):
    """Writes the takes one after the other, with 0.1 to 0.5 s of silence between them."""
    samples, rate = array.array("h"), None
    for _, _, _, audio in takes:
        take, rate = read(audio)
        if samples:
            samples.extend([0] * int(rate * chance.uniform(0.1, 0.5)))
        samples.extend(take)
    save(path, samples, rate)


def test_corpus():
    path = place("test.jsonl")
    if not os.path.exists(path):
        os.makedirs(place("strings"), exist_ok=True)
        chance, everything, rows = random.Random(1), list(digits()), []
        for speaker in HELD_OUT:
            takes = [take for take in everything if take[1] == speaker]
            chance.shuffle(takes)
            number = 0
            while takes:
                count = chance.randint(3, 7)
                part, takes = takes[:count], takes[count:]
                audio = os.path.abspath(place("strings", "%s-%03d.wav" % (speaker, number)))
                joined(part, audio, chance)
                rows.append((" ".join(take[0] for take in part), speaker, audio, "test"))
                number += 1
        # Voices for the babble.
        rows += [(text, speaker, audio, "validation") for text, speaker, _, audio in everything if speaker not in HELD_OUT]
        write(path, rows)
    return path


def train():
    model = place("model")
    if not os.path.exists(os.path.join(model, "training.json")):
        resume = ["--resume"] if os.path.isdir(model) else []
        result = larmor("train", "recognizer", "--corpus", training_corpus(), *RECIPE, *resume, "--output", model, shown=True)
        with open(os.path.join(model, "training.json"), "w") as file:
            json.dump(result, file)
    return model


def scored(model, corpus, ratio):
    """Rows of the words that were read, and files of them: both parts, and the reporting part alone."""
    path, words = place("words-%s.csv" % ratio), place("words-read-%s.csv" % ratio)
    if not os.path.exists(path):
        found = larmor("evaluate", model, corpus, "--noise", "babble", "--snr", ratio, "--scores-snr", ratio, "--scores", words)
        with open(place("evaluation-%s.json" % ratio), "w") as file:
            json.dump(found, file)
        with open(words) as file:
            rows = list(csv.DictReader(file))
        names = sorted({row["utterance"] for row in rows})
        random.Random(3).shuffle(names)
        fitted = set(names[:len(names) // 2])
        for name, parts in [(path, ["fit", "report"]), (place("report-%s.csv" % ratio), ["report"])]:
            with open(name, "w") as file:
                writer = csv.DictWriter(file, list(rows[0]) + ["part"], lineterminator="\n")
                writer.writeheader()
                for row in rows:
                    row["part"] = "fit" if row["utterance"] in fitted else "report"
                    if row["part"] in parts:
                        writer.writerow(row)
    with open(path) as file:
        return path, list(csv.DictReader(file))


def logit(p):
    return math.log(p / (1 - p))


def logistic(rows, outcomes):
    """Newton's method; a column of ones comes first."""
    rows, count = [[1.0] + row for row in rows], len(rows[0]) + 1
    weights = [0.0] * count
    for _ in range(50):
        gradient, hessian = [0.0] * count, [[1e-9 * (i == j) for j in range(count)] for i in range(count)]
        for row, y in zip(rows, outcomes):
            p = 1 / (1 + math.exp(-sum(w * x for w, x in zip(weights, row))))
            for i in range(count):
                gradient[i] += (y - p) * row[i]
                for j in range(count):
                    hessian[i][j] += p * (1 - p) * row[i] * row[j]
        for i in range(count):  # Gauss and Jordan
            for j in range(count):
                if i != j:
                    factor = hessian[j][i] / hessian[i][i]
                    hessian[j] = [a - factor * b for a, b in zip(hessian[j], hessian[i])]
                    gradient[j] -= factor * gradient[i]
        step = [gradient[i] / hessian[i][i] for i in range(count)]
        weights = [w + s for w, s in zip(weights, step)]
        if max(map(abs, step)) < 1e-10:
            break
    return lambda row: sum(w * x for w, x in zip(weights, [1.0] + row))


def auc(values, outcomes):
    """Chance that a right word has the larger value; ties count half."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    ranks, at = [0.0] * len(values), 0
    while at < len(order):
        end = at
        while end < len(order) and values[order[end]] == values[order[at]]:
            end += 1
        for i in order[at:end]:
            ranks[i] = (at + end + 1) / 2
        at = end
    right = sum(outcomes)
    return (sum(r for r, y in zip(ranks, outcomes) if y) - right * (right + 1) / 2) / max(1, right * (len(values) - right))


def drawn(rows, statistic, draws=1000):
    """95 % interval by drawing utterances."""
    groups = {}
    for row in rows:
        groups.setdefault(row["utterance"], []).append(row)
    names, chance = sorted(groups), random.Random(4)
    values = sorted(statistic([row for name in chance.choices(names, k=len(names)) for row in groups[name]]) for _ in range(draws))
    return values[int(0.025 * draws)], values[int(0.975 * draws)]


def tell_scores(rows):
    fit, report = [[row for row in rows if row["part"] == part] for part in ("fit", "report")]

    def outcome(row):
        return int(row["y"])

    def covariates(row):
        return [logit(float(row["posterior"])), float(row["snr_dB"] or 0)]

    model = logistic([covariates(row) for row in fit], [outcome(row) for row in fit])
    values = {"frame (x)": lambda row: float(row["x"]), "posterior": lambda row: float(row["posterior"]),
              "margin": lambda row: float(row["margin"]), "posterior and SNR, fitted": lambda row: model(covariates(row))}

    def area(value, some):
        return auc([value(row) for row in some], [outcome(row) for row in some])

    print("| score | AUC | against the posterior's |\n|---|---|---|")
    for name, value in values.items():
        low, high = drawn(report, lambda some: area(value, some))
        line = "| %s | %.3f (%.3f … %.3f) |" % (name, area(value, report), low, high)
        if name != "posterior":
            other = values["posterior"]
            low, high = drawn(report, lambda some: area(value, some) - area(other, some))
            line += " %+.3f (%+.3f … %+.3f)" % (area(value, report) - area(other, report), low, high)
        print(line + " |")


def tell_maps(path, score, ratio):
    def percent(value):
        return "%.1f %%" % (100 * value)

    print("\n| %s | log-loss | Brier | MCB | acted | confirmed | ignored | false actions promised | realised | kept |" % score)
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name in ["raw"] + list(MAPS):
        certificate = place("%s-%s-%s.json" % (score, ratio, name.replace(" ", "").replace("%", "")))
        if name == "raw":
            done = larmor("calibrate", "thresholds", place("report-%s.csv" % ratio), "--score", score, *COSTS)
            measures = larmor("calibrate", "fit", path, "--score", score, "--split", "part", "--output", certificate)["raw"]
        else:
            measures = larmor("calibrate", "fit", path, "--score", score, "--split", "part", *MAPS[name],
                              "--output", certificate)["calibrated"]
            done = larmor("calibrate", "thresholds", path, "--certificate", certificate, *COSTS)
        ends = done["realised_interval_95"]
        print("| %s | %.3f | %.3f | %.4f | %s | %s | %s | %s | %s (%s … %s) | %s |" % (
            name, measures["log_loss"]["value"], measures["brier"]["value"], measures["miscalibration"]["value"],
            percent(done["acted"]), percent(done["confirmed"]), percent(done["ignored"]),
            percent(done["promised_false_rate"]), percent(done["realised_false_rate"]), percent(ends["low"]), percent(ends["high"]),
            "yes" if done["promise_kept"] else "no"))


os.makedirs(options.output, exist_ok=True)
model = train()
corpus = test_corpus()
if options.only:
    raise SystemExit
for ratio in RATIOS:
    path, rows = scored(model, corpus, ratio)
    with open(place("evaluation-%s.json" % ratio)) as file:
        found = json.load(file)
    print("\n%s dB: %d words in %d strings; words wrong %.1f %% as they are, %.1f %% in babble; %d words read, %d in the reporting part\n" % (
        ratio, found["words"], found["utterances"], 100 * found["word_error_rate"],
        100 * found["conditions"][1]["word_error_rate"], len(rows), sum(row["part"] == "report" for row in rows)))
    tell_scores(rows)
    tell_maps(path, "posterior", ratio)
    tell_maps(path, "x", ratio)
