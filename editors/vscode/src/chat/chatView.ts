/** The chat view: the page, and what it asks for. Its page may load and run nothing but its own script and style. */

import { randomBytes } from "node:crypto";
import { commands, Disposable, env, Uri, type WebviewView, type WebviewViewProvider, window } from "vscode";
import type { ServerCommands } from "../serverCommands";
import type { ChatCommands } from "./chatCommands";
import type { Desk } from "./desk";
import { insert } from "./inserting";
import type { FromPage } from "./messages";
import { page } from "./page";

export const VIEW = "lsp-llm.chat";
/** What a click in an answer may open. */
const SCHEMES: readonly string[] = ["http", "https", "mailto"];

export class ChatView implements WebviewViewProvider, Disposable {
  private readonly registered: Disposable;

  /** `files` is the folder with the page's script and style. */
  constructor(
    private readonly files: Uri,
    private readonly desk: Desk,
    private readonly commands: ChatCommands,
    private readonly run: ServerCommands,
  ) {
    this.registered = window.registerWebviewViewProvider(VIEW, this);
  }

  resolveWebviewView(view: WebviewView): void {
    const { webview } = view;
    const source = (name: string): string => webview.asWebviewUri(Uri.joinPath(this.files, name)).toString();
    const entitle = (): void => {
      view.title = this.desk.shown.chat.title || "Chat";
    };
    webview.options = { enableScripts: true, localResourceRoots: [this.files] };
    const parts = Disposable.from(
      webview.onDidReceiveMessage((message: FromPage) => this.perform(message)),
      this.desk.onDidChange((news) => {
        void webview.postMessage(news);
        entitle();
      }),
    );
    view.onDidDispose(() => parts.dispose());
    webview.html = page({
      script: source("chat.js"),
      style: source("chat.css"),
      origin: webview.cspSource,
      nonce: randomBytes(16).toString("base64url"),
    });
  }

  dispose(): void {
    this.registered.dispose();
  }

  private perform(message: FromPage): unknown {
    const { desk } = this;
    switch (message.type) {
      case "ready":
        return desk.tellAll();
      case "send":
        return desk.send(message.text);
      case "edit":
        return desk.shown.edit(message.messageId, message.text);
      case "retry":
        return desk.shown.retry();
      case "goOn":
        return desk.shown.goOn();
      case "stop":
        return desk.shown.stop();
      case "tookUnsent":
        return desk.shown.happen({ kind: "taken" });
      case "decide":
        return desk.shown.decide(message.callId, message.decision);
      case "pickPreset":
        return this.commands.pickPreset();
      case "addSelection":
        return this.commands.addSelection();
      case "dropContext":
        return desk.dropContext(message.index);
      case "copy":
        return env.clipboard.writeText(message.text);
      case "insert":
        return insert(message.text);
      case "apply":
        return this.run.run("apply", { file: message.file, text: message.text });
      case "open":
        return openLink(message.url);
      case "startServer":
        return commands.executeCommand("lspLlm.restart");
    }
  }
}

async function openLink(url: string): Promise<void> {
  const uri = Uri.parse(url);
  if (SCHEMES.includes(uri.scheme)) {
    await env.openExternal(uri);
  }
}
