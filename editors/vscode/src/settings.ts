/**
 * The user's settings for the server. One that is not set is null, so that the user's file stands. What is the user's own
 * to say is taken from the user's own settings alone: VS Code keeps a folder from setting it, but not from setting a part
 * of it, as `lsp-llm.providers.NAME`.
 */

import { Uri, workspace } from "vscode";
import type { ConfigurationParams } from "vscode-languageclient/node";

export const SECTION = "lsp-llm";

/** The settings of package.json, by their whole names. */
export type Properties = Readonly<Record<string, { readonly scope: string }>>;

type Settings = Record<string, unknown>;

/** The setting of ours, without the section: the server's program. */
const PATH = "path";

/** Which program is to run: never a folder's choice. */
export function wantedProgram(): string {
  const found = workspace.getConfiguration(SECTION).inspect<string>(PATH);
  return found?.globalValue ?? found?.defaultValue ?? "";
}

/** Answer workspace/configuration: the server's section, without what is ours, and nothing else of the user's. */
export function answerConfiguration(properties: Properties, { items }: ConfigurationParams): unknown[] {
  return items.map(({ section, scopeUri }) =>
    section === SECTION ? serverSettings(properties, scopeUri === undefined ? undefined : Uri.parse(scopeUri)) : null,
  );
}

function serverSettings(properties: Properties, resource: Uri | undefined): Settings {
  const configuration = workspace.getConfiguration(SECTION, resource);
  const settings: Settings = {};
  for (const [key, { scope }] of Object.entries(properties)) {
    const name = key.slice(SECTION.length + 1);
    if (name !== PATH) {
      const value = scope === "machine" ? configuration.inspect(name)?.globalValue : configuration.get(name);
      put(settings, name.split("."), value ?? null);
    }
  }
  return settings;
}

function put(settings: Settings, [first = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    settings[first] = value;
  } else {
    put((settings[first] ??= {}) as Settings, rest, value);
  }
}
