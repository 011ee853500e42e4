/** The words for statuses and presets. It knows no window. */

import type { Preset, Status } from "./protocol";

/** The text of the status bar: the preset, and what the oldest job is at. */
export function statusText(preset: string, running: readonly Status[]): string {
  const [first] = running;
  const name = preset || "LLM";
  if (first === undefined) {
    return `$(sparkle) ${name}`;
  }
  const others = running.length > 1 ? `${running.length} running, ` : "";
  return `$(loading~spin) ${name}: ${others}${stateOf(first)}`;
}

/** What a job is at, in a few words. */
export function stateOf(status: Status): string {
  switch (status.kind) {
    case "queued":
      return "preparing";
    case "requestSent":
      return "waiting";
    case "rateLimitWait":
      return `rate limit, ${status.remainingSeconds} s`;
    case "connectionIssue":
      return `attempt ${status.retryAttempt} of ${status.maxAttempts}`;
    case "streaming":
      return `${status.characters} characters`;
    case "requestCompleted":
    case "applying":
      return "applying";
    default:
      return status.kind;
  }
}

/** What stands behind a preset's name where one is chosen. */
export function presetWords(preset: Preset): string {
  const problem = preset.problem || (preset.key === "missing" ? `no key in ${preset.keyPlace}` : "");
  return [preset.model || preset.description, problem].filter((words) => words !== "").join(" · ");
}
