"""Compares two recordings as other programs read them: mne for EDF, BDF and BrainVision, pyxdf for XDF.

    same_recording.py SOURCE COPY     prints one JSON list of what differs, in words; [] for nothing

Values may differ by half of what one number is by the source's header, stamps by 10 ns, onsets by 0.1 us.
"""
import json
import logging
import sys
import warnings

import numpy as np

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
differences = []


def differ(what, a, b):
    if a != b and not (isinstance(a, float) and isinstance(b, float) and np.isnan(a) and np.isnan(b)):
        differences.append(f"{what}: {a!r} is {b!r} in the copy")


def numbers(what, a, b, tolerance):
    a, b = np.asarray(a, float), np.asarray(b, float)
    if a.shape != b.shape:
        differences.append(f"{what}: shape {a.shape} is {b.shape} in the copy")
    elif a.size:
        far = np.abs(a - b)
        far[np.isnan(a) & np.isnan(b)] = 0
        if not np.nanmax(far) <= tolerance or np.isnan(far).any():
            differences.append(f"{what}: up to {np.nanmax(far):g} apart, {tolerance:g} is allowed")


def fields(path):
    """Texts and ranges of an EDF or BDF header, in bytes as they stand there; annotation signals left out."""
    head = open(path, "rb").read(256)
    count = int(head[252:256])
    head = open(path, "rb").read(256 * (count + 1))
    widths = dict(label=16, transducer=80, unit=8, pmin=8, pmax=8, dmin=8, dmax=8, prefilter=80, samples=8)
    place, table = 256, {}
    for name, width in widths.items():
        table[name] = [head[place + i * width:place + (i + 1) * width].decode("latin1").strip() for i in range(count)]
        place += width * count
    keep = [i for i in range(count) if not table["label"][i].endswith("Annotations")]
    table = {name: [values[i] for i in keep] for name, values in table.items()}
    for name in ("pmin", "pmax", "dmin", "dmax"):
        table[name] = [float(x) for x in table[name]]
    return head[8:88].decode("latin1").strip(), head[88:168].decode("latin1").strip(), table, float(head[244:252])


def with_mne(source, copy):
    import mne

    mne.set_log_level("ERROR")
    a, b = mne.io.read_raw(source, preload=True), mne.io.read_raw(copy, preload=True)
    steps = np.asarray(a._raw_extras[0].get("cal", a._cals if len(a.ch_names) else []), float).ravel()
    differ("channels", a.ch_names, b.ch_names)
    differ("types", a.get_channel_types(), b.get_channel_types())
    differ("rate", a.info["sfreq"], b.info["sfreq"])
    differ("date", a.info["meas_date"] and a.info["meas_date"].isoformat(), b.info["meas_date"] and b.info["meas_date"].isoformat())
    for key in ("highpass", "lowpass"):
        differ(key, a.info[key], b.info[key])
    differ("units", list(a._orig_units.values()), list(b._orig_units.values()))
    if len(a.ch_names):
        x, y = a.get_data(), b.get_data()
        if source.lower().endswith(".vhdr"):
            tolerances = 0.5 * np.abs(a._cals)
            differ("impedances", a.impedances, b.impedances)
        else:
            patient, recording, table, seconds = fields(source)
            own_patient, own_recording, own, own_seconds = fields(copy)
            for name in ("label", "transducer", "prefilter", "samples", "pmin", "pmax", "dmin", "dmax"):
                differ(name, table[name], own[name])
            differ("duration of a record", seconds, own_seconds)
            # A plain file's words have no fields of their own in a "plus" file; what has no room there is cut at its end.
            for what, text, own_text in (("patient", patient, own_patient), ("recording", recording, own_recording)):
                told = set(own_text.replace("_", " ").split())
                lost = [w for w in text.replace("_", " ").split() if w not in told and not w[:1].isdigit()]
                differ(what, [], lost[:-1] if len(own_text) >= 79 else lost)
            lsb = (np.array(table["pmax"]) - table["pmin"]) / (np.array(table["dmax"]) - table["dmin"])
            scale = np.asarray(a._raw_extras[0]["units"], float)
            tolerances = 0.5 * np.abs(lsb[: len(x)]) * np.abs(scale[: len(x)] if scale.ndim else scale)
        if x.shape != y.shape:
            differences.append(f"values: shape {x.shape} is {y.shape} in the copy")
        else:
            for name, p, q, tolerance in zip(a.ch_names, x, y, tolerances):
                numbers(f"values of {name}", p, q, tolerance)
    differ("annotations", [str(t) for t in a.annotations.description], [str(t) for t in b.annotations.description])
    numbers("onsets", a.annotations.onset, b.annotations.onset, 1e-7)
    numbers("durations", a.annotations.duration, b.annotations.duration, 1e-7)


def with_pyxdf(source, copy):
    import pyxdf

    a, _ = pyxdf.load_xdf(source)
    b, header = pyxdf.load_xdf(copy)
    # Gaps, and what devices told of themselves.
    b = [s for s in b if s["info"]["name"][0] != "events"]
    differ("streams", [s["info"]["name"][0] for s in a], [s["info"]["name"][0] for s in b])
    for s, t in zip(a, b):
        name = s["info"]["name"][0]
        for key in ("type", "channel_count", "channel_format"):
            differ(f"{key} of {name}", s["info"][key][0], t["info"][key][0])
        differ(f"rate of {name}", float(s["info"]["nominal_srate"][0]), float(t["info"]["nominal_srate"][0]))
        numbers(f"stamps of {name}", s["time_stamps"], t["time_stamps"], 1e-8)
        if s["info"]["channel_format"][0] == "string":
            differ(f"texts of {name}", [list(r) for r in s["time_series"]], [list(r) for r in t["time_series"]])
        else:
            x, y = np.asarray(s["time_series"]), np.asarray(t["time_series"])
            differ(f"values of {name}", True, x.shape == y.shape and np.array_equal(x, y, equal_nan=x.dtype.kind == "f"))

        def labels(stream):
            try:
                return [c["label"][0] for c in stream["info"]["desc"][0]["channels"][0]["channel"]]
            except (KeyError, IndexError, TypeError):
                return []

        differ(f"labels of {name}", labels(s), labels(t))


(with_pyxdf if sys.argv[1].lower().endswith((".xdf", ".xdfz")) else with_mne)(sys.argv[1], sys.argv[2])
print(json.dumps(differences))
