// The screen and the keyboard: shows a page in Chromium and presses keys in it, as requested on stdin, one JSON value a
// line; answers each with a line on stdout. It ends when stdin does.
//
//   node keyboard.mjs INSTALLATION CHROMIUM URL

import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import readline from "node:readline";
import { setTimeout } from "node:timers/promises";

const [installation, executablePath, url] = process.argv.slice(2);
const { chromium } = createRequire(`${installation}/`)("playwright-core");

// For whatever is awaited: a busy machine is no fault.
const LIMIT_MILLISECONDS = 60_000;

const browser = await chromium.launch({
  timeout: LIMIT_MILLISECONDS,
  executablePath,
  chromiumSandbox: false,
  // Loopback is all the network there is: VS Code would look for extensions and news.
  args: ["--disable-gpu", "--disable-quic", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
});
const page = await browser.newPage();
const requested = [];
page.on("request", (request) => requested.push(request.url()));
page.setDefaultTimeout(LIMIT_MILLISECONDS);
await page.goto(url);

// One key an interval, however long VS Code takes over the one before.
const type = async ({ text, interval_milliseconds }) => {
  const keys = [];
  let due = performance.now();
  for (const character of text) {
    await setTimeout(Math.max(0, due - performance.now()));
    keys.push(page.keyboard.type(character));
    due += interval_milliseconds;
  }
  await Promise.all(keys);
};

// A view's page is an iframe in an iframe, and comes anew when the view is shown again.
const view = () => {
  const frame = page.frames().find((each) => each.parentFrame()?.parentFrame() && !each.isDetached());
  if (!frame) throw new Error("no view is shown");
  return frame;
};

// VS Code focuses a view once more by a timer of 50 ms, and a key at that moment is lost. That timer was set before this
// one, and so it is over when this one is, however busy the machine.
const settleView = async () => {
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 60)));
  await view().evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
};

// Enter takes the entry that is marked, which is another one as long as the list is not filtered.
const take = async ({ entry }) => {
  await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: entry }).waitFor();
  await page.keyboard.press("Enter");
};

// By its border, as with the mouse.
const widenSideBar = async ({ width }) => {
  const bar = await page.locator(".part.sidebar").boundingBox();
  await page.mouse.move(bar.x + bar.width, bar.y + bar.height / 2);
  await page.mouse.down();
  await page.mouse.move(bar.x + width, bar.y + bar.height / 2, { steps: 5 });
  await page.mouse.up();
};

// A picture for every change of the window, named by its time in milliseconds; null ends it.
let filming;
const film = async ({ folder }) => {
  filming ??= await page.context().newCDPSession(page);
  filming.removeAllListeners("Page.screencastFrame");
  if (!folder) return filming.send("Page.stopScreencast").then(() => null);
  filming.on("Page.screencastFrame", ({ data, metadata, sessionId }) => {
    writeFileSync(`${folder}/${Math.round(metadata.timestamp * 1000)}.png`, Buffer.from(data, "base64"));
    filming.send("Page.screencastFrameAck", { sessionId }).catch(() => undefined);
  });
  return filming.send("Page.startScreencast", { format: "png" }).then(() => null);
};

const requests = {
  type,
  press: ({ key }) => page.keyboard.press(key),
  screenshot: ({ path }) => page.screenshot({ path }).then(() => path),
  click: ({ text }) => page.getByText(text).first().click(),
  button: ({ name }) => page.getByRole("button", { name, exact: true }).click(),
  take,
  see: ({ text }) => page.getByText(text).first().isVisible(),
  notices: () => page.locator(".notification-list-item-message").allInnerTexts(),
  inView: ({ expression }) => view().evaluate(expression),
  buttonInView: ({ name }) => view().getByRole("button", { name, exact: true }).last().click(),
  clickInView: ({ text }) => view().getByText(text).first().click(),
  settleView,
  film,
  resize: (size) => page.setViewportSize(size),
  requested: () => requested,
  widenSideBar,
};

const answer = async (line) => {
  try {
    const { request, ...parameters } = JSON.parse(line);
    return { result: (await requests[request](parameters)) ?? null };
  } catch (error) {
    return { error: String(error) };
  }
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(line)));
}
await browser.close();
