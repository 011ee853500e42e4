/** Asks for an instruction in an input box, in which up and down bring back earlier ones. */

import { commands, Disposable, type InputBox, type Memento, window } from "vscode";
import { Recall, remembered } from "./recall";

const HISTORY = "instructions";

export class Asking implements Disposable {
  private box: InputBox | undefined;
  private recall = new Recall([]);
  private readonly registered: Disposable;

  /** `memory` keeps what was asked, for every window. */
  constructor(private readonly memory: Memento) {
    this.registered = Disposable.from(
      commands.registerCommand("lspLlm.askPrevious", () => this.show(this.recall.up(this.box?.value ?? ""))),
      commands.registerCommand("lspLlm.askNext", () => this.show(this.recall.down(this.box?.value ?? ""))),
    );
  }

  /** The words; undefined where the user wants nothing after all. */
  async words(): Promise<string | undefined> {
    const history = this.memory.get<string[]>(HISTORY, []);
    this.recall = new Recall(history);
    const words = (await this.ask())?.trim();
    if (words) {
      await this.memory.update(HISTORY, remembered(history, words));
    }
    return words || undefined;
  }

  dispose(): void {
    this.registered.dispose();
    this.box?.dispose();
  }

  private ask(): Promise<string | undefined> {
    const box = window.createInputBox();
    this.box = box;
    box.title = "LLM: what do you want?";
    box.placeholder = "@file, @dir/, @diff bring along what they name; up and down: what you asked before";
    const answered = new Promise<string | undefined>((resolve) => {
      box.onDidAccept(() => resolve(box.value));
      box.onDidHide(() => resolve(undefined));
    });
    // Its keys are there as soon as it is.
    this.takeKeys();
    box.show();
    return answered.finally(() => {
      // Asking anew hides the former box.
      this.box = this.box === box ? undefined : this.box;
      this.takeKeys();
      box.dispose();
    });
  }

  private takeKeys(): void {
    void commands.executeCommand("setContext", "lspLlm.isAsking", this.box !== undefined);
  }

  private show(words: string): void {
    if (this.box) {
      this.box.value = words;
    }
  }
}
