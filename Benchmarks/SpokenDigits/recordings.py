"""What the studies of spoken digits share: the program, the recordings, synthetic voices, and lists of both."""

import json
import os
import subprocess

WORDS = "zero one two three four five six seven eight nine".split()


class Study:
    """A folder of results, a folder of DIGIT_SPEAKER_INDEX.wav, and the program that reads them."""

    def __init__(self, output, data, program):
        self.output, self.data, self.program = output, data, program

    def place(self, *names):
        return os.path.join(self.output, *names)

    def larmor(self, *arguments, shown=False):
        done = subprocess.run([self.program, *arguments, "--json"], stdout=subprocess.PIPE, check=True,
                              stderr=None if shown else subprocess.PIPE)
        return json.loads(done.stdout)

    def digits(self):
        """Label, speaker, index and path of each recording."""
        for name in sorted(os.listdir(self.data)):
            if name.endswith(".wav"):
                digit, speaker, index = name[:-4].rsplit("_", 2)
                yield WORDS[int(digit)], speaker, int(index), os.path.abspath(os.path.join(self.data, name))

    def voices(self, count, takes):
        """Word, voice and path of synthetic speech; what exists is not made again."""
        folder = self.place("voices")
        if not os.path.isdir(folder):
            self.larmor("simulate", "speech", "--output", folder, "--voices", str(count), "--takes", str(takes))
        for name in sorted(os.listdir(folder)):
            word, voice, _ = name[:-4].split("_")
            yield word, voice, os.path.abspath(os.path.join(folder, name))


def write(path, rows):
    """A corpus: text, speaker, sound and split of each utterance."""
    with open(path, "w") as file:
        for text, speaker, audio, part in rows:
            file.write(json.dumps({"audio": audio, "text": text, "speaker": speaker, "split": part}) + "\n")
