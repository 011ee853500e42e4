/** What lsp-llm adds to LSP, as PROTOCOL.md has it. It holds types and names, and nothing that runs. */

import type { Range } from "vscode-languageclient/node";

export const EDIT = "lsp-llm/edit";
export const STATUS = "lsp-llm/status";
export const PRESETS = "lsp-llm/presets/list";

/** PROTOCOL.md, "Edits for an editor part". */
export interface StreamedEdit {
  readonly jobId: string;
  readonly uri: string;
  readonly version: number | null;
  readonly kind: "begin" | "insert" | "end" | "abort";
  readonly range?: Range;
  readonly edits?: readonly { readonly range: Range; readonly text: string }[];
}

export interface EditAnswer {
  readonly applied: boolean;
  readonly failureReason?: string;
}

/** PROTOCOL.md, "Progress and status"; kinds that are not here are to be ignored. */
export interface Status {
  readonly jobId: string;
  readonly uri?: string;
  readonly kind: string;
  readonly characters?: number;
  readonly remainingSeconds?: number;
  readonly retryAttempt?: number;
  readonly maxAttempts?: number;
  readonly reason?: string;
}

/** What commands of the server's are given, of which each takes its part (PROTOCOL.md, "Commands"). */
export interface Argument {
  readonly uri?: string;
  readonly range?: Range;
  readonly query?: string;
  readonly jobId?: string;
  /** Of a change that a model proposes: the job of its preview. */
  readonly callId?: string;
  readonly step?: 1 | -1;
  readonly id?: string;
  /** A block of code, and the file that it names. */
  readonly file?: string;
  readonly text?: string;
}

/** The answer to PRESETS, as far as it is shown. */
export interface PresetList {
  readonly chosen: string;
  readonly presets: readonly Preset[];
}

export interface Preset {
  readonly name: string;
  readonly model: string;
  readonly description: string;
  readonly key: "found" | "missing" | "onDemand" | "none";
  readonly keyPlace: string;
  readonly problem: string;
}
