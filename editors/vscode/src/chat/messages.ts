/** What the extension and the page of the chat view say to each other. It holds types, and nothing that runs. */

import type { Chat, Event } from "./model";
import type { Decision } from "./protocol";

export type ToPage =
  | { readonly type: "chat"; readonly chat: Chat }
  | { readonly type: "event"; readonly event: Event }
  | { readonly type: "focus" };

export type FromPage =
  | { readonly type: "ready" }
  | { readonly type: "send"; readonly text: string }
  | { readonly type: "edit"; readonly messageId: string; readonly text: string }
  | { readonly type: "retry" }
  | { readonly type: "goOn" }
  | { readonly type: "stop" }
  | { readonly type: "tookUnsent" }
  | { readonly type: "decide"; readonly callId: string; readonly decision: Decision }
  | { readonly type: "pickPreset" }
  | { readonly type: "addSelection" }
  | { readonly type: "dropContext"; readonly index: number }
  | { readonly type: "copy"; readonly text: string }
  | { readonly type: "insert"; readonly text: string }
  | { readonly type: "apply"; readonly file: string; readonly text: string }
  | { readonly type: "open"; readonly url: string }
  | { readonly type: "startServer" };
