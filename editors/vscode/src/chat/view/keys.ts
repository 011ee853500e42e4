/** What keys mean in a field for words. */

/** Enter sends, Shift+Enter makes a line; while letters are composed, Enter takes what is composed. */
export function isSend(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing;
}

/** VS Code gets every key that is pressed in a view, and the page gets it too: the second key of ours is not to be typed. */
export function leaveChordsToVSCode(): void {
  let isBegun = false;
  const press = (event: KeyboardEvent): void => {
    if (isBegun && event.key.length === 1) {
      event.preventDefault();
    }
    isBegun = event.altKey && event.code === "KeyA";
  };
  document.addEventListener("keydown", press);
}
