/** What the commands of package.json do, one function each. They ask the server; edits come by themselves. */

import { commands, Disposable, window } from "vscode";
import type { Asking } from "./asking";
import { pickPreset, pickPrompt } from "./picks";
import { cursor, cursorLine, lineEnd, type Place, placeHere } from "./place";
import type { Places } from "./places";
import { jobOfPreview } from "./previews";
import type { Argument } from "./protocol";
import type { Server } from "./server";
import type { ServerCommands } from "./serverCommands";

/** What a lens says; a key says nothing. */
interface Job {
  readonly jobId?: string;
}

export class Actions {
  constructor(
    private readonly server: Server,
    private readonly run: ServerCommands,
    private readonly asking: Asking,
    private readonly places: Places,
  ) {}

  register(): Disposable {
    const actions: Record<string, (job?: Job) => unknown> = {
      replace: () => this.at(placeHere(cursorLine), (place) => this.run.run("replace", place)),
      yap: () => this.at(placeHere(cursor), (place) => this.run.run("yap", place)),
      ask: () => this.at(placeHere(lineEnd), (place) => this.ask(place)),
      repeat: () => this.at(placeHere(lineEnd), (place) => this.run.run("repeat", place)),
      runPrompt: () => this.at(placeHere(cursor), (place) => pickPrompt(this.server, this.run, place)),
      showPrompt: () => this.at(placeHere(lineEnd), (place) => this.run.run("showPrompt", place)),
      cancel: () => this.cancel(),
      accept: (job) => this.run.run("accept", this.job(job)),
      restore: (job) => this.run.run("restore", this.job(job)),
      retry: (job) => this.run.run("retry", this.job(job)),
      nextAnswer: (job) => this.run.run("alternative", { ...this.job(job), step: 1 }),
      previousAnswer: (job) => this.run.run("alternative", { ...this.job(job), step: -1 }),
      preset: () => pickPreset(this.server, this.run),
      chat: () => this.run.run("chat", selected()),
      history: () => this.run.run("history", {}),
      restart: () => this.server.restart(),
    };
    const registered = Object.entries(actions).map(([name, action]) =>
      commands.registerCommand(`lspLlm.${name}`, action),
    );
    return Disposable.from(...registered);
  }

  private at(place: Place | undefined, act: (place: Place) => unknown): unknown {
    return place && act(place);
  }

  private async ask(place: Place): Promise<void> {
    const query = await this.asking.words();
    if (query !== undefined) {
      await this.run.run("ask", { ...place, query });
    }
  }

  /** Stop what runs in this file. */
  private async cancel(): Promise<void> {
    const answer = await this.run.run("cancel", here());
    if (Array.isArray(answer?.["cancelled"]) && answer["cancelled"].length === 0) {
      window.setStatusBarMessage("LLM: nothing runs in this file", 3000);
    }
  }

  /** The job that is meant: that of the lens, of the preview, at the cursor, or the latest of the file. */
  private job(job: Job | undefined): Argument {
    const editor = window.activeTextEditor;
    const jobId = job?.jobId ?? (editor && (jobOfPreview(editor.document.uri) ?? this.places.jobAt(editor)));
    return jobId === undefined ? here() : { jobId };
  }
}

function here(): Argument {
  const uri = window.activeTextEditor?.document.uri.toString();
  return uri === undefined ? {} : { uri };
}

/** A chat is about the selection, or about nothing. */
function selected(): Argument {
  const isSelecting = window.activeTextEditor?.selection.isEmpty === false;
  return (isSelecting && placeHere(cursor)) || {};
}
