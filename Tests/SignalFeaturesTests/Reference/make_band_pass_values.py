"""Prints BandPassValues.swift: impulse responses and gains of SciPy's Butterworth band-passes.

    python make_band_pass_values.py > BandPassValues.swift        (SciPy 1.17.1, NumPy)
"""
import numpy as np
from scipy import signal

CASES = [(8, 12, 250), (10, 11, 250), (10, 90, 500), (300, 3400, 48000), (0.5, 120, 250)]
SAMPLES = [0, 1, 2, 5, 10, 20, 40, 80, 160, 320]


def numbers(values):
    return "[" + ", ".join(f"{x:.17g}" for x in values) + "]"


print("// Made by make_band_pass_values.py with SciPy 1.17.1; not to be changed by hand.")
print("enum BandPassValues {")
print("    struct Case: Sendable {")
print("        var band: ClosedRange<Double>")
print("        var rate: Double")
print("        var impulse: [Double]")
print("        /// Hertz.")
print("        var frequencies: [Double]")
print("        var gains: [Double]")
print("    }")
print()
print(f"    static let samples = {SAMPLES}")
print("    static let cases: [Case] = [")
for low, high, rate in CASES:
    sections = signal.butter(4, [low, high], btype="band", output="sos", fs=rate)
    impulse = np.zeros(max(SAMPLES) + 1)
    impulse[0] = 1
    response = signal.sosfilt(sections, impulse)[SAMPLES]
    warped = np.tan(np.pi * np.array([low, high]) / rate)
    centre = np.arctan(np.sqrt(warped.prod())) * rate / np.pi
    frequencies = [low / 2, low, centre, high, (high + rate / 2) / 2]
    _, gains = signal.sosfreqz(sections, worN=frequencies, fs=rate)
    print("        Case(")
    print(f"            band: {float(low)}...{float(high)}, rate: {rate},")
    print(f"            impulse: {numbers(response)},")
    print(f"            frequencies: {numbers(frequencies)},")
    print(f"            gains: {numbers(abs(gains))}),")
print("    ]")
print("}")
