"""Plays the Cleanup of the study's own program with known random numbers, and tells a digest of every step.

    python play_cleanup_of_the_study.py CHECKOUT TEAMS SEED STEPS

CHECKOUT is one of Dtradke/sequential_social_dilemma_games. Every random number of theirs comes from a SplitMix64 here. For each
step a line has the first 16 digits of the SHA-256 of: map, agents' rows, columns, directions (one byte each), rewards (8 bytes, little
end first), and the agents' pictures. "begin" stands in place of the step's number where an episode begins. The last line: steps per second.
"""
import hashlib
import struct
import sys
import time
import types

import numpy as np

checkout, teams, seed, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])


class Anything:
    def __init__(self, *a, **k): pass


# What their files import and a game without pictures on a screen does not need.
for name in ("gym", "gym.spaces", "ray", "ray.rllib", "ray.rllib.agents", "ray.rllib.agents.callbacks", "ray.rllib.env",
             "matplotlib", "matplotlib.pyplot", "cv2", "social_dilemmas.envs.gym.discrete_with_dtype"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["gym.spaces"].Box = sys.modules["gym.spaces"].Dict = Anything
sys.modules["ray.rllib.agents.callbacks"].DefaultCallbacks = Anything
sys.modules["ray.rllib.env"].MultiAgentEnv = object
sys.modules["social_dilemmas.envs.gym.discrete_with_dtype"].DiscreteWithDType = Anything
sys.path.insert(0, checkout)

MASK = (1 << 64) - 1


class SplitMix:
    def __init__(self, seed): self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def uniform(self): return (self.next() >> 11) * 2.0**-53

    def shuffle(self, items):
        for place in range(len(items) - 1, 0, -1):
            other = self.next() % (place + 1)
            items[place], items[other] = items[other], items[place]


chance = SplitMix(0)

from social_dilemmas.envs import cleanup as theirs  # noqa: E402

theirs.random.shuffle = chance.shuffle
theirs.np.random.shuffle = chance.shuffle
theirs.np.random.randint = lambda bound: chance.next() % bound
theirs.rand = lambda count: np.array([chance.uniform() for _ in range(count)])

game = theirs.CleanupEnv(num_agents=6, num_teams=teams, credo=[1.0, 0.0, 0.0])
# The constructor has shuffled these.
game.spawn_points.sort()
game.spawn_points[:] = game.spawn_points[::2] + game.spawn_points[1::2]
game.waste_points.sort()
spawn, waste = [list(p) for p in game.spawn_points], [list(p) for p in game.waste_points]
facing = {"UP": 0, "RIGHT": 1, "DOWN": 2, "LEFT": 3}
actors = SplitMix(seed ^ 0x5EED)
begins = SplitMix(seed)
seconds = 0.0


def tell(name, observations, rewards):
    agents = list(game.agents.values())
    found = hashlib.sha256(game.world_map.tobytes())
    found.update(bytes(int(a.pos[0]) for a in agents) + bytes(int(a.pos[1]) for a in agents))
    found.update(bytes(facing[a.orientation] for a in agents))
    found.update(struct.pack("<6d", *rewards))
    for a in agents:
        found.update(np.ascontiguousarray(observations[a.agent_id]["curr_obs"]).tobytes())
    print(name, found.hexdigest()[:16])


for step in range(steps):
    if step % 1000 == 0:
        chance.state = begins.next()
        game.spawn_points[:] = [list(p) for p in spawn]
        game.waste_points[:] = [list(p) for p in waste]
        tell("begin", game.reset(), [0.0] * 6)
    actions = {f"agent-{i}": actors.next() % 9 for i in range(6)}
    start = time.perf_counter()
    observations, rewards, _, _ = game.step(actions)
    seconds += time.perf_counter() - start
    tell(step, observations, [float(rewards[f"agent-{i}"]) for i in range(6)])
print("speed", steps / seconds)
