"""Prints NetworkValues.swift: states of ReservoirPy's Reservoir and NVAR for inputs made by a formula.

    python make_network_values.py > NetworkValues.swift        (ReservoirPy 0.4.2, NumPy, SciPy)
"""
from importlib.metadata import version

import numpy as np
import scipy.sparse
from reservoirpy.nodes import NVAR, Reservoir


def splitmix64(seed, n):
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def uniform(seed, shape, low, high):
    """low + (high - low) * (upper 24 bits / 2^24), row by row; as in Draws.swift."""
    u = (splitmix64(seed, int(np.prod(shape))) >> np.uint64(40)).astype(float) * 2.0 ** -24
    return (low + (high - low) * u).reshape(shape)


def integers(seed, shape, low, high):
    n = int(np.prod(shape))
    return (low + ((splitmix64(seed, n) >> np.uint64(33)) % np.uint64(high - low)).astype(np.int64)).reshape(shape)


def show(name, rows):
    print(f"    static let {name}: [[Double]] = [")
    for row in rows:
        print("        [")
        for k in range(0, len(row), 4):
            print("            " + ", ".join(repr(float(v)) for v in row[k:k + 4]) + ",")
        print("        ],")
    print("    ]")


print(f"// Made by make_network_values.py with ReservoirPy {version('reservoirpy')}; not to be changed by hand.")
print("enum NetworkValues {")
for nodes, steps in ((100, 5000), (1000, 500)):
    W = uniform(21, (nodes, nodes), -1, 1) * (integers(22, (nodes, nodes), 0, 10) == 0) * (0.9 / np.sqrt(nodes / 30))
    Win, bias = uniform(23, (nodes, 1), -1, 1), 0.2 * uniform(24, (nodes,), -1, 1)
    u = uniform(25, (5000, 1), 0, 0.5)[:steps]
    x = Reservoir(nodes, lr=0.3, W=scipy.sparse.csr_matrix(W), Win=Win, bias=bias).run(u)
    print(f"    /// Nodes 0 to 7 after steps 1, {steps // 2} and {steps}; then the sum of all states.")
    show(f"echoStates{nodes}", [x[0, :8], x[steps // 2 - 1, :8], x[-1, :8], [x.sum()]])
W, Win, bias = uniform(41, (13, 13), -0.4, 0.4), uniform(42, (13, 3), -1, 1), uniform(43, (13,), -0.1, 0.1)
x = Reservoir(13, lr=0.7, W=W, Win=Win, bias=bias).run(uniform(44, (50, 3), -2, 2))
show("denseStates", [x[0], x[24], x[49]])
u = uniform(45, (9, 2), -1, 1)
for order in (2, 3):
    x = NVAR(delay=3, order=order, strides=2).run(u)
    show(f"monomials{order}", [x[0], x[3], x[8]])
print("}")
