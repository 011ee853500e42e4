/** Quick picks: a preset, and a prompt of the library. */

import { languages, type QuickPickItem, Uri, window } from "vscode";
import { type CodeAction, CodeActionTriggerKind, type Diagnostic as LspDiagnostic } from "vscode-languageclient/node";
import { toLsp, toRange } from "./documents";
import type { Place } from "./place";
import { type Argument, PRESETS, type PresetList } from "./protocol";
import type { Server } from "./server";
import type { ServerCommands } from "./serverCommands";
import { presetWords } from "./wording";

const RUN = "lsp-llm.run";

/** Have the user choose one of the presets; undefined where the user wants none after all. */
export async function choosePreset({ presets }: PresetList, inUse: string): Promise<string | undefined> {
  const items = presets.map((preset) => ({
    label: preset.name,
    description: preset.name === inUse ? "in use" : "",
    detail: presetWords(preset),
  }));
  return (await window.showQuickPick(items, { title: "LLM: preset", matchOnDetail: true }))?.label;
}

/** Have the user choose the preset of this workspace. */
export async function pickPreset(server: Server, run: ServerCommands): Promise<void> {
  const active = window.activeTextEditor?.document.uri.toString();
  const found = await server.request<PresetList>(PRESETS, active === undefined ? {} : { uri: active });
  const id = found && (await choosePreset(found, found.chosen));
  if (id !== undefined) {
    await run.run("preset", { id });
  }
}

/** Have the user choose a prompt that fits the place, and run it there. */
export async function pickPrompt(server: Server, run: ServerCommands, place: Place): Promise<void> {
  const context = { diagnostics: diagnosticsAt(place), triggerKind: CodeActionTriggerKind.Invoked };
  const params = { textDocument: { uri: place.uri }, range: place.range, context };
  const found = await server.request<CodeAction[]>("textDocument/codeAction", params);
  const items = (found ?? []).flatMap(asItem);
  const picked =
    found && (await window.showQuickPick(items, { title: "LLM: prompt", placeHolder: "what is to be done here" }));
  if (picked) {
    await run.run("run", picked.argument);
  }
}

function asItem({ title, command }: CodeAction): (QuickPickItem & { argument: Argument })[] {
  const argument = command?.arguments?.[0] as Argument | undefined;
  if (command?.command !== RUN || argument === undefined) {
    return [];
  }
  return [{ label: title.replace(/^LLM: /, ""), argument }];
}

function diagnosticsAt({ uri, range }: Place): LspDiagnostic[] {
  const touching = languages.getDiagnostics(Uri.parse(uri)).filter((each) => each.range.intersection(toRange(range)));
  return touching.map(({ message, source, range: its }) => ({ message, source: source ?? "", range: toLsp(its) }));
}
