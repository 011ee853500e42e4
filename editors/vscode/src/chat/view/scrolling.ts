/** Keeps the end in view while the user is there; whoever has scrolled up stays where they are. */

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Turn } from "../shown";

/** So near to its end a list is at its end. */
const NEAR_PIXELS = 24;

export function useScrolling(turns: readonly Turn[]) {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const mine = turns.findLast((turn) => turn.role === "user")?.messageId;
  const goToEnd = (): void => {
    const { current } = list;
    if (current && isAtEnd.current) {
      current.scrollTop = current.scrollHeight;
    }
  };
  // A turn of one's own is always shown.
  useLayoutEffect(() => {
    isAtEnd.current = true;
  }, [mine]);
  useLayoutEffect(goToEnd);
  useEffect(() => {
    const { current } = list;
    const look = (): void => {
      if (current) {
        isAtEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < NEAR_PIXELS;
      }
    };
    const resized = new ResizeObserver(goToEnd);
    if (current) {
      current.addEventListener("scroll", look);
      resized.observe(current);
    }
    return () => {
      current?.removeEventListener("scroll", look);
      resized.disconnect();
    };
  }, []);
  return list;
}
