// The page of the one who runs the rig.
import { Link } from "/link.js";
import { Stream, readSamples, seconds as kept } from "/history.js";
import { Traces, number, shown } from "/traces.js";
import { drawSpectrum } from "/spectrum.js";
import { Film, colour } from "/film.js";
import { Words, sentence } from "/words.js";
import { Levels, drawHead, showHealth, showLatency, showQuality } from "/panels.js";
import { Control } from "/control.js";

const get = (id) => document.getElementById(id);
const traces = new Traces(get("trace-canvas"), get("badge"));
const film = new Film(get("film-canvas"), get("film-legend"), get("film-low"), get("film-high"));
const words = new Words(get("words"), get("no-words"));
const levels = new Levels(get("levels"));
let streams = [], states = [], chosen = 0, state = null, frames = 0;
/** The newest time of the samples, when it came, and where the view stands while it is paused. */
let newest = 0, arrived = 0, view = 0, isPaused = false, pausedEnd = 0, cursor = null, latestState = 0;

const link = new Link("/live", {
  state: (isOpen) => {
    if (isOpen) return;
    get("state").textContent = "not connected";
    get("state").className = "chip cut";
  },
  message: take,
  samples: (buffer) => {
    const time = readSamples(buffer, (index, begin, period, columns, values, width) => {
      const stream = streams[index];
      if (stream && stream.count && width === stream.width) stream.append(begin, period, columns, values);
    });
    if (time !== null) { if (time < newest - 5) newest = time; newest = Math.max(newest, time); arrived = performance.now(); }
    frames += 1;
  },
});
const control = new Control(link, get);

function take(message) {
  if (message.type === "hello") greet(message);
  if (message.type === "events") message.events.forEach(hear);
  if (message.type !== "state") return;
  state = message;
  states = message.streams;
  control.show(message.recording);
  showQuality(get("quality"), streams, states, message.absences, message.running);
  get("level-panel").hidden = !levels.show(streams, states);
  if (performance.now() - latestState < 450) return;
  latestState = performance.now();
  showHealth(get("health").tBodies[0], streams, states);
  showLatency(get("latency"), get("load"), message.metrics);
}

function greet(message) {
  const name = streams[chosen]?.name;
  streams = message.streams.map((info) => new Stream(info));
  states = [];
  traces.filtered.clear();
  traces.marks = [];
  levels.clear();
  newest = view = 0;
  document.title = `${message.title} – Larmor`;
  get("title").textContent = message.title;
  control.greet(message.mode);
  const numeric = streams.findIndex((stream) => stream.kind === "EEG");
  choose(Math.max(0, name ? streams.findIndex((stream) => stream.name === name) : numeric));
  const map = streams.find((stream) => stream.kind === "Magnetisation");
  get("film-panel").hidden = !map;
  if (map) get("film-name").textContent = map.name;
}

function choose(index) {
  chosen = index;
  const list = get("streams");
  list.replaceChildren(...streams.filter((stream) => !stream.text).map((stream) => {
    const place = streams.indexOf(stream), tab = document.createElement("button");
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-selected", place === index);
    tab.textContent = stream.name;
    tab.onclick = () => choose(place);
    return tab;
  }));
  const stream = streams[index], unit = stream && shown(stream.channels[0])[1];
  const fixed = unit === "µV" ? [10, 20, 50, 100, 200, 500, 1000] : unit === "FS" ? [0.01, 0.1, 1] : [0.1, 1, 10, 100];
  get("scale").replaceChildren(...[["auto", "automatic"], ["each", "each channel"]].concat(fixed.map((value) => [value, `±${value} ${unit ?? ""}`]))
    .map(([value, text]) => new Option(text, value)));
  traces.scale = "auto";
  const hasSpectrum = stream?.stride === 1 && stream.rate >= 20;
  get("spectrum-panel").hidden = !hasSpectrum;
  if (hasSpectrum) get("spectrum-channel").replaceChildren(...stream.channels.map((channel, place) => new Option(channel.label, place)));
  get("head-panel").hidden = !stream?.channels.some((channel) => channel.place);
}

function hear(event) {
  if (words.take(event)) {
    if (!event.partial) traces.mark(event.time_s, event.text, event.event === "film_word" ? 1 : 0);
    return;
  }
  const found = sentence(event);
  if (!found) return;
  if (event.event === "marker") traces.mark(event.at_s ?? event.time_s, event.texts.join(" "));
  const item = document.createElement("li"), time = document.createElement("time");
  time.textContent = `${event.time_s.toFixed(2)} s`;
  item.append(time, found[0]);
  if (found[1]) item.className = "alarm";
  get("events").prepend(item);
  while (get("events").children.length > 300) get("events").lastChild.remove();
}

// The view runs evenly between the updates; it never runs ahead of what has come.
function draw() {
  requestAnimationFrame(draw);
  const now = performance.now();
  // Where drawing takes long, it is done less often.
  if (now - draw.last < Math.max(30, 2 * draw.took)) return;
  draw.last = now;
  view = Math.min(newest, Math.max(newest - 0.25, newest - 0.04 + (now - arrived) / 1000));
  const end = isPaused ? pausedEnd : view, stream = streams[chosen];
  const shownStream = traces.draw(stream, { end, cursor: isPaused ? cursor : null, states: states[chosen]?.channels });
  draw.took = 0.9 * draw.took + 0.1 * (performance.now() - now);
  if (isPaused) tell(shownStream);
  const map = streams.find((candidate) => candidate.kind === "Magnetisation");
  if (map) film.draw(map, end);
  if (now - (draw.slow ?? 0) < 250 || !stream) return;
  draw.slow = now;
  if (!get("spectrum-panel").hidden) drawSpectrum(get("spectrum-canvas"), stream, +get("spectrum-channel").value, end, traces.colour);
  if (!get("head-panel").hidden) drawHead(get("head-canvas"), stream, states[chosen]?.channels ?? [], traces.colour, colour);
}
draw.last = draw.took = 0;

function tell(stream) {
  if (!stream || cursor === null) return;
  const column = stream.find(cursor);
  if (column >= stream.end) { get("cursor").textContent = `${cursor.toFixed(3)} s: nothing was measured`; return; }
  const values = stream.channels.slice(0, 16).map((channel, index) => {
    const [factor, unit] = shown(channel), low = number(stream.low(column, index) * factor), high = number(stream.high(column, index) * factor);
    return `${channel.label} ${low === high ? low : `${low} … ${high}`} ${unit}`;
  });
  get("cursor").textContent = `${stream.time(column).toFixed(3)} s: ${values.join(", ")}`;
}

function pause(isOn = !isPaused) {
  isPaused = isOn;
  pausedEnd = view;
  cursor = isOn ? view - traces.seconds / 2 : null;
  get("pause").setAttribute("aria-pressed", isOn);
  get("pause").textContent = isOn ? "Go on" : "Pause";
  if (!isOn) get("cursor").textContent = "\u00a0";
}

function move(distance) {
  if (!isPaused) pause(true);
  cursor = Math.max(newest - kept, Math.min(newest, cursor + distance));
  if (cursor < pausedEnd - traces.seconds) pausedEnd = cursor + traces.seconds;
  if (cursor > pausedEnd) pausedEnd = cursor;
}

function step(id, distance, isRound = false) {
  const list = get(id), count = list.options.length, place = list.selectedIndex + distance;
  list.selectedIndex = isRound ? (place + count) % count : Math.max(0, Math.min(count - 1, place));
  list.onchange();
}

function theme() {
  const isDark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = isDark ? "light" : "dark";
  traces.colours();
}

get("window").onchange = () => { traces.seconds = +get("window").value; };
get("scale").onchange = () => { traces.scale = get("scale").value; };
get("filter").onchange = () => { traces.filter = get("filter").value; };
get("sweep").onchange = () => { traces.sweep = get("sweep").checked; };
get("pause").onclick = () => pause();
get("theme").onclick = theme;
get("help-button").onclick = () => get("help").showModal();
get("trace-canvas").onpointermove = get("trace-canvas").onpointerdown = (event) => {
  if (!isPaused || traces.sweep) return;
  const box = get("trace-canvas").getBoundingClientRect();
  cursor = pausedEnd - traces.seconds * (1 - Math.max(0, Math.min(1, (event.clientX - box.left - 92) / (box.width - 100))));
};
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => traces.colours());

const keys = {
  r: () => control.start(), s: () => control.stop(), m: () => get("marker").focus(), " ": () => pause(), t: theme,
  "?": () => get("help").showModal(), "+": () => step("scale", -1), "=": () => step("scale", -1), "-": () => step("scale", 1),
  "[": () => step("window", -1), "]": () => step("window", 1), f: () => step("filter", 1, true), w: () => { get("sweep").click(); },
  n: () => { const list = streams.map((_, index) => index).filter((index) => !streams[index].text); choose(list[(list.indexOf(chosen) + 1) % list.length]); },
  ArrowLeft: (event) => move(event.shiftKey ? -5 : -0.02), ArrowRight: (event) => move(event.shiftKey ? 5 : 0.02),
};
addEventListener("keydown", (event) => {
  // Whoever writes a text writes it, and a list or a button keeps its own keys.
  const isText = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName), isButton = event.target.tagName === "BUTTON" && event.key === " ";
  if (isText || isButton || event.ctrlKey || event.metaKey || event.altKey || get("help").open) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const action = keys[key] ?? (/^[1-9]$/.test(key) ? () => control.mark(key) : null);
  if (!action) return;
  event.preventDefault();
  action(event);
});

/** For tests: what is drawn, and how often it came. */
window.larmor = { get streams() { return streams; }, get state() { return state; }, get newest() { return newest; }, get messages() { return frames; }, get view() { return view; }, get cursor() { return cursor; }, traces };
requestAnimationFrame(draw);
