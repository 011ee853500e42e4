/** The user's settings for the server. One that is not set is null, so that the user's file stands. */

import { Uri, workspace } from "vscode";
import type { ConfigurationParams } from "vscode-languageclient/node";
import { SECTION } from "./server";

/** Answer workspace/configuration: the server's section, without what is ours, and nothing else of the user's. */
export function answerConfiguration({ items }: ConfigurationParams): unknown[] {
  return items.map(({ section, scopeUri }) =>
    section === SECTION ? serverSettings(scopeUri === undefined ? undefined : Uri.parse(scopeUri)) : null,
  );
}

function serverSettings(resource: Uri | undefined): object {
  const { path, ...settings } = workspace
    .getConfiguration(undefined, resource)
    .get<Record<string, unknown>>(SECTION, {});
  return settings;
}
