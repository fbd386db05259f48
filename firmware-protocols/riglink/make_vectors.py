#!/usr/bin/env python3
"""Writes vectors.json: RigLink frames with their meaning, made by an implementation that shares no code with the others.

    python3 make_vectors.py > vectors.json

Only the standard library is used. The COBS pairs are those of the published examples; the CRC is checked against the
check value of RFC 3720 before anything is written.
"""
import json
import struct


def crc32c(data: bytes) -> int:
    remainder = 0xFFFFFFFF
    for byte in data:
        remainder ^= byte
        for _ in range(8):
            remainder = remainder >> 1 ^ (0x82F63B78 if remainder & 1 else 0)
    return remainder ^ 0xFFFFFFFF


def stuff(data: bytes) -> bytes:
    """Splits at zeros, each piece into groups of at most 254 bytes; the paper's text, not its code."""
    result = bytearray()
    pieces = data.split(b"\0")
    for number, piece in enumerate(pieces):
        is_last = number == len(pieces) - 1
        groups = [piece[i : i + 254] for i in range(0, len(piece), 254)] or [b""]
        # A full group carries no zero, so a zero after it needs an empty group of its own.
        if len(groups[-1]) == 254 and not is_last:
            groups.append(b"")
        for group in groups:
            result.append(len(group) + 1)
            result += group
    return bytes(result)


def text(value: str) -> bytes:
    data = value.encode()
    return bytes([len(data)]) + data


TYPES = {
    "hello": 1, "descriptor": 2, "start": 3, "stop": 4, "samples": 5, "drive": 6, "reset": 7, "status": 8, "error": 9,
    "ping": 10, "pong": 11, "setKnobs": 12, "knobs": 13,
}
FORMATS = {"float32": (0, "f"), "int16": (1, "h"), "int32": (2, "i")}


def plain(kind: int, sequence: int, time: int, payload: bytes, version: int = 1, length: int | None = None) -> bytes:
    size = len(payload) if length is None else length
    return struct.pack("<BBHQI", version, kind, sequence, time, size) + payload


def frame(kind: int, sequence: int, time: int = 0, payload: bytes = b"", **damage) -> bytes:
    covered = plain(kind, sequence, time, payload, **damage)
    return stuff(covered + struct.pack("<I", crc32c(covered))) + b"\0"


def frames(stream: int, counter: int, count: int, values: list, letter: str) -> bytes:
    return struct.pack(f"<BBHQ{len(values)}{letter}", stream, 0, count, counter, *values)


def descriptor(d: dict) -> bytes:
    data = b"".join(text(d[key]) for key in ("maker", "model", "serial_number", "firmware"))
    data += struct.pack("<IIIB", d["maximum_payload"], d["queue_frames"], d["latency_us"], len(d["streams"]))
    for s in d["streams"]:
        data += text(s["name"]) + bytes([{"out": 0, "drive": 1}[s["direction"]]]) + text(s["kind"])
        data += struct.pack("<dBH", s["rate"], 255 if s["answers"] is None else s["answers"], s["channels"])
        data += text(s["label_prefix"]) + text(s["unit"])
        data += struct.pack("<Bf", FORMATS[s["format"]][0], s["scale"])
    if "timing" in d:
        t = d["timing"]
        content = text(t["model"]) + struct.pack(
            "<dIIB", t["time_step_s"], t["steps_per_input"], t["refresh_steps"], {"held_then_read": 0, "study": 1}[t["ordering"]])
        data += struct.pack("<BH", 1, len(content)) + content
    if "knobs" in d:
        knobs = d["knobs"]
        content = bytes([len(knobs)])
        for k in knobs:
            content += text(k["name"]) + text(k["kind"]) + bytes([255 if k["part"] is None else k["part"]]) + text(k["unit"])
            content += struct.pack("<4d", k["lowest"], k["highest"], k["largest_rate"], k["rest"])
        content += bytes([len(d["joint"])])
        for j in d["joint"]:
            content += text(j["name"]) + struct.pack(f"<{1 + len(knobs)}d", j["highest"], *j["weights"])
        data += struct.pack("<BH", 2, len(content)) + content
    return data


def stream(name, direction, kind, rate, channels, prefix, unit, format="float32", scale=1.0, answers=None):
    return dict(
        name=name, direction=direction, kind=kind, rate=rate, answers=answers, channels=channels, label_prefix=prefix,
        unit=unit, format=format, scale=scale)


# The example board of reference/example_board.c: the C firmware must send exactly this.
BOARD = dict(
    maker="Larmor", model="example board", serial_number="0001", firmware="1.0", maximum_payload=1024, queue_frames=16,
    latency_us=0,
    streams=[
        stream("eeg", "out", "EEG", 250.0, 4, "ch", "V", "int32", 2.0**-26),
        stream("drive", "drive", "Drive", 0.0, 8, "cell", "T"),
        stream("state", "out", "Magnetisation", 0.0, 24, "m", "1", answers=1),
    ],
    timing=dict(model="physical", time_step_s=0.0, steps_per_input=1, refresh_steps=0, ordering="held_then_read"))


# The same with lines: eight outputs, eight inputs.
LINES = dict(
    BOARD,
    streams=[
        stream("lines", "out", "Auxiliary", 250.0, 8, "line", "1"),
        stream("outputs", "drive", "Auxiliary", 0.0, 8, "line", "1"),
        stream("levels", "out", "Auxiliary", 0.0, 8, "output", "1", answers=1),
    ])
del LINES["timing"]


def knob(name, kind, part, unit, lowest, highest, largest_rate, rest):
    return dict(
        name=name, kind=kind, part=part, unit=unit, lowest=lowest, highest=highest, largest_rate=largest_rate, rest=rest)


# The example board with knobs, which change nothing: two, of which both together may not be above 1.5.
KNOBS = dict(
    BOARD,
    knobs=[
        knob("drive_scale", "drive_scale", None, "1", 0.0, 1.0, 2.0, 0.5),
        knob("bias_field", "bias_field", 0, "T", -1.0, 1.0, 0.5, 0.0),
    ],
    joint=[dict(name="heat", highest=1.5, weights=[1.0, 1.0])])


def vectors() -> dict:
    made = []

    def add(name, kind, sequence, time, payload, meaning):
        made.append(dict(
            name=name, hex=frame(TYPES[kind], sequence, time, payload).hex(), type=kind, sequence=sequence,
            device_time=time, payload=payload.hex(), meaning=meaning))

    add("hello", "hello", 0, 0, b"\x01", dict(version=1))
    add("descriptor of the example board", "descriptor", 0, 123_456_789, descriptor(BOARD), BOARD)
    odd = dict(
        maker="Ω-Werk", model="", serial_number="x" * 255, firmware="0", maximum_payload=65536, queue_frames=0,
        latency_us=2**32 - 1, streams=[stream("wide", "out", "Auxiliary", 16000.0, 32762, "", "count", "int16", 1.0)])
    add("descriptor with a long text and many channels", "descriptor", 65535, 2**64 - 1, descriptor(odd), odd)
    film = dict(
        maker="Larmor", model="film", serial_number="", firmware="1.0", maximum_payload=65536, queue_frames=256, latency_us=1000,
        streams=[
            stream("drive", "drive", "Drive", 0.0, 100, "cell", "T"),
            stream("state", "out", "Magnetisation", 0.0, 300, "m", "1", answers=0),
        ],
        timing=dict(model="macro-cell", time_step_s=1e-13, steps_per_input=100, refresh_steps=100, ordering="study"))
    add("descriptor of a film with its timing", "descriptor", 9, 0, descriptor(film), film)
    add("start", "start", 1, 0, b"", dict())
    add("stop", "stop", 2, 0, b"", dict())
    for format, values in (
        ("float32", [0.0, 1.0, -1.5, 3.0e38, -0.0, 2.0**-149]),
        ("int16", [0, 1, -1, 32767, -32768, 256]),
        ("int32", [0, 1, -1, 2**31 - 1, -(2**31), 65536]),
    ):
        payload = frames(0, 2**40 + 7, 2, values, FORMATS[format][1])
        add(f"samples, 2 frames of 3 channels, {format}", "samples", 300, 10**15, payload, dict(
            stream=0, frames=2, first_counter=2**40 + 7, format=format, values=values))
    add("samples, one frame of zeros", "samples", 301, 0, frames(0, 0, 1, [0] * 80, "f"), dict(
        stream=0, frames=1, first_counter=0, format="float32", values=[0.0] * 80))
    add("samples without a zero byte in 254", "samples", 302, 0x0101010101010101, frames(1, 2**64 - 1, 1, [-1] * 61, "i"), dict(
        stream=1, frames=1, first_counter=2**64 - 1, format="int32", values=[-1] * 61))
    drive = [-0.5, 0.5, 0.25, 0.125, 0.0, -0.125, -0.25, 1.0]
    add("drive of the example board", "drive", 3, 0, frames(1, 41, 1, drive, "f"), dict(
        stream=1, frames=1, first_counter=41, format="float32", values=drive))
    add("descriptor of the example board with lines", "descriptor", 0, 0, descriptor(LINES), LINES)
    set = [1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    add("drive that sets two outputs", "drive", 10, 0, frames(1, 1, 1, set, "f"), dict(
        stream=1, frames=1, first_counter=1, format="float32", values=set))
    add("reset", "reset", 4, 0, struct.pack("<Q", 2**64 - 2), dict(seed=2**64 - 2))
    add("status", "status", 5, 77, struct.pack("<II", 16, 3), dict(free_frames=16, dropped_frames=3))
    add("error", "error", 6, 78, struct.pack("<H", 5) + text("coil over 80 °C"), dict(code=5, text="coil over 80 °C"))
    add("ping", "ping", 7, 0, bytes(range(8)), dict(echo=bytes(range(8)).hex()))
    add("pong", "pong", 8, 79, bytes(range(8)), dict(echo=bytes(range(8)).hex()))

    add("descriptor of the example board with knobs", "descriptor", 0, 0, descriptor(KNOBS), KNOBS)
    entries = [(0, 1.0), (1, -0.25)]
    add("two knobs set", "setKnobs", 12, 0, struct.pack("<IB", 7, 2) + b"".join(struct.pack("<Bd", *e) for e in entries), dict(
        request=7, entries=[dict(knob=k, value=v) for k, v in entries]))
    add("knobs only asked for", "setKnobs", 13, 0, struct.pack("<IB", 2**32 - 1, 0), dict(request=2**32 - 1, entries=[]))
    states = [(1.0, 0.5), (-0.25, 0.0)]
    for number, outcome in enumerate(("taken", "limited", "refused")):
        payload = struct.pack("<IBB", 7 + number, number, 2) + b"".join(struct.pack("<dd", *s) for s in states)
        add(f"knobs, {outcome}", "knobs", 14 + number, 81, payload, dict(
            request=7 + number, outcome=outcome, knob_values=[dict(target=t, now=n) for t, n in states]))

    def flip(data: bytes, place: int) -> bytes:
        changed = bytearray(data)
        changed[place] ^= 0x10
        return bytes(changed)

    def samples(sequence):
        return frame(5, sequence, 9, frames(0, sequence, 1, [1.5, -2.5], "f"))

    streams = []

    def receive(name, data, sequences, corrupt=0, lost=0, unknown=0):
        streams.append(dict(name=name, hex=data.hex(), sequences=sequences, corrupt=corrupt, lost=lost, unknown=unknown))

    receive("three messages", samples(1) + samples(2) + samples(3), [1, 2, 3])
    receive("zeros between them mean nothing", b"\0\0" + samples(1) + b"\0" + samples(2), [1, 2])
    receive("garbage, then a zero", b"hello?\xff\xfe\0" + samples(1), [1], corrupt=1)
    receive("a flipped bit costs one message", samples(1) + flip(samples(2), 20) + samples(3), [1, 3], corrupt=1, lost=1)
    receive("a lost zero costs two", samples(1) + samples(2)[:-1] + samples(3) + samples(4), [1, 4], corrupt=1, lost=2)
    receive("sequence over its end", samples(65535) + samples(0), [65535, 0])
    receive("messages missing over the end", samples(65534) + samples(2), [65534, 2], lost=3)
    receive("a type of later", samples(1) + frame(200, 2, 0, b"new") + samples(3), [1, 3], unknown=1)
    receive("another version", frame(3, 1, version=2) + samples(1), [1], corrupt=1)
    receive("a length that is not its own", frame(10, 1, 0, bytes(8), length=7) + samples(1), [1], corrupt=1)
    receive("cut in the header", frame(3, 1)[:10] + b"\0" + samples(1), [1], corrupt=1)
    receive("only a checksum", stuff(struct.pack("<I", crc32c(b""))) + b"\0" + samples(1), [1], corrupt=1)

    one = bytes(range(1, 255))
    pairs = [
        b"", b"\0", b"\0\0", bytes.fromhex("001100"), bytes.fromhex("11220033"), bytes.fromhex("11223344"),
        bytes.fromhex("11000000"), one, b"\0" + one, one + b"\xff", bytes(range(2, 256)) + b"\0",
        bytes(range(3, 256)) + b"\0\x01",
    ]
    return dict(
        protocol="RigLink", version=1, made_by="make_vectors.py", frames=made, streams=streams,
        cobs=[dict(plain=p.hex(), stuffed=stuff(p).hex()) for p in pairs],
        not_cobs=["00", "0000", "05112233", "ff01", "02110003"])


if __name__ == "__main__":
    assert crc32c(b"123456789") == 0xE3069283
    # The examples of the article "Consistent Overhead Byte Stuffing" in Wikipedia, without the ending zero.
    assert stuff(bytes.fromhex("11220033")).hex() == "0311220233"
    assert stuff(bytes(range(1, 255))) == b"\xff" + bytes(range(1, 255))
    assert stuff(bytes(range(2, 256)) + b"\0") == b"\xff" + bytes(range(2, 256)) + b"\x01\x01"
    assert stuff(bytes(range(3, 256)) + b"\0\x01") == b"\xfe" + bytes(range(3, 256)) + b"\x02\x01"
    print(json.dumps(vectors(), indent=1, ensure_ascii=False))
