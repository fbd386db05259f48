"""What the studies of simulated EEG share: the program, speech, background, and comparisons by sentences."""
import csv
import json
import os
import random
import subprocess
import zipfile

ENGLISH = ("mother father water music window garden winter summer yellow orange seven people river mountain doctor "
           "teacher morning evening kitchen market open close carry bring follow green small heavy quiet early "
           "house street train bread cheese stone cloud light door bird").split()
MANDARIN = ("ma1ma5 ba4ba5 shui3 yin1yue4 chuang1hu5 hua1yuan2 dong1tian1 xia4tian1 huang2se4 cheng2zi5 qi1 ren2 he2 shan1 "
            "yi1sheng1 lao3shi1 zao3shang5 wan3shang5 chu2fang2 shi4chang3 kai1 guan1 na2 dai4 gen1 lü4se4 xiao3 zhong4 "
            "an1jing4 zao3 fang2zi5 jie1 huo3che1 mian4bao1 nai3lao4 shi2tou5 yun2 guang1 men2 niao3").split()
VOICES = ["m1", "m2", "m3", "m4", "m5", "m6", "m7", "f1", "f2", "f3", "f4", "f5"]
# Whom nobody trained on, with the background of whose EEG nobody trained either.
TEST_VOICES = ["m7", "f5", "m4"]
LANGUAGES = {"en": ("en-us", ENGLISH), "zh": ("cmn-latn-pinyin", MANDARIN)}


class Study:
    def __init__(self, folder, larmor):
        self.folder, self.program = os.path.abspath(folder), os.path.abspath(larmor)
        os.makedirs(self.folder, exist_ok=True)

    def place(self, *names):
        return os.path.join(self.folder, *names)

    def larmor(self, *words, shown=False):
        """One JSON object of the program."""
        done = subprocess.run([self.program, *map(str, words), "--json"], stdout=subprocess.PIPE,
                              stderr=None if shown else subprocess.PIPE, text=True)
        if done.returncode:
            raise SystemExit("larmor %s: %s" % (" ".join(map(str, words)), done.stderr or done.returncode))
        return json.loads(done.stdout)

    def backgrounds(self, feis):
        """Tables of FEIS: those of training, and those of other people for tests."""
        os.makedirs(self.place("background"), exist_ok=True)
        paths = {}
        for who in ["01", "02", "03", "04"]:
            paths[who] = self.place("background", who + ".csv")
            if not os.path.exists(paths[who]):
                with zipfile.ZipFile(os.path.join(feis, who, "articulators.zip")) as packed:
                    content = packed.read(packed.namelist()[0])
                with open(paths[who] + ".part", "wb") as file:
                    file.write(content)
                os.rename(paths[who] + ".part", paths[who])
        return [paths[who] for who in ["01", "02", "03"]], [paths[who] for who in ["04"]]

    def say(self, path, language, text, voice, speed, pitch):
        if not os.path.exists(path):
            # Part of a file would stay for ever.
            subprocess.run(["espeak-ng", "-v", LANGUAGES[language][0] + "+" + voice, "-s", str(speed), "-p", str(pitch),
                            "-w", path + ".part", text], check=True)
            os.rename(path + ".part", path)

    def speech(self, name, sentences):
        """A corpus of (language, text, split) as synthetic voices speak it; those of the tests speak nowhere else."""
        path = self.place(name + ".jsonl")
        if os.path.exists(path):
            return path
        os.makedirs(self.place(name), exist_ok=True)
        chance, rows = random.Random(2), []
        for number, (language, text, split) in enumerate(sentences):
            voice = chance.choice([v for v in VOICES if (v in TEST_VOICES) == (split == "test")])
            audio = self.place(name, "%04d.wav" % number)
            self.say(audio, language, text, voice, chance.randint(150, 190), chance.randint(35, 65))
            rows.append({"audio": audio, "text": text, "speaker": language + "-" + voice, "split": split})
        with open(path + ".part", "w") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        os.rename(path + ".part", path)
        return path

    def simulated(self, corpus, name, snr, feis, *options):
        """A corpus with simulated EEG."""
        folder = self.place(name)
        path = os.path.join(folder, "corpus.jsonl")
        if not os.path.exists(path):
            training, test = self.backgrounds(feis)
            words = [word for p in training for word in ("--background", p)]
            words += [word for p in test for word in ("--test-background", p)]
            subprocess.run(["rm", "-rf", folder], check=True)
            self.larmor("corpus", "simulate-eeg", corpus, *words, "--snr", snr, *options, "--output", folder)
        return path

    def trained(self, name, corpus, *options):
        """A model's folder; a training that was stopped goes on."""
        folder = self.place("models", name)
        if not os.path.exists(os.path.join(folder, "done.json")):
            resume = ["--resume"] if os.path.exists(os.path.join(folder, "training.safetensors")) else []
            result = self.larmor("train", "recognizer", "--corpus", corpus, *options, *resume, "--output", folder)
            with open(os.path.join(folder, "done.json"), "w") as file:
                json.dump(result, file)
        return folder

    def errors(self, model, corpus, *options, name=""):
        """Of each test utterance: errors and length in characters, as the last condition has them."""
        path = model + "/errors%s.csv" % name
        if not os.path.exists(path):
            self.larmor("evaluate", model, corpus, *options, "--errors", path)
        with open(path) as file:
            rows = list(csv.DictReader(file))
        last = rows[-1]["snr_dB"]
        return {row["utterance"].split("@")[0] + "|" + str(i): (int(row["character_errors"]), int(row["characters"]),
                                                               int(row["word_errors"]), int(row["words"]))
                for i, row in enumerate(row for row in rows if row["snr_dB"] == last)}


def rate(rows, k=0):
    rows = list(rows)
    return sum(row[k] for row in rows) / max(1, sum(row[k + 1] for row in rows))


def bootstrap(statistic, count, draws=2000, seed=1):
    """Standard error and 95 % interval over sentences that are drawn with replacement."""
    chance = random.Random(seed)
    values = sorted(statistic(chance.choices(range(count), k=count)) for _ in range(draws))
    mean = sum(values) / draws
    error = (sum((v - mean) ** 2 for v in values) / (draws - 1)) ** 0.5
    return error, values[int(0.025 * draws)], values[int(0.975 * draws)]


def compared(one, other, k=0):
    """How many errors fewer `one` has than `other`, as rates of the same sentences: difference, standard error, interval."""
    a, b = list(one.values()), list(other.values())
    assert len(a) == len(b) and [r[k + 1] for r in a] == [r[k + 1] for r in b], "not the same sentences"
    error, low, high = bootstrap(lambda some: rate((b[i] for i in some), k) - rate((a[i] for i in some), k), len(a))
    return rate(b, k) - rate(a, k), error, low, high
