"""verdict.py SHARE: checks what the guest left; prints one line per check and ends with 1 when one fails.

The recording is read with pyxdf, which was not written here.
"""
import json
import os
import sys
from difflib import SequenceMatcher

import numpy as np
import pyxdf

from values import BOARD_CHANNELS, BOARD_PERIOD, BOARD_RATE, BOARD_SCALE, MICROVOLT_PER_COUNT, ROW_STEP, ROWS, SOUND_PERIOD, SOUND_RATE

SHARE = sys.argv[1]
failures = 0


def check(name, good, detail):
    global failures
    failures += not good
    print("%-4s %-52s %s" % ("ok" if good else "FAIL", name, detail), flush=True)


def load(name):
    path = os.path.join(SHARE, name)
    try:
        with open(path) as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        with open(path.replace(".json", ".err"), errors="replace") as file:
            check(name, False, "%s: %s" % (error, file.read()[-400:]))
        sys.exit(1)


def code(name):
    with open(os.path.join(SHARE, name)) as file:
        return int(file.read())


def devices():
    listed = load("devices.json")
    listed = listed if isinstance(listed, list) else listed["devices"]
    by_port = {device["port"]: device for device in listed}
    dongle = by_port.get("/dev/ttyUSB0", {})
    check("devices: FTDI dongle on QEMU's USB", dongle.get("usb_id") == "0403:6001" and "cyton" in dongle.get("drivers", []),
          "%s %s" % (dongle.get("usb_id"), dongle.get("description")))
    board = next((d for d in listed if "1209:0001" in d["port"] + d["description"]), {})
    check("devices: RigLink board on the dummy controller", "riglink" in board.get("drivers", []), board.get("description"))
    loops = [d["port"] for d in listed if d["kind"] == "audio" and "Loopback" in d["port"] + d["description"]]
    check("devices: sound card's loop", bool(loops), loops[:3])


def measured():
    result = load("check.json")
    for stream in result["streams"]:
        nominal = {"headset.eeg": 250, "board.eeg": 250, "microphone.audio": 16_000}.get(stream["name"])
        if nominal:
            good = stream["lost"] == 0 and abs(stream["rate_hz"] / nominal - 1) < 0.02
            check("check: " + stream["name"], good, "%.1f Hz, %d lost" % (stream["rate_hz"], stream["lost"]))


def values(stream, scale):
    """Recorded values as counts, and how far the worst one is from a whole number."""
    counts = stream["time_series"].astype(np.float64) / scale
    whole = np.rint(counts)
    return whole.astype(np.int64), float(np.abs(counts - whole).max())


def pieces(first, period):
    """Stretches of consecutive numbers: their lengths."""
    steps = np.diff(first) % period
    breaks = np.flatnonzero(steps != 1)
    return np.diff(np.concatenate(([0], breaks + 1, [len(first)])))


def headset(stream, gaps, returns):
    counts, worst = values(stream, MICROVOLT_PER_COUNT * 1e-6)
    rows = counts[:, 0] // ROW_STEP
    same = bool((counts == (ROW_STEP * rows[:, None] + np.arange(8))).all()) and rows.max() < ROWS and rows.min() >= 0
    check("headset: every sample is the one that was sent", same and worst < 0.01, "%d frames of 8" % len(rows))
    runs = pieces(rows, ROWS)
    check("headset: back after the cut line and after the unplugging", returns == 2 and len(runs) == 3,
          "%d returns, runs of %s frames, gaps %s" % (returns, runs.tolist(), gaps))
    # It was away for two seconds; detection, return and set-up take their time, too.
    check("headset: each interruption is a gap", len(gaps) == 2 and all(500 < count < 1500 for count in gaps), gaps)


def board(stream, gaps, returns):
    counts, worst = values(stream, BOARD_SCALE)
    places = counts + BOARD_PERIOD // 2
    frames = places[:, 0] // BOARD_CHANNELS
    made_us = places[:, 2] + BOARD_PERIOD * places[:, 3]
    runs = pieces(frames, BOARD_PERIOD // BOARD_CHANNELS)
    first = np.repeat(np.cumsum(runs) - runs, runs)
    clock = (frames - frames[first]) * 1e6 / BOARD_RATE + made_us[first]
    same = bool((places[:, 1] == places[:, 0] + 1).all()) and not (places[:, 0] % BOARD_CHANNELS).any()
    same = same and bool((np.abs(made_us - clock) <= 1).all())
    check("board: every sample is the one that was sent", same and worst < 0.01, "%d frames of %d" % counts.shape)
    check("board: back after the unplugging, nothing lost before and after", returns == 1 and len(runs) == 2,
          "%d returns, runs of %s frames, gaps %s" % (returns, runs.tolist(), gaps))


def medians(times, errors):
    """The median of the errors of each second, in milliseconds."""
    seconds = np.floor(times - times[0]).astype(int)
    return np.array([np.median(errors[seconds == second]) * 1000 for second in np.unique(seconds)])


def board_stamps(stream):
    """The stamps against the guest's clock, which the samples carry from the moment at which they were made."""
    places = values(stream, BOARD_SCALE)[0] + BOARD_PERIOD // 2
    made = (places[:, 2] + BOARD_PERIOD * places[:, 3]) / 1e6
    errors = stream["time_stamps"] - made
    ends = np.cumsum(pieces(places[:, 0] // BOARD_CHANNELS, BOARD_PERIOD // BOARD_CHANNELS))
    for name, begin, end in zip(["before", "after"], np.concatenate(([0], ends)), ends):
        found = medians(made[begin:end], errors[begin:end])
        check("board: each second's stamps, %s the unplugging" % name, len(found) >= 5 and np.abs(found).max() <= 2,
              "%d s, medians %.2f to %.2f ms after the guest's time in the samples" % (len(found), found.min(), found.max()))


def microphone_stamps(stream):
    """The loop's card counts the guest's time, so its stamps lie on one straight line, whatever becomes of the other devices."""
    stamps = stream["time_stamps"]
    numbers = np.arange(len(stamps)) / SOUND_RATE
    slope, start = np.polyfit(numbers, stamps - stamps[0] - numbers, 1)
    found = medians(stamps, stamps - stamps[0] - numbers - (slope * numbers + start))
    check("microphone: each second's stamps, all the while", np.abs(found).max() <= 2,
          "%d s, medians %.2f to %.2f ms off one line of %.0f ppm" % (len(found), found.min(), found.max(), slope * 1e6))
    if np.abs(found).max() > 2:
        print("     each second: " + " ".join("%.2f" % value for value in found))


def microphone(stream, gaps):
    counts, worst = values(stream, 1 / 32_768)
    runs = pieces(counts[:, 0] + SOUND_PERIOD // 2, SOUND_PERIOD)
    check("microphone: the samples that were played, none missing", len(runs) == 1 and not gaps and worst < 0.01,
          "%d frames, runs of %s" % (len(counts), runs.tolist()[:6]))


def recording():
    report = load("record.json")
    check("record: exit status", code("record.rc") == 0, code("record.rc"))
    verify = load("verify.json")
    check("sessions verify", verify["ok"], verify.get("problems"))
    streams, _ = pyxdf.load_xdf(os.path.join(SHARE, "session", "recording.xdf"), synchronize_clocks=False, dejitter_timestamps=False)
    by_name = {stream["info"]["name"][0]: stream for stream in streams}
    gaps = {stream["name"]: [gap["count"] for gap in stream["gaps"]] for stream in verify["streams"]}
    marks = [row[0] for row in by_name["events"]["time_series"]]
    returns = {name: sum(mark.startswith(name + " reconnected") for mark in marks) for name in ("headset", "board")}
    headset(by_name["headset.eeg"], gaps.get("headset.eeg", []), returns["headset"])
    board(by_name["board.eeg"], gaps.get("board.eeg", []), returns["board"])
    board_stamps(by_name["board.eeg"])
    microphone(by_name["microphone.audio"], gaps.get("microphone.audio", []))
    microphone_stamps(by_name["microphone.audio"])
    print("     " + json.dumps(report["streams"]))


def lines(name):
    """A file's bytes, and the JSON of its lines."""
    with open(os.path.join(SHARE, name), "rb") as file:
        data = file.read()
    return data, [json.loads(line) for line in data.splitlines()]


def recognition():
    check("recognize: exit status", code("recognize.rc") == 0, code("recognize.rc"))
    sound = next(stream for stream in load("recognize.json")["streams"] if stream["name"] == "microphone.audio")
    with open(os.path.join(SHARE, "live", "session.json")) as file:
        is_card = "time stamps of the card" in file.read()
    check("recognize: the sound card's own stamps", is_card and sound["lost"] == 0,
          "%d frames, %d lost" % (sound["received"], sound["lost"]))
    live, events = lines("live/events.jsonl")
    spoken = load("spoken.json")
    heard = [event["text"] for event in events if event["event"] == "word"]
    same = sum(block.size for block in SequenceMatcher(None, spoken, heard, autojunk=False).get_matching_blocks())
    check("recognize: words by a small model, in their order", 2 * same >= len(spoken),
          "%d of %d, %d heard" % (same, len(spoken), len(heard)))
    news = [event["kind"] for event in events if event["event"] == "device" and event["device"] == "headset"]
    check("recognize: the headset goes and comes meanwhile", news == ["started", "lost", "reconnected", "stopped"], news)
    replay = load("replay.json")
    check("replay: the live run's event log, byte for byte",
          code("replay.rc") == 0 and replay["identical"] and replay["source"] == "wire" and live == lines("replayed.jsonl")[0],
          "%d events, %d bytes" % (len(events), len(live)))


devices()
measured()
recording()
recognition()
print("hardware in the loop: %s" % ("%d checks FAILED" % failures if failures else "all checks pass"))
sys.exit(failures > 0)
