"use strict";
// A language client that knows no server: the settings name one, and nothing is done for it beyond the protocol.

const { commands, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

const start = async () => {
  const settings = workspace.getConfiguration("genericClient");
  const server = { command: settings.get("command"), args: settings.get("arguments") };
  client = new LanguageClient("genericClient", "Generic client", server, {
    documentSelector: [{ scheme: "file" }, { scheme: "untitled" }],
    initializationOptions: settings.get("initializationOptions"),
  });
  await client.start();
};

// A server that died, or never came, cannot be asked to stop.
const stop = async () => {
  if (client?.isRunning()) await client.stop();
};

exports.activate = async (context) => {
  // What every such client offers, for a server that was changed; it is done when the server has been greeted.
  const restart = commands.registerCommand("genericClient.restart", () => stop().then(start));
  context.subscriptions.push(restart);
  if (workspace.getConfiguration("genericClient").get("command")) await start();
};

exports.deactivate = stop;
