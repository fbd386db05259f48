// Power of one channel over frequency: four seconds, a window by Hann, averaged over half-overlapping pieces of two seconds.
import { number, shown } from "/traces.js";

function transform(re, im) {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) { [re[i], re[j]] = [re[j], re[i]]; [im[i], im[j]] = [im[j], im[i]]; }
  }
  for (let length = 2; length <= n; length <<= 1) {
    const angle = -2 * Math.PI / length;
    for (let i = 0; i < n; i += length) {
      for (let k = 0; k < length / 2; k++) {
        const c = Math.cos(angle * k), s = Math.sin(angle * k), a = i + k, b = a + length / 2;
        const x = re[b] * c - im[b] * s, y = re[b] * s + im[b] * c;
        re[b] = re[a] - x; im[b] = im[a] - y; re[a] += x; im[a] += y;
      }
    }
  }
}

/** Power spectral density of the last seconds before a time, one-sided, in the channel's unit squared per hertz; null without enough samples. */
export function density(stream, channel, end) {
  if (stream.stride !== 1 || !(stream.rate >= 20)) return null;
  let size = 64;
  while (size * 2 <= stream.rate * 2.1) size *= 2;
  const last = stream.find(end + 1e-9), pieces = Math.min(4, Math.floor((last - stream.begin) / (size / 2)) - 1);
  if (pieces < 1) return null;
  const power = new Float64Array(size / 2 + 1);
  for (let piece = 0; piece < pieces; piece++) {
    const first = last - size - piece * size / 2, re = new Float64Array(size), im = new Float64Array(size);
    let mean = 0, norm = 0;
    for (let i = 0; i < size; i++) mean += stream.low(first + i, channel) / size;
    for (let i = 0; i < size; i++) {
      const window = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / size);
      re[i] = (stream.low(first + i, channel) - mean) * window;
      norm += window * window;
    }
    transform(re, im);
    for (let k = 0; k <= size / 2; k++) power[k] += (k === 0 || k === size / 2 ? 1 : 2) * (re[k] ** 2 + im[k] ** 2) / (norm * stream.rate * pieces);
  }
  return { power, step: stream.rate / size };
}

export function drawSpectrum(canvas, stream, channel, end, colour) {
  const box = canvas.getBoundingClientRect(), ratio = devicePixelRatio || 1;
  if (box.width < 40) return;
  canvas.width = Math.round(box.width * ratio);
  canvas.height = Math.round(box.height * ratio);
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.font = "11px system-ui, sans-serif";
  context.fillStyle = colour.quiet;
  const found = density(stream, channel, end);
  if (!found) return context.fillText("Two seconds of samples are needed.", 40, box.height / 2);
  const plot = { left: 44, right: box.width - 6, top: 8, bottom: box.height - 18 };
  const [factor, unit] = shown(stream.channels[channel]);
  const decibels = Array.from(found.power, (p) => 10 * Math.log10(p * factor * factor + 1e-12));
  const highest = Math.ceil(Math.max(...decibels.slice(1)) / 10) * 10, lowest = highest - 60, top = Math.min(stream.rate / 2, 100);
  const x = (f) => plot.left + f / top * (plot.right - plot.left), y = (d) => plot.bottom - (Math.max(d, lowest) - lowest) / (highest - lowest) * (plot.bottom - plot.top);
  context.strokeStyle = colour.grid;
  context.lineWidth = 1;
  for (let d = lowest; d <= highest; d += 20) {
    context.beginPath(); context.moveTo(plot.left, y(d)); context.lineTo(plot.right, y(d)); context.stroke();
    context.textAlign = "right"; context.fillText(`${d}`, plot.left - 4, y(d) + 4);
  }
  for (let f = 0; f <= top; f += top > 60 ? 20 : 10) { context.textAlign = "center"; context.fillText(`${f}${f === 0 ? " Hz" : ""}`, x(f), plot.bottom + 13); }
  context.textAlign = "left";
  context.fillText(`dB re 1 ${unit}²/Hz`, plot.left + 4, plot.top + 8);
  context.strokeStyle = colour.traces[0];
  context.lineWidth = 1.5;
  context.beginPath();
  let peak = 1;
  for (let k = 1; k < decibels.length && k * found.step <= top; k++) {
    if (decibels[k] > decibels[peak]) peak = k;
    if (k === 1) context.moveTo(x(k * found.step), y(decibels[k])); else context.lineTo(x(k * found.step), y(decibels[k]));
  }
  context.stroke();
  canvas.setAttribute("aria-label", `Spectrum of ${stream.channels[channel].label}: strongest at ${number(peak * found.step)} Hz`);
}
