#!/usr/bin/env python3
"""Writes vectors.json: RDA messages and what they mean, from README.md alone. Run it in this folder."""
import json
import struct

GUID = bytes.fromhex("8e45584396c9864caf4a98bbf6c91450")


def message(kind, body):
    return GUID + struct.pack("<II", 24 + len(body), kind) + body


def start(interval, resolutions, names):
    return message(1, struct.pack("<Id", len(names), interval) + struct.pack(f"<{len(names)}d", *resolutions) + b"".join(n.encode() + b"\0" for n in names))


def marker(position, points, channel, kind, text):
    texts = kind.encode() + b"\0" + text.encode() + b"\0"
    return struct.pack("<IIIi", 16 + len(texts), position, points, channel) + texts


def data(kind, block, rows, markers=()):
    flat = [v for row in rows for v in row]
    body = struct.pack("<III", block, len(rows), len(markers)) + struct.pack(f"<{len(flat)}{'h' if kind == 2 else 'f'}", *flat)
    return message(kind, body + b"".join(marker(*m) for m in markers))


names = ["Fp1", "Fp2", "Größe"]
resolutions = [0.5, 0.0488281, 1.0]
rows = [[1, -1, 32767], [-32768, 0, 100], [7, 8, 9]]
markers = [(0, 1, -1, "Stimulus", "S  1"), (2, 5, 1, "", "kommentar ä")]
vectors = {
    "start": {"hex": start(2000.0, resolutions, names).hex(), "rate": 500.0, "resolutions": resolutions, "names": names},
    "data": [
        {"hex": data(kind, block, rows, markers if kind == 4 else ()).hex(), "float": kind == 4, "block": block,
         "microvolt": [[v * r for v, r in zip(row, resolutions)] for row in rows],
         "markers": [{"position": m[0], "points": m[1], "channel": m[2], "type": m[3], "text": m[4]} for m in (markers if kind == 4 else ())]}
        for kind, block in ((4, 0), (2, 4_000_000_000))
    ],
    "stop": message(3, b"").hex(),
}
with open("vectors.json", "w", encoding="utf-8") as file:
    json.dump(vectors, file, indent=1, ensure_ascii=False)
    file.write("\n")
