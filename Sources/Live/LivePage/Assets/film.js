// A film's readings as a map of colours: cividis, which is even to the eye and the same to those who do not see red or green
// (Nuñez, Anderton and Renslow, 2018).

const anchors = ["00224e", "123570", "3b496c", "575d6d", "707173", "8a8678", "a59c74", "c3b369", "e1cc55", "fee838"]
  .map((text) => [0, 2, 4].map((place) => parseInt(text.slice(place, place + 2), 16)));

export function colour(value) {
  const place = Math.max(0, Math.min(1, value)) * (anchors.length - 1), low = Math.min(anchors.length - 2, Math.floor(place)), part = place - low;
  return anchors[low].map((a, index) => Math.round(a + (anchors[low + 1][index] - a) * part));
}

/** Rows and columns of a grid that is as square as the number allows; places of the labels where they name some. */
export function grid(channels) {
  const places = channels.map((channel) => channel.label.match(/(\d+)\D+(\d+)\D*$/)?.slice(1).map(Number));
  if (channels.length > 3 && places.every(Boolean)) {
    const columns = Math.max(...places.map((place) => place[0])) + 1, rows = Math.max(...places.map((place) => place[1])) + 1;
    if (columns * rows <= 4 * channels.length) return { columns, rows, places };
  }
  let columns = Math.ceil(Math.sqrt(channels.length));
  while (columns < channels.length && channels.length % columns && columns < 2 * Math.sqrt(channels.length)) columns++;
  if (channels.length % columns) columns = Math.ceil(Math.sqrt(channels.length));
  return { columns, rows: Math.ceil(channels.length / columns), places: channels.map((_, index) => [index % columns, Math.floor(index / columns)]) };
}

export class Film {
  constructor(canvas, legend, low, high) {
    Object.assign(this, { canvas, legend, low, high });
    this.range = null;
  }

  draw(stream, end, ink) {
    const column = stream.find(end + 1e-9) - 1;
    if (column < stream.begin) return;
    const { columns, rows, places } = (this.layout = this.name === stream.name ? this.layout : grid(stream.channels));
    if (this.name !== stream.name) { this.name = stream.name; this.range = null; }
    this.follow(stream, column);
    const [least, greatest] = this.range;
    const box = this.canvas.getBoundingClientRect(), ratio = devicePixelRatio || 1;
    this.canvas.width = Math.round(box.width * ratio);
    this.canvas.height = Math.round(box.height * ratio);
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const size = Math.min(box.width / columns, box.height / rows), left = (box.width - size * columns) / 2, top = (box.height - size * rows) / 2;
    for (let channel = 0; channel < stream.count; channel++) {
      const value = (stream.low(column, channel) + stream.high(column, channel)) / 2;
      const [red, green, blue] = colour((value - least) / (greatest - least || 1)), [i, j] = places[channel];
      context.fillStyle = `rgb(${red} ${green} ${blue})`;
      context.fillRect(left + i * size, top + (rows - 1 - j) * size, size - (size > 6 ? 1 : 0), size - (size > 6 ? 1 : 0));
    }
    this.low.textContent = least.toPrecision(3);
    this.high.textContent = greatest.toPrecision(3);
    this.drawLegend();
    this.canvas.setAttribute("aria-label", `${stream.name}: ${stream.count} readings from ${least.toPrecision(3)} to ${greatest.toPrecision(3)}, at ${end.toFixed(1)} s`);
  }

  /** The colours keep their meaning while readings move: the range grows at once and shrinks slowly. */
  follow(stream, column) {
    let low = Infinity, high = -Infinity;
    for (let channel = 0; channel < stream.count; channel++) { low = Math.min(low, stream.low(column, channel)); high = Math.max(high, stream.high(column, channel)); }
    if (!isFinite(low + high)) { this.range ??= [0, 1]; return; }
    const [a, b] = this.range ?? [low, high], rate = 0.003;
    this.range = [Math.min(low, a + (low - a) * rate), Math.max(high, b + (high - b) * rate)];
  }

  drawLegend() {
    if (this.isDrawn) return;
    this.isDrawn = true;
    this.legend.width = 256;
    const context = this.legend.getContext("2d");
    for (let index = 0; index < 256; index++) {
      context.fillStyle = `rgb(${colour(index / 255).join(" ")})`;
      context.fillRect(index, 0, 1, 10);
    }
  }
}
