// @ts-check
/** HTTP requests and the live link: over a dead link a request would wait for minutes. */

let linked = false;
let ender = new AbortController();

/** The live link is up: requests get through, too. */
export function linkUp() {
  linked = true;
}

/** The live link was found dead: so is every request that is under way. */
export function linkDead() {
  linked = false;
  ender.abort();
  ender = new AbortController();
}

/** Whether a request that changes something may be sent. */
export const isLinked = () => linked;

/** Ends a request when the link is found dead. */
export const untilDead = () => ender.signal;
