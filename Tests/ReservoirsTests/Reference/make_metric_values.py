"""Prints MetricValues.swift: metrics of RCbench 1.0.10 and ReservoirPy 0.4.2 for a small network made by a formula.

    python make_metric_values.py > MetricValues.swift        (rcbench 1.0.10, reservoirpy 0.4.2, SciPy, NumPy)
"""
import logging
import numpy as np
from scipy.signal import savgol_filter
from scipy.stats import chi2
from rcbench.tasks.generalizationrank import GeneralizationRankEvaluator
from rcbench.tasks.ipc import IPCEvaluator
from rcbench.tasks.kernelrank import KernelRankEvaluator
from rcbench.tasks.memorycapacity import MemoryCapacityEvaluator
from reservoirpy.nodes import Reservoir, Ridge
from reservoirpy.observables import memory_capacity, nrmse

logging.disable(logging.CRITICAL)
STEPS, NODES = 700, 12
MASK = (1 << 64) - 1


def split_mix(seed, count):
    """Uniform in [-1, 1), as SplitMix64 in Signals."""
    state, values = seed, []
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        z ^= z >> 31
        values.append(2 * ((z >> 11) * 2.0 ** -53) - 1)
    return np.array(values)


def ring(u):
    """x_i <- tanh(0.9 x_{i-1} + 0.5 cos(i + 1) u), from 0; as in RingReservoir.swift."""
    x, states = np.zeros(NODES), []
    weights = 0.5 * np.cos(np.arange(NODES) + 1)
    for value in u:
        x = np.tanh(0.9 * np.roll(x, 1) + weights * value)
        states.append(x)
    return np.array(states)


def show(name, values):
    values = np.atleast_1d(values)
    kind = "Int" if values.dtype.kind == "i" else "Double"
    text = ", ".join(repr(v.item()) for v in values)
    if len(text) < 80:
        print(f"    static let {name}: [{kind}] = [{text}]")
        return
    lines, line = [], "       "
    for word in text.split(" "):
        if len(line) + len(word) > 120:
            lines.append(line)
            line = "       "
        line += " " + word
    print(f"    static let {name}: [{kind}] = [\n" + "\n".join(lines + [line]) + ",\n    ]")


u = split_mix(3, STEPS)
x = ring(u)
print("// Made by make_metric_values.py with RCbench 1.0.10 and ReservoirPy 0.4.2; not to be changed by hand.")
print("enum MetricValues {")
print(f"    static let steps = {STEPS}")
print(f"    static let nodes = {NODES}")
show("lastState", x[-1])

thresholds = [1e-2, 1e-4, 1e-6, 1e-8, 1e-10]
show("rankThresholds", thresholds)
show("kernelRanks", np.array([KernelRankEvaluator(x, threshold=t).run_evaluation()["kernel_rank"] for t in thresholds]))
show("kernelRanksWithInput",
     np.array([KernelRankEvaluator(x, u, threshold=t).run_evaluation()["kernel_rank"] for t in thresholds]))
show("stateRanks",
     np.array([GeneralizationRankEvaluator(x, threshold=t).run_evaluation()["generalization_rank"] for t in thresholds]))

mc = MemoryCapacityEvaluator(u, x, max_delay=20)
r = mc.calculate_total_memory_capacity(feature_selection_method="pca", num_features="all", regression_alpha=0.1)
show("memoryRCbench", [r["delay_results"][k] for k in range(1, 21)])

K = 20
W = 0.9 * np.roll(np.eye(NODES), 1, axis=0)
Win = (0.5 * np.cos(np.arange(NODES) + 1)).reshape(-1, 1)
reservoir = Reservoir(units=NODES, W=W, Win=Win, bias=np.zeros(NODES), lr=1.0, input_dim=1)
show("memoryReservoirPy", memory_capacity(reservoir >> Ridge(ridge=1e-4), k_max=K, as_list=True, series=u.reshape(-1, 1)))

ipc = IPCEvaluator(u, x, max_delay=5, max_degree=3)
r = ipc.calculate_total_capacity(regression_alpha=0.01)
keys = sorted(r["all_results"], key=lambda k: (sum(d for _, d in k), k))
show("capacityRCbench", [r["total_capacity"], r["linear_memory_capacity"], r["nonlinear_capacity"]])
show("capacityRCbenchByDegree", [r["capacity_by_degree"][d] for d in (1, 2, 3)])
print(f"    static let capacityFunctions = {len(keys)}")

y, p = u[:200], x[:200, 0]
show("nrmseReservoirPy", [nrmse(y, p, norm=n) for n in ("var", "minmax", "mean", "q1q3")])
show("savitzkyGolay", savgol_filter(u[:40], 11, 3))
show("chiSquare", [chi2.isf(q, n) for q, n in [(1e-4, 300), (1e-4, 12), (0.05, 1), (0.5, 7)]])
print("}")
