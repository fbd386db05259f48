// The last 60 seconds of every stream, as they came.

export const seconds = 60;

export class Stream {
  constructor(info) {
    Object.assign(this, info);
    this.width = info.stride > 1 ? 2 : 1;
    this.columnRate = info.rate > 0 ? info.rate / info.stride : 0;
    this.capacity = Math.max(512, Math.ceil((this.columnRate || 60) * (seconds + 2)));
    this.count = info.text ? 0 : info.channels.length;
    this.times = new Float64Array(this.capacity);
    this.values = new Float32Array(this.capacity * this.count * this.width);
    this.end = 0; // columns so far
    this.gaps = [];
  }

  get begin() { return Math.max(0, this.end - this.capacity); }
  time(column) { return this.times[column % this.capacity]; }
  low(column, channel) { return this.values[((column % this.capacity) * this.count + channel) * this.width]; }
  high(column, channel) { return this.values[((column % this.capacity) * this.count + channel) * this.width + this.width - 1]; }
  get newest() { return this.end > 0 ? this.time(this.end - 1) : -Infinity; }

  /** The first column at a time or after it. */
  find(time) {
    let low = this.begin, high = this.end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.time(middle) < time) low = middle + 1; else high = middle;
    }
    return low;
  }

  append(time, period, columns, values) {
    const last = this.newest;
    if (this.end > 0 && time <= last - 1) this.clear();
    if (this.end > 0 && period > 0 && time - last > Math.max(3 * period, 0.05)) this.gaps.push([last, time]);
    while (this.gaps.length && this.gaps[0][1] < time - seconds) this.gaps.shift();
    const row = this.count * this.width;
    for (let column = 0; column < columns; column++) {
      const place = this.end % this.capacity;
      this.times[place] = time + column * period;
      this.values.set(values.subarray(column * row, (column + 1) * row), place * row);
      this.end += 1;
    }
    return columns;
  }

  clear() { this.end = 0; this.gaps = []; this.cleared = (this.cleared || 0) + 1; }
}

/** Reads a message of samples: calls body(stream, time, period, columns, values) for each block; returns the newest time. */
export function readSamples(buffer, body) {
  const view = new DataView(buffer);
  if (view.getUint8(0) !== 1 || view.getUint8(1) !== 1) return null;
  const blocks = view.getUint16(2, true);
  let place = 16;
  for (let block = 0; block < blocks; block++) {
    const channels = view.getUint16(place + 2, true), columns = view.getUint16(place + 4, true), width = view.getUint16(place + 6, true);
    const count = channels * columns * width;
    body(view.getUint16(place, true), view.getFloat64(place + 8, true), view.getFloat32(place + 16, true), columns,
      new Float32Array(buffer, place + 24, count), width);
    place += 24 + 4 * count;
  }
  return view.getFloat64(8, true);
}
