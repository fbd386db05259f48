"""study.py OUTPUT     recognisers of spoken digits: known speakers, and speakers who were left out of training.

    python Benchmarks/SpokenDigits/study.py digits --data FOLDER [--larmor PROGRAM] [--only NAME] [--strings FOLDER] [--table]

--data holds DIGIT_SPEAKER_INDEX.wav. One recipe for all trainings; nothing is chosen by looking at a speaker who is left out.
  known    trained on index 5-39 of all speakers; the best epoch is chosen on index 40-49; index 0-4 is the test.
  SPEAKER  trained on index 0-39 of the others and on synthetic voices; chosen on the others' index 40-49; tested on all of SPEAKER's files.
--strings is a folder with list.jsonl: 200 strings of 3 to 7 digits made of index 0-4, as the peer's script writes it with --save.
What exists in OUTPUT is not made again, so a study that was stopped goes on. --only makes one training; --table prints what there is.
"""
import argparse
import json
import os
import resource
import subprocess
import time

from recordings import Study, write

VOICES, TAKES = 64, 4
RECIPES = {"known": ["--epochs", "60"], "left out": ["--epochs", "32", "--perturb", "1.4"]}

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("output")
parser.add_argument("--data", required=True)
parser.add_argument("--larmor", default=".build/release/larmor")
parser.add_argument("--only")
parser.add_argument("--strings")
parser.add_argument("--table", action="store_true")
parser.add_argument("--peer", nargs=2, metavar=("PYTHON", "SCRIPT"), help="an interpreter with PocketSphinx, and its script")
options = parser.parse_args()


study = Study(options.output, options.data, options.larmor)
place, larmor, digits = study.place, study.larmor, study.digits


def split(index, held_out, speaker):
    if held_out == "known":
        return "test" if index < 5 else "train" if index < 40 else "validation"
    return "test" if speaker == held_out else "train" if index < 40 else "validation"


def corpus(name):
    path = place(name + ".jsonl")
    if not os.path.exists(path):
        rows = [(text, speaker, audio, split(index, name, speaker)) for text, speaker, index, audio in digits()]
        if name != "known":
            rows += [(text, voice, audio, "train") for text, voice, audio in study.voices(VOICES, TAKES)]
        write(path, rows)
    return path


def strings(name):
    """The strings of one speaker, or all of them."""
    if not options.strings:
        return None
    path = place("strings-%s.jsonl" % name)
    with open(os.path.join(options.strings, "list.jsonl")) as file:
        rows = [json.loads(line) for line in file]
    write(path, [(row["text"], row["speaker"], os.path.abspath(os.path.join(options.strings, row["audio"])), "test")
                 for row in rows if name in ("known", row["speaker"])])
    return path


def train(name):
    model = place("models", name)
    if os.path.exists(os.path.join(model, "training.json")):
        return model
    recipe = RECIPES["known" if name == "known" else "left out"]
    begin, used = time.time(), resource.getrusage(resource.RUSAGE_CHILDREN)
    resume = ["--resume"] if os.path.isdir(model) else []
    result = larmor("train", "recognizer", "--corpus", corpus(name), "--preset", "live", *recipe, *resume, "--output", model, shown=True)
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    result["seconds"] = time.time() - begin
    result["processor_s"] = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    with open(os.path.join(model, "training.json"), "w") as file:
        json.dump(result, file)
    return model


def evaluate(name, model):
    path = place("models", name, "evaluation.json")
    if not os.path.exists(path):
        found = {"single": larmor("evaluate", model, corpus(name), "--snr", "10", "--confusions")}
        if options.strings:
            found["strings"] = larmor("evaluate", model, strings(name))
        with open(path, "w") as file:
            json.dump(found, file)
    with open(path) as file:
        return json.load(file)


def names():
    return ["known"] + sorted({speaker for _, speaker, _, _ in digits()})


os.makedirs(place("models"), exist_ok=True)
if not options.table:
    for name in [options.only] if options.only else names():
        evaluate(name, train(name))


def peer():
    """PocketSphinx on index 0-4: single digits, the strings, single digits at 10 dB."""
    path = place("peer.json")
    if options.peer and not os.path.exists(path):
        def run(*arguments):
            python, script = options.peer
            done = subprocess.run([python, script, options.data, *arguments], stdout=subprocess.PIPE, check=True)
            return json.loads(done.stdout)

        found = {"single": run(), "strings": run("--strings", "200", "--insertion", "0.01"), "10 dB": run("--snr", "10")}
        with open(path, "w") as file:
            json.dump(found, file)
    if not os.path.exists(path):
        return None
    with open(path) as file:
        return json.load(file)


def share(result):
    interval = result["interval_95"]
    return "%.1f (%.1f … %.1f)" % tuple(100 * value for value in (result["word_error_rate"], interval["low"], interval["high"]))


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


sphinx = peer()
row("words wrong, %", "single", "single, 10 dB", "strings of 3-7", "training, processor s / 2", "epochs")
row(*["---"] * 6)
means = []
for name in names():
    path = place("models", name, "evaluation.json")
    if not os.path.exists(path):
        continue
    with open(path) as file:
        found = json.load(file)
    with open(place("models", name, "training.json")) as file:
        training = json.load(file)
    conditions = [found["single"], found["single"]["conditions"][1], found.get("strings")]
    if name != "known":
        means.append([condition["word_error_rate"] for condition in conditions if condition])
    row("known speakers" if name == "known" else name + ", left out", *[share(c) if c else "" for c in conditions],
        "%.0f" % (training["processor_s"] / 2), training["epochs"])
    if sphinx:
        of = [sphinx[key]["error"] if name == "known" else sphinx[key]["per_speaker"].get(name) for key in ("single", "10 dB", "strings")]
        row("  PocketSphinx", *["%.1f" % (100 * value) if value is not None else "" for value in of], "", "")
if means:
    row("mean of those left out", *["%.1f" % (100 * sum(column) / len(means)) for column in zip(*means)], "", "")
