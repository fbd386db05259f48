// Recordings and markers: the same commands as over LabRecorder's remote control. Every page sees the same state.

const duration = (seconds) => [seconds / 3600, seconds / 60 % 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
const bytes = (count) => count < 1e6 ? `${(count / 1e3).toFixed(0)} kB` : count < 1e9 ? `${(count / 1e6).toFixed(1)} MB` : `${(count / 1e9).toFixed(2)} GB`;

export class Control {
  constructor(link, get) {
    this.link = link;
    this.get = get;
    get("record").onclick = () => this.start();
    get("stop").onclick = () => this.stop();
    get("marker-form").onsubmit = (event) => { event.preventDefault(); this.mark(get("marker").value, true); };
    get("marker").onkeydown = (event) => { if (event.key === "Escape") { get("marker").value = ""; get("marker").blur(); } };
    get("seek").oninput = () => { this.isSeeking = true; get("position").textContent = `${(+get("seek").value).toFixed(1)} s`; };
    get("seek").onchange = async () => { await this.ask(`seek ${get("seek").value}`); this.isSeeking = false; };
  }

  greet(mode) {
    this.mode = mode;
    this.get("record").hidden = this.get("stop").hidden = mode !== "control";
    this.get("replay").hidden = mode !== "replay";
    this.get("controls").hidden = mode === "replay";
  }

  async ask(command) {
    const reply = await this.link.ask(command);
    if (!reply.done) this.say(reply.text, false);
    return reply.done;
  }

  say(text, isGood) {
    const place = this.get("message");
    place.textContent = text;
    place.className = isGood ? "good" : "";
    place.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { place.hidden = true; }, isGood ? 2500 : 8000);
  }

  async start() {
    if (this.mode !== "control") return;
    this.get("record").disabled = true;
    if (await this.ask("start")) this.say("Recording.", true);
    this.show(this.status);
  }

  /** Ends only when it is asked for twice within three seconds. */
  async stop() {
    if (this.mode !== "control") return;
    const button = this.get("stop"), now = performance.now();
    if (!(now - this.armed < 3000)) {
      this.armed = now;
      button.classList.add("armed");
      button.textContent = "Stop? Again";
      setTimeout(() => { if (performance.now() - this.armed >= 2990) this.disarm(); }, 3000);
      return;
    }
    this.disarm();
    if (await this.ask("stop")) this.say("The recording is closed.", true);
  }

  disarm() {
    this.armed = -Infinity;
    this.get("stop").classList.remove("armed");
    this.get("stop").textContent = "Stop";
  }

  /** What is being typed meanwhile stays, unless it is what was set. */
  async mark(text, isTyped = false) {
    const words = text.trim();
    if (!words) return;
    if (await this.ask(`marker ${words}`)) {
      this.say(`Marker “${words}” is set.`, true);
      if (isTyped) this.get("marker").value = "";
    }
  }

  show(status) {
    if (!status) return;
    this.status = status;
    const state = this.get("state"), isRecording = status.state === "recording";
    state.textContent = status.state;
    state.className = "chip " + status.state;
    this.get("record").disabled = status.state !== "ready";
    this.get("stop").disabled = !isRecording;
    if (!isRecording && this.armed > 0) this.disarm();
    if (this.mode === "replay") return this.showReplay(status);
    this.get("file").textContent = status.session ?? "";
    const parts = [];
    if (status.session && status.bytes) parts.push(`${duration(status.seconds)}`, bytes(status.bytes));
    if (isRecording && status.free_bytes && status.seconds > 2) {
      const minutes = status.free_bytes / (status.bytes / status.seconds) / 60;
      parts.push(minutes > 6000 ? `disk for ${(minutes / 1440).toFixed(0)} days` : `disk for ${minutes.toFixed(0)} min`);
    }
    if (status.note) parts.push(status.note);
    if (status.error) parts.push(status.error);
    this.get("numbers").textContent = parts.join(" · ");
  }

  showReplay(status) {
    this.get("file").textContent = status.session ?? "";
    this.get("numbers").textContent = `${status.seconds.toFixed(1)} of ${status.length.toFixed(1)} s`;
    if (this.isSeeking) return;
    const seek = this.get("seek");
    seek.max = status.length;
    seek.value = status.seconds;
    this.get("position").textContent = `${status.seconds.toFixed(1)} s`;
  }
}
