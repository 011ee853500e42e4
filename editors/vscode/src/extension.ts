/** Puts the parts together; each knows only what it is given here. */

import type { ExtensionContext } from "vscode";
import { Disposable, Uri, window, workspace } from "vscode";
import type { LanguageClientOptions } from "vscode-languageclient/node";
import { Actions } from "./actions";
import { Asking } from "./asking";
import { showBeside } from "./beside";
import { ChatCommands } from "./chat/chatCommands";
import { ChatView } from "./chat/chatView";
import { Desk } from "./chat/desk";
import { Line } from "./chat/line";
import { Edits } from "./edits";
import { Following } from "./following";
import { Jobs } from "./jobs";
import { Places } from "./places";
import { Previews } from "./previews";
import { EDIT } from "./protocol";
import { type Part, Server } from "./server";
import { type Done, NAMES, ServerCommands } from "./serverCommands";
import { answerConfiguration, type Properties, SECTION } from "./settings";
import { StatusBar } from "./statusBar";
import { Undo } from "./undo";

/** Jobs that one of these was done to have nothing to choose any more. */
const SETTLING: readonly string[] = ["accept", "restore", "approve"];

export async function activate(context: ExtensionContext): Promise<void> {
  const own = <Thing extends Disposable>(thing: Thing): Thing => {
    context.subscriptions.push(thing);
    return thing;
  };
  const jobs = new Jobs();
  const statusBar = own(new StatusBar(jobs));
  const places = own(new Places());
  const previews = own(new Previews());
  const undo = own(new Undo((jobIds) => places.forget(jobIds)));
  const edits = new Edits(undo, places);
  const line = own(new Line());
  // What works over a client is one more line here: a part is given each client before it starts.
  const parts: Part[] = [
    (client) => client.onRequest(EDIT, (edit) => edits.take(edit)),
    (client) => following.attach(client),
    (client) => line.attach(client),
    () => new Disposable(() => places.clear()),
    () => new Disposable(() => previews.clear()),
  ];
  const log = own(window.createOutputChannel("lsp-llm", { log: true }));
  const server = own(new Server(log, clientOptions(previews, context), parts));
  const run = own(new ServerCommands(server));
  const following = new Following(jobs, statusBar, run);
  own(run.onDidRun((done) => settle(done, places, previews)));
  const desk = own(new Desk(line));
  const chatCommands = own(new ChatCommands(desk, line));
  own(new ChatView(Uri.joinPath(context.extensionUri, "dist"), desk, chatCommands, run));
  own(run.onDidRun(({ name }) => name === "preset" && desk.readPreset()));
  own(new Actions(server, run, own(new Asking(context.globalState)), places).register());
  own(workspace.onDidChangeConfiguration((event) => event.affectsConfiguration(`${SECTION}.path`) && server.restart()));
  await server.restart();
}

function clientOptions(previews: Previews, { extension }: ExtensionContext): LanguageClientOptions {
  const properties: Properties = extension.packageJSON.contributes.configuration.properties;
  return {
    documentSelector: [{ scheme: "file" }, { scheme: "untitled" }],
    middleware: {
      ...NAMES,
      workspace: { configuration: (params) => answerConfiguration(properties, params) },
      window: {
        showDocument: async (params, token, next) =>
          (await previews.show(params)) || (await showBeside(params)) ? { success: true } : next(params, token),
      },
    },
  };
}

function settle(done: Done, places: Places, previews: Previews): void {
  const { name, argument, answer } = done;
  if (name === "retry" && argument.jobId !== undefined) {
    // What that one offered is withdrawn.
    void previews.close(argument.jobId);
  }
  const jobId = answer["jobId"] ?? argument.callId;
  if (SETTLING.includes(name) && typeof jobId === "string") {
    places.forget([jobId]);
    void previews.close(jobId);
  }
}
