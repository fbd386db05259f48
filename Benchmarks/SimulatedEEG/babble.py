"""babble.py OUTPUT     what simulated EEG gives a recogniser in the babble of six other voices.

    python Benchmarks/SimulatedEEG/babble.py .build-babble --feis FOLDER [--larmor PROGRAM] [--only PART …]

Sentences of 2 or 3 of 24 English words by espeak-ng; voices of the tests speak in no training, and the background of their EEG is of other
people. Everything is trained in babble from -5 to 10 dB and tested in babble at 0 dB. Audio + EEG is compared with audio + noise in place of the EEG, which waits as long,
by drawing sentences; the same with the evoked part switched off, with EEG alone, from -25 to 0 dB, and what was trained at -10 dB on EEG of other ratios. What exists in OUTPUT is not
made again. All EEG is simulated: nothing here is true of anybody.
"""
import argparse
import json
import os
import random

from common import ENGLISH, Study, bootstrap, compared, rate

TRAINING, TEST, VOCABULARY = 1200, 600, 24
# Easier strings, too: at 0 dB alone nothing is learnt in so short a time.
RECIPE = ["--preset", "live", "--hidden", "64", "--layers", "1", "--units", "words", "--epochs", "20", "--batch", "8", "--babble", "-5,10",
          "--rate", "16000"]
BOTH = ["--front-end", "envelope", "--with-sound"]
ALONE = ["--front-end", "envelope", "--units", "words", "--epochs", "20", "--hidden", "64", "--batch", "8"]
PARTS = ["main", "off", "alone", "audio", "sweep", "elsewhere"]
SWEEP = ["-25", "-20", "-15", "-10", "-5", "0"]
HEARD = ["--snr", "0", "--noise", "babble"]

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("output")
parser.add_argument("--feis", required=True)
parser.add_argument("--larmor", default=".build/release/larmor")
parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
parser.add_argument("--channels", default="14")
options = parser.parse_args()
study = Study(options.output, options.larmor)


def sentences():
    chance = random.Random(1)
    return [("en", " ".join(chance.choices(ENGLISH[:VOCABULARY], k=chance.randint(2, 3))), "train" if i < TRAINING else "test")
            for i in range(TRAINING + TEST)]


def simulated(snr):
    return study.simulated(speech, "eeg" + snr, snr, options.feis, "--channels", options.channels)


def audio():
    return study.errors(study.trained("audio", speech, *RECIPE), speech, *HEARD)


def both(snr, *control):
    corpus = simulated(snr)
    model = study.trained("both%s%s" % (snr, "".join(control)), corpus, *RECIPE, *BOTH, *control)
    return study.errors(model, corpus, *HEARD)


def read_at(snr):
    """The recogniser that was trained at -10 dB, with the EEG of the tests at another ratio."""
    merged = study.place("test%s.jsonl" % snr)
    with open(speech) as file:
        lines = list(file)
    tests = study.place("tests.jsonl")
    with open(tests, "w") as file:
        file.writelines(line for line in lines if json.loads(line)["split"] == "test")
    made = study.simulated(tests, "test" + snr, snr, options.feis, "--channels", options.channels)
    with open(made) as file, open(merged, "w") as out:
        # The voices of the babble are those of the whole corpus, as in all other tests.
        out.writelines(line for line in lines if json.loads(line)["split"] != "test")
        for line in file:
            row = json.loads(line)
            row["eeg"] = os.path.join(os.path.dirname(made), row["eeg"])
            out.write(json.dumps(row) + "\n")
    return study.errors(study.trained("both-10", simulated("-10"), *RECIPE, *BOTH), merged, *HEARD, name="-at" + snr)


def alone(snr, *control):
    corpus = simulated(snr)
    model = study.trained("alone%s%s" % (snr, "".join(control)), corpus, *ALONE, *control)
    return study.errors(model, corpus)


def show(name, rows):
    values = list(rows.values())
    error, low, high = bootstrap(lambda some: rate(values[i] for i in some), len(values))
    print("| %s | %.1f (%.1f … %.1f) | %.1f |" % (name, 100 * rate(values), 100 * low, 100 * high, 100 * rate(values, 2)), flush=True)


def gain(name, better, than):
    value, error, low, high = compared(better, than)
    base = rate(than.values())
    print("| %s | %+.1f (%+.1f … %+.1f) | %.1f | %.1f %% |" % (
        name, 100 * value, 100 * low, 100 * high, value / max(error, 1e-9), 100 * value / base), flush=True)
    return value / base, error / base


NOISE = ("--control", "noise")
speech = study.speech("speech", sentences())
print("%d training and %d test sentences, babble of six voices at 0 dB; simulated EEG of %s channels\n" % (TRAINING, TEST, options.channels))
print("| read from | CER % (95 % interval) | WER % |\n|---|---|---|", flush=True)
found = {}
if "main" in options.only:
    found["noise"] = both("-10", *NOISE)
    show("audio + noise in place of EEG, equal latency", found["noise"])
    found["-10"] = both("-10")
    show("audio + simulated EEG, -10 dB", found["-10"])
if "off" in options.only:
    found["off"] = both("off")
    show("audio + simulated EEG, evoked part off", found["off"])
if "audio" in options.only:
    found["audio"] = audio()
    show("audio alone, with convolutions over frequency", found["audio"])
if "alone" in options.only:
    found["alone noise"] = alone("-10", *NOISE)
    show("noise alone in place of EEG", found["alone noise"])
    found["alone"] = alone("-10")
    show("simulated EEG alone, -10 dB", found["alone"])
    found["alone off"] = alone("off")
    show("simulated EEG alone, evoked part off", found["alone off"])
if "sweep" in options.only:
    for snr in SWEEP:
        found[snr] = both(snr)
        show("audio + simulated EEG, %s dB" % snr, found[snr])
if "elsewhere" in options.only:
    for snr in ["off"] + SWEEP:
        found["at" + snr] = read_at(snr)
        show("audio + simulated EEG, trained at -10 dB, read at %s" % (snr + " dB" if snr != "off" else "no evoked part"), found["at" + snr])
print("\n| gain in CER | points (95 % interval) | standard errors | relative |\n|---|---|---|---|")
if "noise" in found:
    gain("audio + EEG at -10 dB over audio + noise", found["-10"], found["noise"])
    if "off" in found:
        gain("audio + EEG with nothing evoked over audio + noise", found["off"], found["noise"])
    if "audio" in found:
        gain("audio + noise over audio alone", found["noise"], found["audio"])
if "alone" in found:
    gain("EEG alone at -10 dB over noise alone", found["alone"], found["alone noise"])
    gain("EEG alone with nothing evoked over noise alone", found["alone off"], found["alone noise"])
if "sweep" in options.only and "noise" in found:
    points = [(float(snr), *gain("audio + EEG at %s dB over audio + noise" % snr, found[snr], found["noise"])) for snr in SWEEP]
    with open(study.place("gain.csv"), "w") as file:
        file.write("snr_dB,relative_gain,standard_error\n")
        file.writelines("%g,%.4f,%.4f\n" % point for point in points)
    from picture import draw
    draw(points, study.place("gain.svg"))
    print("\npicture: " + study.place("gain.svg"))
