// The connection to the program: it comes back by itself, and says what was drawn, so that nothing old waits on the way.

export class Link {
  /** handlers: state(isOpen), message(object), samples(ArrayBuffer). */
  constructor(path, handlers) {
    this.path = path;
    this.handlers = handlers;
    this.waiting = new Map();
    this.ids = 0;
    this.pause = 250;
    this.open();
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${this.path}`);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.drawn = 0;
    socket.onopen = () => { this.pause = 250; this.handlers.state?.(true); };
    socket.onclose = () => {
      this.handlers.state?.(false);
      for (const reply of this.waiting.values()) reply({ done: false, text: "the program is not there" });
      this.waiting.clear();
      setTimeout(() => this.open(), this.pause);
      this.pause = Math.min(5000, this.pause * 2);
    };
    socket.onmessage = (event) => this.take(event.data);
  }

  take(data) {
    if (typeof data !== "string") {
      this.handlers.samples?.(data);
      this.drawn += 1;
      if (this.drawn % 5 === 0) this.socket.send("drawn " + this.drawn);
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "reply") {
      this.waiting.get(message.id)?.(message);
      this.waiting.delete(message.id);
    } else {
      this.handlers.message?.(message);
    }
  }

  /** Asks for a command of the remote control: {done, text}. */
  ask(command) {
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.resolve({ done: false, text: "the program is not there" });
    const id = ++this.ids;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.socket.send(`do ${id} ${command}`);
    });
  }
}
