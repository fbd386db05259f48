#!/usr/bin/env python3
"""Writes vectors.json: ThinkGear packets and what they mean, from the serial stream guide alone. Run it in this folder."""
import json


def packet(payload):
    return bytes([0xAA, 0xAA, len(payload)]) + payload + bytes([(~sum(payload)) & 0xFF])


def raw(value):
    return bytes([0x80, 2]) + value.to_bytes(2, "big", signed=True)


powers = [70_000, 3, 255, 256, 16_777_215, 0, 1000, 12_345]
status = bytes([0x02, 26, 0x83, 24]) + b"".join(p.to_bytes(3, "big") for p in powers) + bytes([0x04, 75, 0x05, 0])
guide = bytes.fromhex("aaaa200200831800009400004200000b00006400004d00003d000007000005040d053d34")
packets = [
    {"name": f"raw {value}", "hex": packet(raw(value)).hex(), "raw": [value], "microvolt": [value * 1.8e6 / 4096 / 2000]}
    for value in (0, 1, -1, 2047, -2048, 32767, -32768)
]
packets.append({"name": "status", "hex": packet(status).hex(), "poor": 26, "attention": 75, "meditation": 0, "bands": powers})
packets.append({"name": "two samples and a code of another maker", "raw": [5, -6], "microvolt": [v * 1.8e6 / 4096 / 2000 for v in (5, -6)],
                "hex": packet(raw(5) + bytes([0x55, 0x80, 2, 1, 1, 0x16, 9]) + raw(-6)).hex()})
# The guide's own example packet, byte for byte, with the meaning that its table gives.
packets.append({"name": "the guide's example", "hex": guide.hex(), "poor": 0, "attention": 13, "meditation": 61, "bands": [148, 66, 11, 100, 77, 61, 7, 5]})
wrong = bytearray(packet(raw(100)))
wrong[-1] ^= 1
stream = {"hex": (packet(raw(1)) + bytes(wrong) + b"\xaa" + packet(raw(2)) + bytes([0xAA, 0xAA, 200, 1]) + packet(raw(3))).hex(),
          "raw": [1, 2, 3], "skipped": len(wrong) + 1 + 4, "corrupt": 1}
with open("vectors.json", "w", encoding="utf-8") as file:
    json.dump({"packets": packets, "stream": stream}, file, indent=1)
    file.write("\n")
