"""Prints PythonSpeechFeaturesValues.swift: coefficients of python_speech_features 0.6 for a signal made by a formula.

    python make_mfcc_values.py > PythonSpeechFeaturesValues.swift        (python_speech_features 0.6, NumPy)
"""
import numpy as np
import python_speech_features as psf


def signal(count):
    """A square wave of 40 samples under a slow ramp, with noise of a quadratic residue; as in MelFrontEndTests.swift."""
    i = np.arange(count)
    square = np.where(i % 40 < 20, 0.2, -0.2)
    noise = ((i * i * 7 + i * 13) % 2001 - 1000) / 20000
    return square * (i % 3000) / 3000 + noise


FRAMES = [0, 1, 9, 30]


def show(name, rows):
    print(f"    static let {name}: [[Float]] = [")
    for row in rows:
        numbers = [f"{x:.7g}" for x in row]
        print("        [")
        for k in range(0, len(numbers), 7):
            print("            " + ", ".join(numbers[k:k + 7]) + ",")
        print("        ],")
    print("    ]")


print("// Made by make_mfcc_values.py with python_speech_features 0.6; not to be changed by hand.")
print("enum PythonSpeechFeaturesValues {")
print(f"    static let frames = {FRAMES}")
for rate, length in [(8000, 256), (16000, 512)]:
    x = signal(rate // 2)
    show(f"defaults{rate}", psf.mfcc(x, rate, nfft=length)[FRAMES])
    plain = psf.mfcc(
        x, rate, nfft=length, lowfreq=60, highfreq=3900, ceplifter=0, appendEnergy=False, winfunc=np.hamming)
    show(f"plain{rate}", plain[FRAMES])
    # Slopes around frame t, which a causal front end knows two frames later.
    show(f"slopes{rate}", psf.delta(plain, 2)[[t - 2 for t in FRAMES[2:]]])
print("}")
