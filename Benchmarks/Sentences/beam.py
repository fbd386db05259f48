"""beam.py FOLDER --model MODEL --corpus CORPUS   what a beam search with a language model gains over the best path.

The language model is counted from the texts of the corpus' training split. Its weight and the insertion bonus are chosen on the
validation split alone; the test split is read once for each way. Differences are paired: the same utterances are drawn for both
(bootstrap over utterances). Prints one JSON object; what was done stays in FOLDER.

Example: python3 Benchmarks/Sentences/beam.py .build-beam --model models/sentences --corpus sentences.jsonl --units characters --order 4
"""
import argparse, csv, json, os, random, subprocess, sys

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("folder")
parser.add_argument("--larmor", default=".build/release/larmor")
parser.add_argument("--model", required=True)
parser.add_argument("--corpus", required=True, help="JSON Lines with splits")
parser.add_argument("--units", default="characters", choices=["characters", "words"])
parser.add_argument("--order", type=int, default=4)
parser.add_argument("--beam", type=int, default=100)
parser.add_argument("--lexicon", help="a text file: only its words are read")
parser.add_argument("--known-texts", action="store_true", help="the task is closed: its texts may be known")
parser.add_argument("--weights", default="0.3,0.6,1,1.5")
parser.add_argument("--bonuses", default="0,1,2")
parser.add_argument("--draws", type=int, default=10_000)
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()
os.makedirs(options.folder, exist_ok=True)


def path(name):
    return os.path.join(options.folder, name)


def larmor(*arguments):
    done = subprocess.run([options.larmor, *arguments, "--json"], stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"larmor {' '.join(arguments)}: exit code {done.returncode}")
    return json.loads(done.stdout)


def evaluate(split, name, *more):
    """Error rates, and for each utterance (errors, characters), (errors, words)."""
    table = path(f"{name}-{split}.csv")
    larmor("evaluate", options.model, options.corpus, "--split", split, "--errors", table, *more)
    with open(table, newline="") as file:
        rows = list(csv.DictReader(file))
    return {kind: [(int(row[error]), int(row[kind])) for row in rows]
            for kind, error in [("characters", "character_errors"), ("words", "word_errors")]}


def rate(counts):
    return sum(errors for errors, _ in counts) / max(1, sum(said for _, said in counts))


def paired(one, other):
    """How much less is wrong in the second, with standard error and 95 % interval."""
    chance = random.Random(options.seed)
    pairs = list(zip(one, other))
    draws = []
    for _ in range(options.draws):
        drawn = chance.choices(pairs, k=len(pairs))
        draws.append(rate([a for a, _ in drawn]) - rate([b for _, b in drawn]))
    draws.sort()
    mean = sum(draws) / len(draws)
    error = (sum((d - mean) ** 2 for d in draws) / (len(draws) - 1)) ** 0.5
    gain = rate(one) - rate(other)
    return {"gain": gain, "standard_error": error, "in_standard_errors": gain / error if error > 0 else None,
            "interval_95": [draws[int(0.025 * len(draws))], draws[int(0.975 * len(draws)) - 1]]}


language = path("language.lm")
counted = larmor("train", "language-model", options.corpus, "--units", options.units, "--order", str(options.order),
                 "--output", language)
search = ["--language-model", language, "--beam", str(options.beam)]
search += ["--lexicon", options.lexicon] if options.lexicon else []
search += ["--known-texts"] if options.known_texts else []

grid = []
for weight in options.weights.split(","):
    for bonus in options.bonuses.split(","):
        chosen = [f"--language-weight={weight}", f"--insertion-bonus={bonus}"]
        found = evaluate("validation", "grid", *search, *chosen)
        grid.append((rate(found["characters"]), rate(found["words"]), chosen))
        print(f"validation: weight {weight}, bonus {bonus}: CER {grid[-1][0]:.4f}, WER {grid[-1][1]:.4f}", file=sys.stderr)
best = min(grid)

plain = evaluate("test", "best-path", "--best-path")
searched = evaluate("test", "beam", *search, *best[2])
print(json.dumps({
    "model": options.model, "corpus": options.corpus, "language_model": {k: counted[k] for k in ["order", "units", "sentences"]},
    "lexicon": options.lexicon, "beam": options.beam, "chosen": best[2], "validation_cer": best[0],
    "utterances": len(plain["words"]), "characters": sum(said for _, said in plain["characters"]),
    "cer": {"best_path": rate(plain["characters"]), "beam": rate(searched["characters"]),
            **paired(plain["characters"], searched["characters"])},
    "wer": {"best_path": rate(plain["words"]), "beam": rate(searched["words"]), **paired(plain["words"], searched["words"])}},
    indent=1))
