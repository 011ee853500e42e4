/** The language client: what it says it can, and what it leaves to us. */

import {
  ExecuteCommandRequest,
  LanguageClient,
  type ClientCapabilities,
  type DynamicFeature,
  type StaticFeature,
} from "vscode-languageclient/node";

/** Says that edits may come as a stream, and that statuses are wanted. */
const SPEAKS_LSP_LLM: StaticFeature = {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.experimental = { ...capabilities.experimental, lspLlm: { stream: true, status: true } };
  },
  initialize(): void {},
  getState: () => ({ kind: "static" }),
  clear(): void {},
};

export class Client extends LanguageClient {
  override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
    // VS Code has each command name once. Another client of this server may have taken the server's names, and then the
    // start of this one would fail. Our commands have names of their own (actions.ts).
    if ("registrationType" in feature && feature.registrationType.method === ExecuteCommandRequest.method) {
      return;
    }
    super.registerFeature(feature);
  }

  protected override registerBuiltinFeatures(): void {
    super.registerBuiltinFeatures();
    this.registerFeature(SPEAKS_LSP_LLM);
  }

  /** To the log alone: what the user should know, server.ts says once and in the server's words. */
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}
