// @ts-check
/** Keeps the screen on while the page is visible, where the browser allows it (TLS or localhost). */

/**
 * Hold a wake lock for the lifetime of the page. The browser takes it back whenever the page is
 * hidden, so it is asked for again each time the page is shown.
 */
export function keepAwake() {
  if (!("wakeLock" in navigator)) return;
  const ask = () => {
    if (document.visibilityState !== "visible") return;
    // Refused on a low battery: then the screen goes off as the device is set.
    navigator.wakeLock.request("screen").catch((error) => console.info(`the screen may go off: ${error}`));
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}
