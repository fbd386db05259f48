"""What the live recognition hears and knows: words spoken by espeak-ng, a small model of them, trained with a simulated headset's EEG."""
import os
import subprocess
import wave

import numpy as np

from values import SOUND_RATE

WORDS = ["zero", "one", "two", "three"]
VOICES, TAKES, EPOCHS = 4, 15, 16
# Seconds of silence before the first word, between two, and after the last.
LEAD, PAUSE = 2.0, 0.5
SPOKEN = 16

BACKGROUND = """name = "background"

[[device]]
name = "headset"
driver = "cyton"
simulator = "cyton"
"""


def resampled(samples, rate):
    """By the spectrum: what lies above half the new rate is left out."""
    count = len(samples) * SOUND_RATE // rate
    spectrum = np.fft.rfft(samples)[: count // 2 + 1]
    return np.fft.irfft(spectrum, count) * count / len(samples)


def strip(folder):
    """Test words (each voice's first five takes are) with pauses: samples of 16 bits, and the words."""
    pieces, words = [np.zeros(int(LEAD * SOUND_RATE))], []
    for number in range(SPOKEN):
        word = WORDS[(number + number // len(WORDS)) % len(WORDS)]
        name = "%s_voice%d_%d.wav" % (word, number % VOICES, number // VOICES)
        with wave.open(os.path.join(folder, name)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)
            pieces += [resampled(samples, file.getframerate()), np.zeros(int(PAUSE * SOUND_RATE))]
        words.append(word)
    pieces.append(np.zeros(int(LEAD * SOUND_RATE)))
    return np.clip(np.rint(np.concatenate(pieces)), -32768, 32767).astype(int).tolist(), words


def prepare(larmor, work, model):
    """Speaks, records the background and trains; returns the strip and its words."""
    speech, background, rig = (os.path.join(work, name) for name in ("speech", "background", "background.toml"))
    with open(rig, "w") as file:
        file.write(BACKGROUND)
    with open(os.path.join(work, "training.txt"), "w") as log:
        for arguments in (
            ["simulate", "speech", "--output", speech, "--words", ",".join(WORDS), "--voices", str(VOICES), "--takes", str(TAKES)],
            ["record", rig, "--seconds", "5", "--output", background],
            ["train", "recognizer", "--speech", speech, "--eeg", background, "--output", model, "--epochs", str(EPOCHS)],
        ):
            subprocess.run([larmor] + arguments, stdout=log, stderr=log, check=True)
    return strip(speech)
