"""study.py OUTPUT     one recogniser of English and Mandarin sentences, tested on new sentences in new voices.

    python3 Benchmarks/TwoLanguages/study.py two [--larmor PROGRAM] [--seed 1] [--test-seed 1001] [--sentences 7000] [--units pinyin,hanzi] [--table]

It speaks sentences of `corpora/english.txt` and `corpora/mandarin.txt` with espeak-ng, trains on them, and tests on 200 sentences of another seed.
Words stand in a random order. No text of the test is in training, and no variant or pitch of espeak-ng is. The epoch is chosen on a third set of
voices. Texts are read by the best path, without a language model.
  pinyin  letters for English, letters and tone digits for Mandarin
  hanzi   letters for English, hanzi for Mandarin
Character error rates leave spaces out. “as hanzi” is the pinyin model's text, each word written by the word list.
What exists in OUTPUT is not made again, so a study that was stopped goes on; with another --test-seed only the test is made anew. --table prints
what there is.
"""
import argparse
import json
import os
import resource
import subprocess
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("output")
parser.add_argument("--larmor", default=".build/release/larmor")
parser.add_argument("--seed", type=int, default=1, help="of the training corpus and of the training")
parser.add_argument("--test-seed", type=int, default=1001)
parser.add_argument("--sentences", type=int, default=7000)
parser.add_argument("--units", default="pinyin,hanzi")
parser.add_argument("--table", action="store_true")
options = parser.parse_args()

place, larmor = options.output, os.path.abspath(options.larmor)
LISTS = ["--words", "corpora/english.txt", "--words", "corpora/mandarin.txt"]
FILES = {"pinyin": "corpus.jsonl", "hanzi": "written.jsonl"}


def run(*arguments):
    """Minutes, seconds of computing, and what it printed."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([larmor, *arguments, "--json"], check=True, stdout=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    computing = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (time.monotonic() - begin) / 60, computing, json.loads(done.stdout)


def keep(name, make):
    path = f"{place}/{name}.json"
    if not os.path.exists(path) and not options.table:
        result = make()
        with open(path + ".part", "w") as file:
            json.dump(result, file, indent=1)
        os.rename(path + ".part", path)
    return json.load(open(path)) if os.path.exists(path) else None


def spoken(name, seed, *counts):
    def make():
        minutes, computing, found = run("corpus", "speak", f"{place}/{name}", *LISTS, "--seed", str(seed), *counts)
        return {"minutes": minutes, "computing_s": computing, **found}

    return keep(f"spoken-{name}", make)


def trained(units):
    model = f"{place}/model-{units}"

    def make():
        minutes, computing, found = run(
            "train", "recognizer", "--corpus", f"{place}/training/{FILES[units]}", "--units", "characters", "--preset", "sentences",
            "--disjoint", "speaker", "--disjoint", "text", "--seed", str(options.seed), "--output", model)
        return {"minutes": minutes, "computing_s": computing, **found}

    return model, keep(f"trained-{units}", make)


def tested(model, units, test):
    return keep(
        f"tested-{units}-{options.test_seed}",
        lambda: run("evaluate", model, f"{place}/{test}/{FILES[units]}", "--words", "corpora/mandarin.txt")[2])


os.makedirs(place, exist_ok=True)
spoken("training", options.seed, "--sentences", str(options.sentences), "--validation", "200", "--test", "0")
test = f"test-{options.test_seed}"
spoken(
    test, options.test_seed, "--sentences", "0", "--validation", "0", "--test", "200", "--unlike", f"{place}/training/corpus.jsonl")
print("| units | minutes | seconds of computing | validation | CER en | CER zh | CER all | CER all, as hanzi | WER all |")
print("|---|---|---|---|---|---|---|---|---|")
for units in options.units.split(","):
    model, training = trained(units)
    found = tested(model, units, test) if training else None
    if not found:
        continue

    def percent(value):
        return f"{100 * value:.2f} %"

    written = found.get("written")
    print(
        f"| {units} | {training['minutes']:.1f} | {training['computing_s']:.0f} | {percent(training['validation_error_rate'])} "
        f"| {percent(found['per_language']['en']['character_error_rate'])} | {percent(found['per_language']['zh']['character_error_rate'])} "
        f"| **{percent(found['character_error_rate'])}** | {percent(written['character_error_rate']) if units == 'pinyin' else '–'} "
        f"| {percent(found['word_error_rate'])} |")
