/** Writes dist/NOTICES.txt: the licences of what esbuild has put into the bundles, as its metafiles tell. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const inputs = process.argv.slice(2).flatMap((file) => Object.keys(JSON.parse(readFileSync(file, "utf8")).inputs));
const folders = new Set(inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []));

function notice(folder) {
  const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) {
    throw new Error(`${folder} has no licence to take along`);
  }
  return `${name} ${version}\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
}

writeFileSync("dist/NOTICES.txt", [...folders].sort().map(notice).join(`\n${"-".repeat(80)}\n\n`));
