#!/usr/bin/env python3
"""Writes vectors.json: FreeEEG32 frames and what they mean, from README.md alone. Run it in this folder."""
import json


def frame(counter, counts, further=6):
    return bytes([0xA0, counter]) + b"".join(c.to_bytes(3, "big", signed=True) for c in counts) + bytes(further) + b"\xc0"


frames = []
for counter, counts in [
    (0, [1] * 32), (255, [2**23 - 1, -(2**23)] * 16), (160, [0xA0, 0xC0, -0x5F4000, 0x40C0A0] * 8), (7, [(-1) ** k * 1000 * k for k in range(32)]),
]:
    frames.append({"hex": frame(counter, counts).hex(), "counter": counter, "counts": counts, "microvolt": [c * 2.5e6 / 8 / (2**23 - 1) for c in counts]})
first, second = frame(8, [5, -5] * 16), frame(9, [6, -6] * 16)
garbage = bytes.fromhex("a0c0a0ff00c0")
stream = {"hex": (first + garbage + second + second[:1]).hex(), "counters": [8, 9], "skipped": len(garbage)}
with open("vectors.json", "w", encoding="utf-8") as file:
    json.dump({"frames": frames, "stream": stream}, file, indent=1)
    file.write("\n")
