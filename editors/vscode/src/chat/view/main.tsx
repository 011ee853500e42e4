/** The page's beginning: it follows the extension's events and draws what they make of the chat, once a frame. */

import { render } from "preact";
import type { ToPage } from "../messages";
import { after, EMPTY } from "../model";
import { App } from "./app";
import { focusComposer } from "./composer";
import { leaveChordsToVSCode } from "./keys";
import { post } from "./post";

let chat = EMPTY;
let isDue = false;

function draw(): void {
  isDue = false;
  render(<App chat={chat} />, document.body);
}

function schedule(): void {
  if (!isDue) {
    isDue = true;
    requestAnimationFrame(draw);
  }
}

window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
  switch (data.type) {
    case "chat":
      chat = data.chat;
      schedule();
      break;
    case "event":
      chat = after(chat, data.event);
      schedule();
      break;
    case "focus":
      focusComposer();
      break;
  }
});
// Keys that come into the page by the view's own focus go where one types.
window.addEventListener("focus", () => {
  if (document.activeElement === document.body) {
    focusComposer();
  }
});
leaveChordsToVSCode();
draw();
post({ type: "ready" });
