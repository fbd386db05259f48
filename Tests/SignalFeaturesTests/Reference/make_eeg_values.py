"""Prints EEGValues.swift: filters of SciPy, five features of windows by NumPy and SciPy, kernel PCA of scikit-learn.

    python make_eeg_values.py > EEGValues.swift        (SciPy, NumPy, scikit-learn; their versions stand in the first line)
"""
import numpy as np, scipy, sklearn
from scipy import signal, stats
from sklearn.decomposition import KernelPCA

RATES = [128, 250, 256, 500, 1000, 4000, 16000]
PLACES = [0, 1, 7, 50, 333, 1024, 2999, 3999]
STEP_PLACES = [0, 100, 16000, 40000, 79999]


def wave(n, begin=0):
    i = np.arange(begin, begin + n)
    return 40 * np.sin(0.11 * i) + 25 * np.sin(1.7 * i + 0.5) + 10 * ((i * 7919 % 1000) / 1000 - 0.5)


def numbers(values):
    return "[" + ", ".join(f"{float(x):.17g}" for x in np.ravel(values)) + "]"


def extended_step(low, high, rate):
    """The band-pass's answer to 0, 1, 1, 1 … with design and filter in extended precision: double precision is not enough here."""
    t = np.longdouble
    pi = t("3.14159265358979323846264338327950288")
    lo, hi = np.tan(pi * t(low) / rate), np.tan(pi * t(high) / rate)
    sections = []
    for k in (5, 7):
        half = (np.cos(pi * k / 8) + 1j * np.sin(pi * k / 8)) * (hi - lo) / 2
        root = np.sqrt(half * half - lo * hi)
        for p in (half + root, half - root):
            a0 = 1 - 2 * p.real + abs(p) ** 2
            gain = (hi - lo) / a0
            sections.append([gain, t(0), -gain, t(1), (2 * abs(p) ** 2 - 2) / a0, (1 + 2 * p.real + abs(p) ** 2) / a0])
    return signal.sosfilt(np.array(sections, dtype=t), np.ones(max(STEP_PLACES) + 1, dtype=t))[STEP_PLACES]


def features(x):
    n = len(x)
    power = abs(np.fft.rfft(x))[1:] ** 2
    share = power / power.sum()
    entropy = stats.entropy(share) / np.log(len(share))
    return [np.sqrt(np.mean(x ** 2)), np.count_nonzero(np.diff(np.signbit(x))) / n, x.mean(), stats.kurtosis(x, fisher=False), entropy]


print(f"// Made by make_eeg_values.py with SciPy {scipy.__version__}, NumPy {np.__version__}, scikit-learn {sklearn.__version__};"
      " not to be changed by hand.")
print("enum EEGValues {")
print(f"    static let places = {PLACES}")
print("    /// Band-pass 0.1 … min(70, 0.45 rate) Hz; the same with notches at 50, 100 and 150 Hz as far as they are below half the rate.")
print("    static let filters: [(rate: Double, band: [Double], notched: [Double])] = [")
for rate in RATES:
    sections = signal.butter(4, [0.1, min(70, 0.45 * rate)], "bandpass", fs=rate, output="sos")
    band = signal.sosfilt(sections, wave(4000))
    notched = band
    for line in (50, 100, 150):
        if line < 0.499 * rate:
            notched = signal.lfilter(*signal.iirnotch(line, 30, fs=rate), notched)
    print(f"        (\n            {rate}, {numbers(band[PLACES])},\n            {numbers(notched[PLACES])}\n        ),")
print("    ]")
print(f"    static let stepPlaces = {STEP_PLACES}")
print("    /// Band-pass 0.1 … 70 Hz at 16 kHz, answer to a step.")
print(f"    static let step = {numbers(extended_step(0.1, 70, 16000))}")
print("    /// Windows of 32 and 128 samples from sample 100 on.")
print(f"    static let window32 = {numbers(features(wave(32, 100)))}")
print(f"    static let window128 = {numbers(features(wave(128, 100)))}")
rows = (wave(24 * 7).reshape(24, 7) - 3) / 20
more = (wave(3 * 7, 5000).reshape(3, 7) - 3) / 20
pca = KernelPCA(n_components=5, kernel="poly").fit(rows)
print("    /// Of 24 rows of 7 features; the first three rows, then three others.")
print(f"    static let components = {numbers(np.vstack([pca.transform(rows[:3]), pca.transform(more)]))}")
print(f"    static let eigenvalues = {numbers(pca.eigenvalues_)}")
# Nyström: the kernel K = C W⁻¹ Cᵀ of every second row, its exact components.
kernel = lambda a, b: (a @ b.T / 7 + 1) ** 3
half = rows[::2]
approximate = kernel(rows, half) @ np.linalg.solve(kernel(half, half), kernel(half, rows))
centred = approximate - approximate.mean(0) - approximate.mean(1)[:, None] + approximate.mean()
values, vectors = np.linalg.eigh(centred)
print("    /// Absolute components of the first three rows with every second row as a landmark.")
print(f"    static let landmarkComponents = {numbers(abs(vectors[:, ::-1][:3, :4] * np.sqrt(values[::-1][:4])))}")
print("}")
