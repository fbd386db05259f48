// What was recognised: first guesses apart from final words, which never change again.

const percent = (value) => `${(100 * value).toFixed(value > 0.995 ? 1 : 0)} %`;

function element(name, text, kind) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

/** Shares of a word and of what came next to it: posteriors of a network, else none. */
function shares(event) {
  if (event.event !== "word") return [];
  return [{ text: event.text, share: Math.exp(event.log_probability) }]
    .concat((event.alternatives ?? []).map((other) => ({ text: other.text, share: Math.exp(other.log_probability) })));
}

export class Words {
  constructor(list, empty) {
    this.list = list;
    this.empty = empty;
    this.guesses = new Map();
  }

  take(event) {
    if (event.event !== "word" && event.event !== "film_word") return false;
    const stage = event.stage ?? event.event;
    this.guesses.get(stage)?.remove();
    this.guesses.delete(stage);
    const item = this.item(event, stage);
    if (event.partial) this.guesses.set(stage, item);
    this.list.prepend(item);
    while (this.list.children.length > 200) this.list.lastChild.remove();
    this.empty.hidden = true;
    return true;
  }

  item(event, stage) {
    const item = element("li", undefined, event.partial ? "partial" : "final");
    item.dataset.time = event.time_s;
    item.append(element("span", event.partial ? event.text + " …" : event.text, "text"));
    const meta = element("span", undefined, "meta");
    if (event.confidence !== undefined) {
      meta.append(element("span", event.action, "action " + event.action), ` ${percent(event.confidence)}`, document.createElement("br"));
    } else if (event.event === "word") {
      meta.append(`P = ${percent(Math.exp(event.log_probability))}`, document.createElement("br"));
    } else {
      meta.append(`score ${event.score.toFixed(2)}`, document.createElement("br"));
    }
    meta.append(`${event.stage ?? (event.event === "film_word" ? "film" : "network")}, ${event.time_s.toFixed(2)} s`);
    item.append(meta);
    const found = shares(event);
    if (found.length > 1 || event.evidence) item.append(this.rest(event, found));
    return item;
  }

  rest(event, found) {
    const rest = element("div", undefined, "rest");
    found.slice(0, 4).forEach(({ text, share }, index) => {
      const row = element("div", undefined, "share" + (index === 0 ? " first" : ""));
      const tube = element("span"), bar = element("i");
      bar.style.width = `${Math.max(0.5, 100 * Math.min(1, share))}%`;
      tube.append(bar);
      row.append(element("span", text), tube, element("span", percent(share)));
      rest.append(row);
    });
    if (event.evidence) rest.append(element("span", `posterior ${percent(event.evidence.posterior)}, margin ${event.evidence.margin.toFixed(2)}`, "fine"));
    return rest;
  }

  clear() {
    this.list.replaceChildren();
    this.guesses.clear();
    this.empty.hidden = false;
  }
}

/** A line of the log in words; null for words, which have a place of their own. */
export function sentence(event) {
  switch (event.event) {
    case "gap": return [`${event.stream}: ${event.count} frames from ${event.first} are missing`, true];
    case "device": return [`${event.device}: ${event.kind.replaceAll("_", " ")} ${event.value || ""}`, /lost|fault/.test(event.kind)];
    case "marker": return [`${event.stream.replace("console.", "")}: ${event.texts.filter(Boolean).join(" ")}`, false];
    case "line": return [`${event.stream} ${event.line}: ${event.level ? "high" : "low"}`, false];
    case "monitor": return [`${event.stream} ${event.channel}: ${event.measure} ${event.value} ${event.alarm ? "is out of its range" : "is well again"}`, event.alarm];
    case "calibration": return [`calibrated with probability ${event.posterior.toPrecision(2)} over ${event.window} words${event.alarm ? ": alarm" : ""}`, event.alarm];
    case "prediction_error": return [`${event.target}: error ${event.window_nrmse?.toPrecision(3) ?? "–"} over ${event.window_steps} steps`, false];
    case "eeg_absent": return [`EEG absent for ${event.frames} frames`, true];
    case "lost": return [`${event.count} decisions were lost on the way here`, true];
    default: return null;
  }
}
