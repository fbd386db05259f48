#!/usr/bin/env python3
"""Writes vectors.json: records and what they mean, from README.md alone. Run it in this folder."""
import json
import struct

FORMATS = {"float32": (1, "f"), "double64": (2, "d"), "string": (3, ""), "int32": (4, "i"), "int16": (5, "h"), "int8": (6, "b"),
           "int64": (7, "q")}


def record(kind, number, channels, samples, before, body):
    return b"LSL\x01" + struct.pack("<IBBHIQ", 24 + len(body), kind, number, channels, samples, before) + body


def samples(name, before, stamps, rows):
    number, code = FORMATS[name]
    body = struct.pack(f"<{len(stamps)}d", *stamps)
    for row in rows:
        for value in row:
            body += struct.pack("<I", len(value.encode())) + value.encode() if name == "string" else struct.pack("<" + code, value)
    return record(1, number, len(rows[0]), len(rows), before, body)


numbers = {
    "float32": [[0.5, -1.25], [2.0**-20, 65536.0]], "double64": [[0.1, -1e300], [2.0, 5e-324]],
    "int32": [[-2147483648, 2147483647], [0, 16777217]], "int16": [[-32768, 32767], [1, -1]], "int8": [[-128, 127], [5, -5]],
    "int64": [[-9007199254740992, 9007199254740992], [1, 0]],
}
stamps = [12345.678901234, 12345.682901234]
vectors = {
    "samples": [
        {"hex": samples(name, 1 << 40, stamps, rows).hex(), "format": FORMATS[name][0], "before": 1 << 40, "stamps": stamps,
         "rows": rows} for name, rows in numbers.items()
    ],
    "texts": {"hex": samples("string", 7, stamps, [["S  1", ""], ["müde, \"ja\"", "a\nb"]]).hex(), "before": 7, "stamps": stamps,
              "rows": [["S  1", ""], ["müde, \"ja\"", "a\nb"]]},
    "clock_offset": {"hex": record(2, 2, 1, 0, 0, struct.pack("<4d", 99.5, -25e-6, 12e-6, 0.25)).hex(), "remote": 99.5,
                     "correction": -25e-6, "uncertainty": 12e-6, "host_minus_local": 0.25},
}
with open("vectors.json", "w", encoding="utf-8") as file:
    json.dump(vectors, file, indent=1, ensure_ascii=False)
    file.write("\n")
