"""sentences.py OUTPUT     the preset krishna: character errors for 3 to 20 different sentences from simulated EEG alone.

    python Benchmarks/SimulatedEEG/sentences.py .build-sentences --feis FOLDER [--larmor PROGRAM] [--snr DB] [--counts N …] [--seeds N]

EEG -> five features a channel -> 30 kernel components -> slopes -> GRU -> characters -> beam search with a 4-gram of the sentences, which are all
known. English, Mandarin, or half of the sentences of each. TAKES of each sentence are trained on, and 4 are read, by other voices and with the
background of other people. Beside it the same recipe on noise in place of the EEG, on texts dealt out at random, and on texts that
stand for the place in the session. What exists in OUTPUT is not made again. All EEG is simulated: nothing here is true of anybody.
"""
import argparse
import random

from common import ENGLISH, MANDARIN, Study, bootstrap, compared, rate

TAKES, TESTS = 8, 4
RECIPE = ["--front-end", "krishna", "--hidden", "48", "--batch", "4", "--learning-rate", "0.01"]
STEPS = 1600
CONTROLS = {"EEG": [], "noise": ["--control", "noise"], "shuffled": ["--control", "shuffled-labels"],
            "block order": ["--control", "block-order"]}

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("output")
parser.add_argument("--feis", required=True)
parser.add_argument("--larmor", default=".build/release/larmor")
parser.add_argument("--snr", default="-10")
parser.add_argument("--counts", nargs="+", type=int, default=[3, 5, 7, 10, 20])
parser.add_argument("--languages", nargs="+", default=["en", "zh", "joint"])
parser.add_argument("--seeds", type=int, default=1)
options = parser.parse_args()
study = Study(options.output, options.larmor)


def texts(language, count):
    chance = random.Random(7)
    english = [" ".join(chance.sample(ENGLISH, 4)) for _ in range(20)]
    mandarin = [" ".join(chance.sample(MANDARIN, 4)) for _ in range(20)]
    if language == "joint":
        return [("en", text) for text in english[:(count + 1) // 2]] + [("zh", text) for text in mandarin[:count // 2]]
    return [(language, text) for text in (english if language == "en" else mandarin)[:count]]


def model_of_texts(name, sentences):
    path = study.place(name + ".lm")
    with open(study.place(name + ".txt"), "w") as file:
        file.writelines(text + "\n" for _, text in sentences)
    study.larmor("train", "language-model", study.place(name + ".txt"), "--units", "characters", "--order", "4", "--output", path)
    return path


def cell(language, count, control, words):
    """Rows of all seeds."""
    name = "%s-%d" % (language, count)
    sentences = texts(language, count)
    speech = study.speech(name, [(own, text, split) for own, text in sentences
                                 for split in ["train"] * TAKES + ["test"] * TESTS])
    corpus = study.simulated(speech, name + "-eeg" + options.snr, options.snr, options.feis, "--channels", "8")
    language_model = model_of_texts(name, sentences)
    rows = {}
    for seed in range(1, options.seeds + 1):
        model = study.trained("%s%s-%s-%d" % (name, options.snr, control.replace(" ", "-"), seed), corpus, *RECIPE,
                              "--epochs", max(1, STEPS * 4 // (count * TAKES)), *words, "--seed", seed)
        found = study.errors(model, corpus, "--language-model", language_model, "--beam", "50", "--known-texts")
        rows.update({"%d|%s" % (seed, key): value for key, value in found.items()})
    return rows


print("simulated EEG at %s dB, 8 channels; %d takes of each sentence in training, %d read; %d seed(s); CER %%\n" % (
    options.snr, TAKES, TESTS, options.seeds))
print("| sentences | %s | EEG better than noise by |" % " | ".join(CONTROLS))
print("|" + "---|" * (len(CONTROLS) + 2))
for language in options.languages:
    for count in options.counts:
        found = {name: cell(language, count, name, words) for name, words in CONTROLS.items()}
        cells = []
        for rows in found.values():
            values = list(rows.values())
            _, low, high = bootstrap(lambda some: rate(values[i] for i in some), len(values), draws=1000)
            cells.append("%.0f (%.0f … %.0f)" % (100 * rate(values), 100 * low, 100 * high))
        value, error, _, _ = compared(found["EEG"], found["noise"])
        print("| %s %d | %s | %+.0f points, %.1f standard errors |" % (
            language, count, " | ".join(cells), 100 * value, value / max(error, 1e-9)), flush=True)
