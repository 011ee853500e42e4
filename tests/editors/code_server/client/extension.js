"use strict";
// A language client that knows no server: the settings name one, and nothing is done for it beyond the protocol.

const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async () => {
  const settings = workspace.getConfiguration("genericClient");
  const server = { command: settings.get("command"), args: settings.get("arguments") };
  client = new LanguageClient("genericClient", "Generic client", server, {
    documentSelector: [{ scheme: "file" }, { scheme: "untitled" }],
    initializationOptions: settings.get("initializationOptions"),
  });
  await client.start();
};

exports.deactivate = () => client?.stop();
