"""Prints CalibrationValues.swift: fits, bold maps, comparison maps and measures by SciPy and scikit-learn, for scores made by formulas.

    python make_calibration_values.py > CalibrationValues.swift        (NumPy, SciPy, scikit-learn)
"""
import numpy as np
import scipy
import sklearn
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.special import expit, log_expit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.calibration import _SigmoidCalibration
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score


def uniform(seed, count, low=0.0, high=1.0):
    """low + (high - low) * (upper 24 bits of SplitMix64 / 2^24), as in SyntheticScores.swift."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return low + (high - low) * ((z >> np.uint64(40)).astype(float) * 2.0 ** -24)


def logit(x):
    return np.log(x) - np.log1p(-x)


def hedger(count, rows_per_draw=1, outcomes=42):
    x = uniform(41, count, 0.05, 0.95)
    draws = uniform(outcomes, count)[np.arange(count) // rows_per_draw]
    return x, draws < expit(np.log(1.1) + 1.3 * logit(x))


def sure(count):
    """A forecaster whose log odds have heavy tails: some scores at the ends of what a double holds, and still too cautious."""
    u, v = uniform(51, count), uniform(52, count)
    z = 1.2 * (u - 0.5) / (np.maximum(u, 2.0 ** -25) * np.maximum(1 - u, 2.0 ** -25))
    x = np.minimum(np.maximum(expit(z), 1e-300), 1 - 2.0 ** -53)
    return x, v < expit(1 + 2.5 * z)


def newton(columns, y, weights=1.0):
    """Logistic regression without a penalty: coefficients, log-likelihood, information."""
    X = np.stack(columns)
    scale = np.array([1.0 if np.ptp(c) == 0 else c.std() for c in columns])
    X = X / scale[:, None]
    value = lambda b: float(np.sum(y * log_expit(b @ X) + (1 - y) * log_expit(-(b @ X))))
    b = np.zeros(len(columns))
    for _ in range(300):
        p = expit(b @ X)
        H = (X * (p * (1 - p))) @ X.T
        step = np.linalg.solve(H, X @ (y - p))
        part = 1.0
        while value(b + part * step) < value(b) - 1e-12 * abs(value(b)) and part > 1e-12:
            part /= 2
        b = b + part * step
        if np.abs(part * step).max() < 1e-14:
            break
    return b / scale, value(b), H * np.outer(scale, scale)


def boldest(x, y, level):
    """The largest deviation on the likelihood contour: each place by Brent's method, the angle by bounded minimisation."""
    L, n = logit(x), len(x)
    (a, g), most, information = newton([np.ones(n), L], y.astype(float))
    drop = np.log(n) + np.log((1 - level) / level)
    axes = np.linalg.inv(np.linalg.cholesky(information)).T
    sign = np.where(y, 1.0, -1.0)
    value = lambda p: float(np.sum(log_expit(sign * (p[0] + p[1] * L))))
    deviation = lambda p: float(np.std(expit(p[0] + p[1] * L), ddof=1))

    def place(angle):
        direction = axes @ np.array([np.cos(angle), np.sin(angle)])
        excess = lambda r: value(np.array([a, g]) + r * direction) - (most - drop)
        far = np.sqrt(2 * drop)
        while excess(far) > 0:
            far *= 2
        return np.array([a, g]) + brentq(excess, 0, far, xtol=1e-15, rtol=1e-15) * direction

    step = 2 * np.pi / 180
    angles = np.arange(180) * step
    values = [deviation(place(angle)) for angle in angles]
    best = max(
        (minimize_scalar(lambda q: -deviation(place(q)), bounds=(angles[i] - step, angles[i] + step), method="bounded",
                         options=dict(xatol=1e-11)) for i in np.argsort(values)[-3:]), key=lambda fit: -fit.fun)
    p = place(best.x)
    return [np.exp(p[0]), p[1], deviation(p)]


def fitted(x, y):
    (a, g), most, information = newton([np.ones(len(x)), logit(x)], y.astype(float))
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    original = float(np.sum(np.where(y, np.log(x), np.log1p(-x))))
    return [np.exp(a), g, most, original, *errors]


def clustered(x, y, clusters):
    """Sandwich covariance and Rao & Scott's mean design effect; the likelihood ratio and the posterior that follow."""
    L = logit(x)
    (a, g), most, J = newton([np.ones(len(x)), L], y.astype(float))
    residual = y - expit(a + g * L)
    scores = np.zeros((clusters.max() + 1, 2))
    np.add.at(scores, clusters, np.stack([residual, residual * L], axis=1))
    G = len(scores)
    K = scores.T @ scores * G / (G - 1)
    inverse = np.linalg.inv(J)
    effect = max(1.0, np.trace(inverse @ K) / 2)
    errors = np.sqrt(np.diag(inverse @ K @ inverse))
    ratio = 2 * (most - float(np.sum(np.where(y, np.log(x), np.log1p(-x))))) / effect
    effective = len(x) / effect
    return [effect, effective, *errors, ratio, expit(np.log(effective) - ratio / 2)]


def swift(name, values):
    lines, line = [], "       "
    for value in values:
        text = f" {number(value)},"
        if len(line) + len(text) > 120:
            lines.append(line)
            line = "       "
        line += text
    if len(values) == 1:
        return print(f"    static let {name}: [Double] = [{number(values[0])}]")
    print(f"    static let {name}: [Double] = [\n" + "\n".join(lines + [line]) + "\n    ]")


def number(value):
    return repr(float(value))


x, y = hedger(868)
L, ones = logit(x), np.ones(868)
print(f"// Made by make_calibration_values.py with SciPy {scipy.__version__} and scikit-learn {sklearn.__version__}; "
      "not to be changed by hand.\nenum CalibrationValues {")
print("    // delta, gamma, log-likelihood, that of no map, standard errors of log delta and gamma.")
swift("fit", fitted(x, y))
print("    // Effect, effective rows, robust standard errors, likelihood ratio, posterior.")
swift("clustered", clustered(*hedger(868, 7, 43), np.arange(868) // 7))
print("    // delta, gamma, standard deviation.")
many = hedger(10_000)
swift("bold95", boldest(*many, 0.95))
swift("bold80", boldest(*many, 0.8))
for count in (400, 3000):
    heavy = sure(count)
    print(f"    // Of scores with heavy tails: sum of their log odds, right ones, then the fit as above.")
    swift(f"sure{count}", [logit(heavy[0]).sum(), float(heavy[1].sum()), *fitted(*heavy)])
    swift(f"sure{count}Bold95", boldest(*heavy, 0.95))
    swift(f"sure{count}Bold80", boldest(*heavy, 0.8))
sigmoid = _SigmoidCalibration().fit(x, y)
print("    // Slope and intercept.")
swift("platt", [sigmoid.a_, sigmoid.b_])
swift("temperature", [1 / newton([L], y.astype(float))[0][0]])
print("    // a, b, c by our Newton's method; within 1e-4 of scikit-learn's solver, which stops earlier.")
beta = newton([np.log(x), -np.log1p(-x), ones], y.astype(float))[0]
other = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(np.stack([np.log(x), -np.log1p(-x)], axis=1), y)
assert np.abs(np.append(other.coef_[0], other.intercept_) - beta).max() < 1e-4
swift("beta", beta)
at = [0.01, 0.1, 0.3, 0.35, 0.5, 0.7, 0.9, 0.99]
swift("isotonicPlaces", at)
isotonic = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(x, y)
swift("isotonic", isotonic.predict(at))
print("    // Scores rounded to tenths, below 1.")
tied = np.minimum(np.round(x * 10) / 10, 0.999999)
swift("isotonicTies", IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(tied, y).predict(at))
print("    // Brier score, log-loss, area under the curve; the Brier score after isotonic regression.")
swift("measures", [brier_score_loss(y, x), log_loss(y, x), roc_auc_score(y, x), np.mean((isotonic.predict(x) - y) ** 2)])
print("}")
