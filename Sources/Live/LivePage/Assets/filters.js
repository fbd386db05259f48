// Filters for the eye: what is recorded stays as it is. Second-order sections by the cookbook of R. Bristow-Johnson.
import { Stream } from "/history.js";

function section(kind, frequency, rate, q) {
  const w = 2 * Math.PI * frequency / rate, c = Math.cos(w), a = Math.sin(w) / (2 * q), n = 1 + a;
  const b = kind === "hp" ? [(1 + c) / 2, -(1 + c), (1 + c) / 2] : kind === "lp" ? [(1 - c) / 2, 1 - c, (1 - c) / 2] : [1, -2 * c, 1];
  return { b: b.map((x) => x / n), a: [-2 * c / n, (1 - a) / n] };
}

/** Seconds until a filter's answer to a step or to its beginning has died away. */
const settling = { hp: 1.5, lp: 0.1, notch: 1 };

/** A stream beside another one, with its samples filtered. */
export class FilteredStream {
  constructor(source, words) {
    this.source = source;
    this.parts = words.split(",").filter((word) => word && (word === "hp" || (word === "lp" ? 40 : +word) < source.rate / 2));
    this.sections = this.parts.map((word) =>
      word === "hp" ? section("hp", 1, source.rate, Math.SQRT1_2) : word === "lp" ? section("lp", 40, source.rate, Math.SQRT1_2)
        : section("notch", +word, source.rate, 15));
    this.settle = this.parts.length ? Math.max(...this.parts.map((word) => settling[word] ?? settling.notch)) : 0;
    this.stream = new Stream(source);
    this.done = source.begin;
    this.cleared = source.cleared;
    this.reset();
  }

  /** Streams whose samples all come can be filtered. */
  static fits(stream) { return stream.stride === 1 && stream.rate >= 20; }

  reset() {
    this.memory = new Float64Array(this.source.count * this.sections.length * 2);
    this.isFresh = true;
    this.settled = -Infinity;
  }

  update() {
    const source = this.source;
    if (this.cleared !== source.cleared) { this.cleared = source.cleared; this.done = source.begin; this.stream.clear(); this.reset(); }
    this.done = Math.max(this.done, source.begin);
    const row = new Float32Array(source.count);
    for (; this.done < source.end; this.done++) {
      const time = source.time(this.done);
      if (this.isFresh || source.gaps.some((gap) => gap[1] === time)) { this.reset(); this.start(time); }
      for (let channel = 0; channel < source.count; channel++) row[channel] = this.step(channel, source.low(this.done, channel));
      this.stream.append(time, 1 / source.rate, 1, row);
    }
    return this.stream;
  }

  start(time) {
    this.isFresh = false;
    this.settled = time + this.settle;
    // As if the first value had stood there for ever: no step at the beginning.
    for (let channel = 0; channel < this.source.count; channel++) {
      let value = this.source.low(this.done, channel);
      this.sections.forEach((s, index) => {
        const gain = (s.b[0] + s.b[1] + s.b[2]) / (1 + s.a[0] + s.a[1]), out = gain * value, place = (channel * this.sections.length + index) * 2;
        this.memory[place + 1] = s.b[2] * value - s.a[1] * out;
        this.memory[place] = s.b[1] * value - s.a[0] * out + this.memory[place + 1];
        value = out;
      });
    }
  }

  step(channel, value) {
    for (let index = 0; index < this.sections.length; index++) {
      const s = this.sections[index], place = (channel * this.sections.length + index) * 2, out = s.b[0] * value + this.memory[place];
      this.memory[place] = s.b[1] * value - s.a[0] * out + this.memory[place + 1];
      this.memory[place + 1] = s.b[2] * value - s.a[1] * out;
      value = out;
    }
    return value;
  }
}
