// Devices, levels, latency and electrodes: what the state says, in tables and pictures.
import { number, shown } from "/traces.js";

const cell = (row, text, kind = "") => { const made = row.insertCell(); made.textContent = text; made.className = kind; };

/** One row a stream. */
export function showHealth(body, streams, states) {
  body.replaceChildren();
  streams.forEach((stream, index) => {
    const state = states[index];
    if (!state) return;
    const { health } = state, row = body.insertRow();
    cell(row, stream.name);
    const isOff = state.rate && stream.rate && Math.abs(state.rate / stream.rate - 1) > 0.02;
    cell(row, stream.rate ? `${state.rate ? state.rate.toFixed(stream.rate < 1000 ? 1 : 0) : "…"} / ${+stream.rate.toFixed(1)} Hz` : `${health.received}`, isOff ? "bad" : "");
    cell(row, health.owed ?? `${health.lost}`, health.lost || health.owed ? "bad" : "");
    cell(row, health.drift_ppm === undefined ? "–" : `${health.drift_ppm.toFixed(1)} ppm`);
    cell(row, `${(100 * health.ring_fill).toFixed(0)} %`, health.ring_fill > 0.5 ? "bad" : "");
    cell(row, health.jitter_ms === undefined ? "–" : `${health.jitter_ms.toFixed(1)} ms`);
    cell(row, health.away ? "away" : "there", health.away ? "bad" : "good");
  });
}

/** Faults of all channels in words, or that all is well. */
export function showQuality(place, streams, states, absences, isRunning) {
  const faults = new Map();
  streams.forEach((stream, index) => (states[index]?.channels ?? []).forEach((state, channel) => {
    if (!state.fault) return;
    const key = `${state.fault} (${stream.name})`;
    faults.set(key, [...(faults.get(key) ?? []), stream.channels[channel].label]);
  }));
  const lines = absences.map((text) => text).concat([...faults].map(([fault, labels]) =>
    `${labels.length > 6 ? `${labels.slice(0, 6).join(", ")} and ${labels.length - 6} more` : labels.join(", ")}: ${fault}`));
  const text = lines.length ? lines.join("; ") : isRunning && states.some((state) => state.channels.length) ? "All channels look well." : "";
  if (place.textContent === text) return;
  place.replaceChildren(Object.assign(document.createElement("span"), { textContent: text, className: lines.length ? "bad" : "good" }));
}

/** A meter for each channel of sound, with a clip light that stays on until it is clicked. */
export class Levels {
  constructor(place) { this.place = place; this.meters = new Map(); }

  show(streams, states) {
    let isAny = false;
    streams.forEach((stream, index) => {
      if (stream.kind !== "Audio") return;
      (states[index]?.channels ?? []).slice(0, 8).forEach((state, channel) => { isAny = true; this.meter(stream, channel).show(state); });
    });
    return isAny;
  }

  meter(stream, channel) {
    const key = `${stream.name} ${channel}`;
    if (!this.meters.has(key)) {
      const row = document.createElement("div"), tube = document.createElement("span"), bar = document.createElement("i"), hold = document.createElement("b");
      const text = document.createElement("button");
      row.className = "meter"; tube.className = "tube"; text.className = "clipped"; text.title = "Click to clear the clip light";
      tube.append(bar, hold);
      row.append(Object.assign(document.createElement("span"), { textContent: stream.channels[channel].label }), tube, text);
      this.place.append(row);
      let held = -99, clipped = false;
      text.onclick = () => { clipped = false; };
      const place = (decibels) => `${Math.max(0, Math.min(100, (decibels + 60) / 60 * 100))}%`;
      this.meters.set(key, { show: (state) => {
        const full = stream.channels[channel].full_scale || 1;
        const rms = 20 * Math.log10(state.rms / full + 1e-9), peak = 20 * Math.log10((state.peak ?? 0) + 1e-9);
        held = Math.max(peak, held - 1.5);
        clipped ||= peak > -0.05;
        bar.style.width = place(rms);
        hold.style.left = place(held);
        text.disabled = !clipped;
        text.style.color = clipped ? "" : "var(--quiet)";
        text.textContent = clipped ? "CLIPPED" : `${rms < -90 ? "−∞" : rms.toFixed(0)} dB, peak ${peak < -90 ? "−∞" : peak.toFixed(0)}`;
      } });
    }
    return this.meters.get(key);
  }

  clear() { this.place.replaceChildren(); this.meters.clear(); }
}

const kinds = { pipeline: "From arrival through all stages", computing: "Decision after its last bytes", word_delay: "Decision after the word's end" };
const edges = ["0.1", "0.2", "0.5", "1", "2", "5", "10", "20", "50", "100", "200", "500", "1 s", "2 s", "5 s", ">"];

export function showLatency(place, load, metrics) {
  place.replaceChildren(...metrics.latencies.filter((latency) => latency.count).map((latency) => {
    const box = document.createElement("div"), text = document.createElement("p"), bars = document.createElement("div"), axis = document.createElement("div");
    box.className = "latency"; bars.className = "histogram"; axis.className = "edges";
    text.innerHTML = "<b></b><br><span></span>";
    text.firstChild.textContent = kinds[latency.kind] ?? latency.kind;
    if (latency.stage) text.firstChild.textContent += ` (${latency.stage})`;
    text.lastChild.textContent = `median ${number(latency.p50)} ms, 99 % ${number(latency.p99)}, 99.9 % ${number(latency.p999)}, most ${number(latency.max)}; ${latency.count} times`;
    const own = latency.counts.map((count, index) => count - (latency.counts[index - 1] ?? 0)), most = Math.max(...own, 1);
    bars.setAttribute("role", "img");
    bars.setAttribute("aria-label", text.textContent);
    own.forEach((count, index) => {
      const bar = document.createElement("i");
      // The root shows the rare long ones, too.
      bar.style.height = `${100 * Math.sqrt(count / most)}%`;
      bar.title = `up to ${edges[index]}${index < 12 ? " ms" : ""}: ${count}`;
      bars.append(bar);
    });
    axis.append(...["0.1 ms", "1 ms", "10 ms", "0.1 s", "1 s", ""].map((words) => Object.assign(document.createElement("span"), { textContent: words })));
    box.append(text, bars, axis);
    return box;
  }));
  if (!place.children.length) place.textContent = "Nothing was measured yet.";
  load.textContent = `Processor: ${(100 * metrics.processor_share).toFixed(0)} % of one core; this page's server ${(100 * metrics.page_processor_share).toFixed(1)} %.`;
}

/** Electrodes from above, by how much their signal moves. */
export function drawHead(canvas, stream, states, colours, colour) {
  const box = canvas.getBoundingClientRect(), ratio = devicePixelRatio || 1;
  if (box.width < 40) return;
  canvas.width = Math.round(box.width * ratio);
  canvas.height = Math.round(box.height * ratio);
  const context = canvas.getContext("2d"), radius = Math.min(box.width, box.height) / 2 - 16, x = box.width / 2, y = box.height / 2 + 6;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.strokeStyle = colours.quiet;
  context.lineWidth = 1.5;
  context.beginPath(); context.arc(x, y, radius, 0, 2 * Math.PI); context.moveTo(x - 9, y - radius + 1); context.lineTo(x, y - radius - 11); context.lineTo(x + 9, y - radius + 1); context.stroke();
  context.font = "600 10px system-ui, sans-serif";
  context.textAlign = "center";
  const words = [];
  stream.channels.forEach((channel, index) => {
    const state = states[index];
    if (!channel.place || !state) return;
    const place = [x + channel.place[0] * radius * 0.88, y - channel.place[1] * radius * 0.88], [factor, unit] = shown(channel);
    const level = Math.log10(Math.max(1e-7, state.rms) / 1e-6) / 2.5;
    context.fillStyle = state.fault ? colours.bad : `rgb(${colour(level).join(" ")})`;
    context.beginPath();
    if (state.fault) context.rect(place[0] - 10, place[1] - 10, 20, 20); else context.arc(place[0], place[1], 10, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = colours.ink;
    context.fillText(channel.label, place[0], place[1] + 21);
    words.push(`${channel.label} ${state.fault ?? `${number(state.rms * factor)} ${unit}`}`);
  });
  canvas.setAttribute("aria-label", "Signal at each electrode: " + words.join(", "));
}
