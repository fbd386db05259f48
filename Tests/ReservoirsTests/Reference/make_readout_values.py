"""Prints ReadoutValues.swift: ridge regressions in 120 digits (mpmath) and of scikit-learn, for inputs made by formulas.

    python make_readout_values.py > ReadoutValues.swift        (mpmath, NumPy, scikit-learn)
"""
import mpmath as mp
import numpy as np
import sklearn
from sklearn.linear_model import Ridge

mp.mp.dps = 120


def uniform(seed, shape, low, high):
    """low + (high - low) * (upper 24 bits of SplitMix64 / 2^24), row by row; as in Draws.swift."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, int(np.prod(shape)) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (low + (high - low) * ((z >> np.uint64(40)).astype(float) * 2.0 ** -24)).reshape(shape)


def powers(t, count):
    """t, t^2, ... by repeated products."""
    columns = [t]
    for _ in range(count - 1):
        columns.append(columns[-1] * t)
    return np.stack(columns, axis=1)


def curves(t):
    """Two smooth targets; sums, products and quotients only, so that every language has the same bits."""
    return np.stack([1 / (1 + 4 * ((t - 0.3) * (t - 0.3))), t / (0.5 + t)], axis=1)


def exact(X, Y, lam, weights=None, penalty=None):
    """Weights, intercept, effective parameters and residual sums in 120 digits."""
    n, P = X.shape
    f = [mp.mpf(1)] * n if weights is None else weights
    x = [[mp.mpf(float(v)) for v in row] for row in X]
    y = [[mp.mpf(float(v)) for v in row] for row in Y]
    total = sum(f)
    mx = [sum(f[i] * x[i][j] for i in range(n)) / total for j in range(P)]
    my = [sum(f[i] * y[i][k] for i in range(n)) / total for k in range(Y.shape[1])]
    c = mp.matrix([[x[i][j] - mx[j] for j in range(P)] for i in range(n)])
    d = mp.matrix([[y[i][k] - my[k] for k in range(Y.shape[1])] for i in range(n)])
    weighted = mp.matrix([[f[i] * c[i, j] for j in range(P)] for i in range(n)])
    gram = weighted.T * c
    A = gram + mp.mpf(lam) * mp.eye(P)
    inverse = A ** -1
    W = inverse * (weighted.T * d)
    b = [my[k] - sum(mx[j] * W[j, k] for j in range(P)) for k in range(Y.shape[1])]
    product = inverse * gram
    used = 1 + sum(product[j, j] for j in range(P))
    rest = d - c * W
    sums = [sum(rest[i, k] ** 2 for i in range(n)) for k in range(Y.shape[1])]
    return W, b, used, sums, gram


def predict(W, b, X):
    return [[sum(mp.mpf(float(v)) * W[j, k] for j, v in enumerate(row)) + b[k] for k in range(len(b))] for row in X]


def number(value):
    return repr(float(value))


def show(name, kind, rows):
    print(f"    static let {name}: {kind} = [")
    for row in rows:
        numbers = [number(v) for v in row] if isinstance(row, (list, tuple, np.ndarray)) else [number(row)]
        if isinstance(row, (list, tuple, np.ndarray)):
            print("        [")
            for k in range(0, len(numbers), 4):
                print("            " + ", ".join(numbers[k:k + 4]) + ",")
            print("        ],")
        else:
            print("        " + numbers[0] + ",")
    print("    ]")


print(f"// Made by make_readout_values.py with mpmath {mp.__version__} and scikit-learn {sklearn.__version__}; not to be changed by hand.")
print("enum ReadoutValues {")

# Powers of t: nearly dependent states. Predictions at t of the first rows of new data.
N, P = 200, 17
t = (np.arange(N) + 0.5) / N
new = (np.arange(9) + 0.25) / 9
X, Y = powers(t, P), curves(t)
lambdas = [0, 1e-20, 1e-12, 1e-6]
rows = []
for lam in lambdas:
    W, b, used, sums, gram = exact(X, Y, lam)
    rows.append([v for row in predict(W, b, powers(new, P)) for v in row])
values = mp.eigsy(gram, eigvals_only=True)
print("    /// Largest over smallest singular value of the centred powers.")
print(f"    static let powersCondition = {number(mp.sqrt(max(values) / min(values)))}")
show("powersLambdas", "[Double]", lambdas)
print("    /// Per λ: predictions at nine new places, two outputs each.")
show("powersPredictions", "[[Double]]", rows)

# Independent states with large offsets: weights (nodes, outputs), intercepts, effective parameters, residual sums, GCV.
X = 1e7 + uniform(31, (40, 6), -1, 1)
Y = X[:, :2] * 0.5 + uniform(32, (40, 2), -1, 1)
lambdas = [1e-3, 0.1, 10]
weights, intercepts, used_all, residuals, gcv = [], [], [], [], []
for lam in lambdas:
    W, b, used, sums, _ = exact(X, Y, lam)
    weights.append([W[j, k] for j in range(6) for k in range(2)])
    intercepts.append(b)
    used_all.append(used)
    residuals.append(sums)
    gcv.append(sum(sums) / (40 * 2) / (1 - used / 40) ** 2)
show("offsetWeights", "[[Double]]", weights)
show("offsetIntercepts", "[[Double]]", intercepts)
show("offsetEffectiveParameters", "[Double]", used_all)
show("offsetResiduals", "[[Double]]", residuals)
show("offsetCrossValidation", "[Double]", gcv)

# scikit-learn on the same states without offsets.
X = uniform(31, (40, 6), -1, 1)
Y = X[:, :2] * 0.5 + uniform(32, (40, 2), -1, 1)
fits = [Ridge(alpha=lam, solver="cholesky").fit(X, Y) for lam in lambdas]
show("scikitWeights", "[[Double]]", [fit.coef_.T.ravel() for fit in fits])
show("scikitIntercepts", "[[Double]]", [fit.intercept_ for fit in fits])

# Exponential forgetting: sample s of T counts f^(T - s), the penalty is delta f^(T - 1).
f, delta, T = mp.mpf(0.9375), 0.5, 60
X = 3 + uniform(33, (T, 4), -1, 1)
Y = X[:, :2] * 0.5 + uniform(34, (T, 2), -1, 1)
W, b, *_ = exact(X, Y, mp.mpf(delta) * f ** (T - 1), [f ** (T - 1 - s) for s in range(T)])
show("forgettingWeights", "[Double]", [W[j, k] for j in range(4) for k in range(2)])
show("forgettingIntercepts", "[Double]", b)
print("}")
