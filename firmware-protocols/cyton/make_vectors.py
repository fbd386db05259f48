#!/usr/bin/env python3
"""Writes vectors.json: Cyton packets and what they mean, from the data format page alone. Run it in this folder."""
import json
import struct

GAINS = (1, 2, 4, 6, 8, 12, 24)


def packet(counter, counts, auxiliary, footer):
    samples = b"".join(count.to_bytes(3, "big", signed=True) for count in counts)
    return bytes([0xA0, counter]) + samples + auxiliary + bytes([footer])


def acceleration(x, y, z):
    return struct.pack(">hhh", x, y, z)


def microvolt(count, gain):
    return count * 4.5e6 / gain / (2**23 - 1)


def vector(name, counter, counts, axes, footer, gain):
    auxiliary = acceleration(*axes)
    return {
        "name": name,
        "hex": packet(counter, counts, auxiliary, footer).hex(),
        "counter": counter,
        "counts": counts,
        "gain": gain,
        "microvolt": [microvolt(count, gain) for count in counts],
        "acceleration_g": [axis * 0.002 / 16 for axis in axes] if footer == 0xC0 else None,
        "footer": footer,
    }


vectors = [
    vector("one count", 0, [1] * 8, (0, 0, 8000), 0xC0, 24),
    vector("ends of the range", 255, [2**23 - 1, -(2**23)] * 4, (32767, -32768, 0), 0xC0, 1),
    vector("header and footers as samples", 160, [0xA0, 0xC0, -0x5F4000, 0x40C0A0, 0, -1, 0x00A0C0, 1], (0, 0, 0), 0xC6, 24),
]
for index, gain in enumerate(GAINS):
    counts = [(index + 1) * 1000 * (-1) ** k * (k + 1) for k in range(8)]
    vectors.append(vector(f"gain {gain}", index, counts, (index, -index, 1), 0xC0, gain))

first, second = (packet(k, [k, -k] * 4, acceleration(0, 0, 0), 0xC0) for k in (7, 8))
garbage = bytes.fromhex("a012a0a0c0ffc0")
stream = {"hex": (first + garbage + second + second[:1]).hex(), "counters": [7, 8], "skipped": len(garbage)}

with open("vectors.json", "w", encoding="utf-8") as file:
    json.dump({"packets": vectors, "stream": stream}, file, indent=1)
    file.write("\n")
