// The subject sees what is to be said, and nothing else.
import { Link } from "/link.js";

const prompt = document.getElementById("prompt");
const connection = document.getElementById("connection");

new Link("/subject/live", {
  state: (isOpen) => { connection.textContent = isOpen ? "" : "Please wait."; },
  message: (message) => {
    if (message.type === "hello") prompt.textContent = "";
    if (message.type !== "events") return;
    for (const event of message.events) {
      if (event.event === "marker" && event.stream === "console.prompts") prompt.textContent = event.texts.join(" ");
    }
  },
});
