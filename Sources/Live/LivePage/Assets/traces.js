// Traces of one stream, channel below channel. A pixel shows the least and the greatest of what was measured in it.
import { FilteredStream } from "/filters.js";

const units = { V: [1e6, "µV"], FS: [1, "FS"], T: [1e3, "mT"], g: [1, "g"], "Ω": [1e-3, "kΩ"] };
/** A unit for people: what one of the stream's numbers is in it, and its name. */
export const shown = (channel) => units[channel?.unit] ?? [1, channel?.unit && channel.unit !== "1" ? channel.unit : ""];
export const number = (value) => !isFinite(value) ? "–" : Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 1 ? value.toFixed(1) : value.toPrecision(2);

/** What an automatic scale does not go below, in the stream's unit: noise shall look like noise. */
const floors = { V: 20e-6, FS: 0.01, g: 0.05 };

export class Traces {
  constructor(canvas, badge) {
    this.canvas = canvas;
    this.badge = badge;
    this.seconds = 10;
    this.scale = "auto";
    this.filter = "";
    this.sweep = false;
    this.filtered = new Map();
    this.marks = [];
  }

  colours() {
    const style = getComputedStyle(document.documentElement), get = (name) => style.getPropertyValue("--" + name).trim();
    this.colour = { ink: get("ink"), quiet: get("quiet"), grid: get("grid"), settle: get("settle"), event: get("event"), panel: get("panel"),
      bad: get("bad"), traces: [0, 1, 2, 3].map((index) => get("trace-" + index)) };
  }

  /** The stream that is drawn: the one itself, or its filtered companion. */
  view(stream) {
    if (!this.filter || !FilteredStream.fits(stream)) return [stream, -Infinity];
    const key = stream.name + this.filter;
    if (this.filtered.get(stream.name)?.key !== key) this.filtered.set(stream.name, Object.assign(new FilteredStream(stream, this.filter), { key }));
    const filtered = this.filtered.get(stream.name);
    return [filtered.update(), filtered.settled];
  }

  /** options: end (time at the right edge), cursor (time or null), states (of the channels). */
  draw(stream, { end, cursor, states }) {
    const box = this.canvas.getBoundingClientRect(), ratio = devicePixelRatio || 1;
    if (box.width < 40 || box.height < 40) return;
    const width = Math.round(box.width * ratio), height = Math.round(box.height * ratio);
    if (this.canvas.width !== width || this.canvas.height !== height) { this.canvas.width = width; this.canvas.height = height; }
    if (!this.colour) this.colours();
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, box.width, box.height);
    if (!stream || stream.count === 0) return this.empty(context, box, stream ? "This stream has texts: see the events." : "No device yet.");
    const [view, settled] = this.view(stream);
    this.badge.hidden = view === stream;
    this.badge.textContent = "filtered for the eye; recorded as it is";
    const plot = { left: 92, right: box.width - 8, top: 6, bottom: box.height - 20 };
    const begin = end - this.seconds;
    // In sweep mode a moment has its place, and the newest stands beside the oldest.
    const x = this.sweep
      ? (time) => plot.left + (((time % this.seconds) + this.seconds) % this.seconds) / this.seconds * (plot.right - plot.left)
      : (time) => plot.left + (time - begin) / this.seconds * (plot.right - plot.left);
    this.grid(context, plot, begin, end, x);
    const row = (plot.bottom - plot.top) / view.count;
    const first = view.find(begin), last = Math.min(view.end, view.find(end + 1e-9));
    const [centres, halves] = this.ranges(view, first, last);
    for (let channel = 0; channel < view.count; channel++) {
      const middle = plot.top + row * (channel + 0.5);
      const y = (value) => middle - Math.max(-1.4, Math.min(1.4, (value - centres[channel]) / halves[channel])) * row * 0.46;
      context.strokeStyle = this.colour.traces[channel % 4];
      this.line(context, view, channel, first, last, x, y, settled);
      this.label(context, view, channel, middle, row, halves[channel], states?.[channel]);
    }
    this.events(context, plot, begin, end, x, stream);
    if (cursor !== null) this.vertical(context, plot, x(cursor), this.colour.ink, [4, 3]);
    if (this.sweep) this.vertical(context, plot, x(end), this.colour.quiet, []);
    return view;
  }

  empty(context, box, text) {
    context.fillStyle = this.colour.quiet;
    context.font = "15px system-ui, sans-serif";
    context.textAlign = "center";
    context.fillText(text, box.width / 2, box.height / 2);
    this.badge.hidden = true;
  }

  grid(context, plot, begin, end, x) {
    const step = this.seconds <= 2 ? 0.5 : this.seconds <= 10 ? 1 : this.seconds <= 20 ? 2 : 10;
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "center";
    context.lineWidth = 1;
    for (let time = Math.ceil(begin / step) * step; time <= end; time += step) {
      const place = Math.round(x(time)) + 0.5;
      context.strokeStyle = this.colour.grid;
      context.beginPath(); context.moveTo(place, plot.top); context.lineTo(place, plot.bottom); context.stroke();
      context.fillStyle = this.colour.quiet;
      if (time >= 0 && place < plot.right - 8) context.fillText(`${+time.toFixed(1)} s`, place, plot.bottom + 14);
    }
  }

  /** Where the middle of each channel lies, and what half of its height is. */
  ranges(view, first, last) {
    const centres = new Float64Array(view.count), halves = new Float64Array(view.count);
    const step = Math.max(1, Math.floor((last - first) / 400));
    for (let channel = 0; channel < view.count; channel++) {
      let low = Infinity, high = -Infinity, sum = 0, count = 0;
      for (let column = first; column < last; column += step) {
        const a = view.low(column, channel), b = view.high(column, channel);
        if (!isFinite(a + b)) continue;
        low = Math.min(low, a); high = Math.max(high, b); sum += (a + b) / 2; count += 1;
      }
      const isSound = view.kind === "Audio";
      centres[channel] = count && !isSound ? sum / count : 0;
      const reach = count ? (isSound ? Math.max(-low, high) : Math.max(high - centres[channel], centres[channel] - low)) : 0;
      halves[channel] = Math.max(reach, floors[view.channels[channel].unit] ?? 1e-9);
    }
    if (this.scale === "auto") {
      const sorted = Array.from(halves).sort((a, b) => a - b), common = sorted[Math.floor(sorted.length * 0.75)];
      halves.fill(common * 1.1);
    } else if (this.scale !== "each") {
      for (let channel = 0; channel < view.count; channel++) halves[channel] = +this.scale / shown(view.channels[channel])[0];
    }
    return [centres, halves];
  }

  line(context, view, channel, first, last, x, y, settled) {
    context.lineWidth = 1.1;
    context.beginPath();
    let previous = null, lastPlace = -1, low = 0, high = 0, isGrey = false, previousTime = -Infinity;
    const period = view.columnRate ? 1 / view.columnRate : 1;
    const flush = () => { if (lastPlace >= 0 && high > low) { context.moveTo(lastPlace, low); context.lineTo(lastPlace, high); } };
    const colour = context.strokeStyle;
    for (let column = first; column < last; column++) {
      const time = view.time(column), place = Math.round(x(time) * 2) / 2;
      const grey = time < settled;
      if (grey !== isGrey) {
        flush(); context.stroke(); context.beginPath(); lastPlace = -1; previous = null;
        context.strokeStyle = grey ? this.colour.settle : colour;
        isGrey = grey;
      }
      const a = y(view.high(column, channel)), b = y(view.low(column, channel));
      // A hole stays one, and a sweep does not run back.
      const isApart = time - previousTime > Math.max(0.05, 3 * period) && view.columnRate > 0;
      if (place !== lastPlace || isApart) {
        flush();
        if (previous !== null && !isApart && place > lastPlace) { context.moveTo(lastPlace, previous); context.lineTo(place, a); }
        low = a; high = b;
        lastPlace = place;
      } else {
        if (previous !== null) { low = Math.min(low, previous); high = Math.max(high, previous); }
        low = Math.min(low, a); high = Math.max(high, b);
      }
      previous = b;
      previousTime = time;
    }
    flush();
    context.stroke();
    context.strokeStyle = colour;
  }

  label(context, view, channel, middle, row, half, state) {
    const info = view.channels[channel], [factor, unit] = shown(info);
    context.textAlign = "left";
    context.fillStyle = this.colour.ink;
    context.font = `600 ${Math.min(13, Math.max(9, row * 0.8))}px system-ui, sans-serif`;
    context.fillText(info.label.slice(0, 11), 2, middle + 4);
    if (row < 30 && !state?.fault) return;
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = state?.fault ? this.colour.bad : this.colour.quiet;
    const text = state?.fault ?? (state ? `${number(state.range * factor)} ${unit} p–p` : "");
    context.fillText(text, row < 30 ? 40 : 2, row < 30 ? middle + 4 : middle + 17);
    if (row >= 52 && (channel === 0 || this.scale === "each")) {
      context.fillStyle = this.colour.quiet;
      context.fillText(`±${number(half * factor)} ${unit}`, 2, middle - row / 2 + 12);
    }
  }

  events(context, plot, begin, end, x, stream) {
    for (const gap of stream.gaps) {
      if (gap[1] < begin || gap[0] > end || this.sweep) continue;
      context.fillStyle = this.colour.bad;
      context.globalAlpha = 0.16;
      context.fillRect(Math.max(plot.left, x(gap[0])), plot.top, Math.max(2, x(Math.min(gap[1], end)) - Math.max(plot.left, x(gap[0]))), plot.bottom - plot.top);
      context.globalAlpha = 1;
    }
    context.font = "600 11px system-ui, sans-serif";
    context.textAlign = "left";
    for (const mark of this.marks) {
      if (mark.time < begin || mark.time > end) continue;
      const place = x(mark.time);
      this.vertical(context, plot, place, this.colour.event, []);
      context.fillStyle = this.colour.event;
      context.fillText(mark.text.slice(0, 24), place + 4, plot.top + 10 + 12 * mark.row);
    }
  }

  vertical(context, plot, place, colour, dash) {
    context.strokeStyle = colour;
    context.setLineDash(dash);
    context.beginPath(); context.moveTo(place, plot.top); context.lineTo(place, plot.bottom); context.stroke();
    context.setLineDash([]);
  }

  /** A word, a marker or a prompt at its time; words of films stand a row lower. */
  mark(time, text, row = 0) {
    this.marks.push({ time, text, row });
    if (this.marks.length > 400) this.marks.splice(0, 100);
  }
}
