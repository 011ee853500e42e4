/** What is said of the chat as a whole: what is being done, what went wrong, and that the server has gone. */

import type { Chat } from "../model";
import { post } from "./post";

export function Notices({ chat }: { readonly chat: Chat }) {
  return (
    <div class="notices">
      {chat.isRunning && <p class="progress">{chat.progress || "sent"}</p>}
      {chat.problem !== "" && <p class="problem">{chat.problem}</p>}
      {!chat.isConnected && (
        <p class="problem">
          No server runs. What is in the chat is kept.{" "}
          <button type="button" onClick={() => post({ type: "startServer" })}>
            Start it
          </button>
        </p>
      )}
    </div>
  );
}
