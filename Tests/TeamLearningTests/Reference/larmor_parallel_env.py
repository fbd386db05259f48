"""Larmor's games for PettingZoo: each line that GameStand answers is a step of the parallel interface.

    python larmor_parallel_env.py GAMESTAND GAME [TEAMS]     runs PettingZoo's own tests of the interface
"""
import json
import subprocess
import sys

import numpy as np
from gymnasium.spaces import Box, Discrete
from pettingzoo import ParallelEnv


class LarmorGame(ParallelEnv):
    metadata = {"name": "larmor", "render_modes": []}

    def __init__(self, program, game, teams="solo", horizon=200):
        self.process = subprocess.Popen(
            [program, game, teams], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.horizon = horizon
        about = self.ask({"describe": True})
        self.metadata = {"name": about["name"], "render_modes": []}
        self.possible_agents = about["agents"]
        self.agents = []
        size = int(np.prod(about["observation"]))
        # One object for each agent, as PettingZoo wants it.
        self.observation_spaces = {agent: Box(0, 1, (size,), np.float32) for agent in self.possible_agents}
        self.action_spaces = {agent: Discrete(len(about["actions"])) for agent in self.possible_agents}
        self.steps = 0

    def ask(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer

    def observation_space(self, agent):
        return self.observation_spaces[agent]

    def action_space(self, agent):
        return self.action_spaces[agent]

    def named(self, values):
        return dict(zip(self.possible_agents, values))

    def seen(self, answer):
        return self.named(np.array(row, np.float32) for row in answer["observations"])

    def reset(self, seed=None, options=None):
        self.steps = 0
        self.agents = self.possible_agents[:]
        answer = self.ask({"reset": 0 if seed is None else int(seed)})
        return self.seen(answer), {agent: {} for agent in self.agents}

    def step(self, actions):
        answer = self.ask({"actions": [int(actions[agent]) for agent in self.possible_agents]})
        self.steps += 1
        over = answer["over"]
        ended = self.named([False] * len(self.possible_agents))
        cut = self.named([over or self.steps >= self.horizon] * len(self.possible_agents))
        rewards = self.named(answer["rewards"])
        infos = {agent: {} for agent in self.possible_agents}
        if any(cut.values()):
            self.agents = []
        return self.seen(answer), rewards, ended, cut, infos

    def close(self):
        self.process.stdin.close()
        self.process.wait()


if __name__ == "__main__":
    from pettingzoo.test import parallel_api_test, parallel_seed_test

    program, game, *teams = sys.argv[1:]
    parallel_api_test(LarmorGame(program, game, *teams), num_cycles=1000)
    parallel_seed_test(lambda: LarmorGame(program, game, *teams), num_cycles=50)
    print("passed")
