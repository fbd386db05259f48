"""ensembles.py OUTPUT     does the variance of the kernel at the beginning tell how well a network learns?

    python Benchmarks/SpokenDigits/ensembles.py .build-ensembles --data FOLDER [--larmor PROGRAM] [--seeds N]

--data holds DIGIT_SPEAKER_INDEX.wav. The preset `live` with two blocks of 64 features learns from four speakers and is watched on a fifth (jackson).
Each block's recurrent layer is m paths of width n with the parameters of the plain layer (6 * 64 * 64), for several (m, n); beside them the plain
layer, and the planner's dual of one path of width 64. One `larmor sweep` over plans and seeds, which goes on where it stopped.
"""
import argparse
import csv
import json
import math
import os
import subprocess

from recordings import Study, write

FEATURES, BUDGET = 64, 6 * 64 * 64
SIZES = [2, 3, 5, 8, 14, 24, 54]
HELD_OUT = "jackson"

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("output")
parser.add_argument("--data", required=True)
parser.add_argument("--larmor", default=".build/release/larmor")
parser.add_argument("--seeds", type=int, default=5)
parser.add_argument("--jobs", type=int, default=1, help="trainings at once; each uses two threads")
options = parser.parse_args()
study = Study(options.output, options.data, os.path.abspath(options.larmor))
os.makedirs(options.output, exist_ok=True)


def parameters(width):
    return 2 * FEATURES * width + 6 * width * width


def plan_file(paths, width, variance):
    path = os.path.abspath(study.place("plan-%dx%d.json" % (paths, width)))
    with open(path, "w") as file:
        json.dump({"goal": "primal", "variance": variance, "parameters": paths * parameters(width), "block": {
            "cell": "recurrent", "depth": 1, "inputs": FEATURES, "outputs": FEATURES, "paths": paths, "width": width}}, file)
    return path


# The planner's own curve: ln V between the widths that it measured is straight in ln n, where one alpha does not fit.
found = study.larmor("plan", "--kind", "recurrent", "--inputs", str(FEATURES), "--outputs", str(FEATURES), "--parameters",
                     str(BUDGET), "--like", str(FEATURES), "--draws", "1000")


def variance(paths, width):
    if found.get("alpha"):
        return math.expm1(found["alpha"] / width) / paths
    points = [(math.log(p["width"]), math.log(p["variance"])) for p in found["fit"]["points"]]
    k = next((k for k in range(1, len(points)) if points[k][0] > math.log(width)), len(points) - 1)
    (a, va), (b, vb) = points[k - 1], points[k]
    return math.exp(va + (vb - va) * (math.log(width) - a) / (b - a)) / paths


plans = {}
for width in SIZES:
    paths = max(1, BUDGET // parameters(width))
    plans[plan_file(paths, width, variance(paths, width))] = (paths, width)
dual = found["dual"]
plans[plan_file(dual["paths"], dual["width"], dual["variance"])] = (dual["paths"], dual["width"])

corpus = study.place("corpus.jsonl")
write(corpus, [(text, speaker, audio, "validation" if speaker == HELD_OUT else "train") for text, speaker, index, audio in study.digits()
               if (index < 20 if speaker == HELD_OUT else 5 <= index < 15)])


def sweep(name, parameter):
    path = study.place(name + ".toml")
    command = ["train", "recognizer", "--corpus", os.path.abspath(corpus), "--rate", "8000", "--preset", "live", "--layers", "2",
               "--epochs", "12", "--batch", "4", "--perturb", "0.5", "--output", "{folder}/model"]
    with open(path, "w") as file:
        file.write("name = %s\ncommand = %s\n\n[parameters]\n%s\n" % (json.dumps(name), json.dumps(command), parameter))
        file.write('"--seed" = { from = 1, to = %d }\n\n' % options.seeds)
        file.write('[result]\nminimise = "validation_loss"\ncolumns = ["loss", "validation_error_rate"]\n')
    subprocess.run([study.program, "sweep", "run", path, "--output", options.output, "--jobs", str(options.jobs), "--extend"], check=True)
    table = path[:-5] + ".csv"
    subprocess.run([study.program, "sweep", "report", path, "--output", options.output, "--no-html", "--csv", table], check=True,
                   stdout=subprocess.DEVNULL)
    with open(table) as file:
        return list(csv.DictReader(file))


def mean(values):
    m = sum(values) / len(values)
    return m, (sum((v - m) ** 2 for v in values) / max(1, len(values) - 1) / len(values)) ** 0.5


rows = sweep("ensembles", '"--plan" = %s' % json.dumps(list(plans)))
dense = sweep("dense", '"--hidden" = [%d]' % FEATURES)
table = []
for path, (paths, width) in plans.items():
    own = [row for row in rows if row["--plan"] == path and row["validation_loss"]]
    name = "dual" if (paths, width) == (dual["paths"], dual["width"]) else ""
    table.append((variance(paths, width), paths, width, name, own))
print("| paths | width | parameters of a block | V | validation loss | errors | |")
print("|---|---|---|---|---|---|---|")
for v, paths, width, name, own in sorted(table, key=lambda row: row[0]):
    loss, errors = mean([float(row["validation_loss"]) for row in own]), mean([float(row["validation_error_rate"]) for row in own])
    print("| %d | %d | %d | %.4f | %.2f ± %.2f | %.1f ± %.1f %% | %s |" % (
        paths, width, paths * parameters(width), v, *loss, 100 * errors[0], 100 * errors[1], name))
loss, errors = mean([float(row["validation_loss"]) for row in dense]), mean([float(row["validation_error_rate"]) for row in dense])
print("| – | 64 | %d | – | %.2f ± %.2f | %.1f ± %.1f %% | plain layer |" % (BUDGET, *loss, 100 * errors[0], 100 * errors[1]))


def ranks(values):
    order = sorted(range(len(values)), key=lambda i: values[i])
    return [order.index(i) for i in range(len(values))]


same = [row for row in table if row[3] != "dual"]
a, b = ranks([row[0] for row in same]), ranks([mean([float(r["validation_loss"]) for r in row[4]])[0] for row in same])
n = len(same)
print("rank correlation of V and loss over %d points of equal budget: %.2f" % (n, 1 - 6 * sum((x - y) ** 2 for x, y in zip(a, b)) / (n * (n * n - 1))))
