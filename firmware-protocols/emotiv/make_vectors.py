#!/usr/bin/env python3
"""Writes vectors.json: an Emotiv dongle's reports and what they mean, from README.md alone. Run it in this folder.

A report is put together as one number of 256 bits; encryption is the openssl command's.
"""
import json
import random
import subprocess

NAMES = ["F3", "FC5", "AF3", "F7", "T7", "P7", "O1", "O2", "P8", "T8", "F8", "AF4", "FC6", "F4"]
FIRST_BIT = {"F3": 8, "FC5": 22, "AF3": 36, "F7": 50, "T7": 64, "P7": 78, "O1": 92, "O2": 134, "P8": 148, "T8": 162, "F8": 176, "AF4": 190, "FC6": 204, "F4": 218}
BATTERY = {249: 100, 248: 100, 247: 99.93, 246: 97.02, 239: 66.59, 232: 5.08, 226: 0.42, 225: 0, 200: 0}


def electrode_of(counter):
    """Whose contact quality the report with this counter carries."""
    first_two_rows = NAMES + ["F8", "AF4"]
    if counter < 16:
        return first_two_rows[counter]
    if counter < 64:
        return None
    if counter < 80:
        return first_two_rows[counter - 64]
    return ["FC6", "F4", "F8", "AF4"][(counter - 80) % 4]


def report(first_byte, counts, quality, x, y):
    word = first_byte << 248
    for name, count in zip(NAMES, counts):
        word |= count << (256 - FIRST_BIT[name] - 14)
    word |= quality << (256 - 107 - 14)
    word |= (x >> 4) << 16 | (y >> 4) << 8 | (x & 15) << 4 | y & 15
    return word.to_bytes(32, "big")


def encrypted(data, key):
    command = ["openssl", "enc", "-aes-128-ecb", "-nopad", "-K", key.hex()]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


dice = random.Random(20)
key = bytes(dice.randrange(256) for _ in range(16))
reports = []


def add(first_byte, counts, quality, x, y):
    data = report(first_byte, counts, quality, x, y)
    electrode = electrode_of(first_byte) if first_byte < 128 else None
    reports.append({
        "hex": data.hex(), "encrypted": encrypted(data, key).hex(), "counter": min(first_byte, 128),
        "counts": counts, "microvolt": [(count - 8192) * 0.51 for count in counts], "gyroscope": [x, y],
        "electrode": electrode, "quality": quality if electrode else None,
        "battery": BATTERY[first_byte] if first_byte > 127 else None,
    })


add(0, [8192] * 14, 540, 1652, 1681)
add(1, [0, 16383] * 7, 0, 0, 4095)
for counter in [*range(2, 18), 63, *range(64, 90), 126, 127]:
    quality = dice.randrange(16384) if electrode_of(counter) else 0
    add(counter, [dice.randrange(16384) for _ in NAMES], quality, dice.randrange(4096), dice.randrange(4096))
for level in BATTERY:
    add(level, [dice.randrange(16384) for _ in NAMES], 0, dice.randrange(4096), dice.randrange(4096))
with open("vectors.json", "w", encoding="utf-8") as file:
    json.dump({"key": key.hex(), "reports": reports}, file, indent=1)
    file.write("\n")
