"""A headless browser, and how to wait inside its pages."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from playwright.sync_api import Browser, Page, expect, sync_playwright

PATIENCE_MS = 30_000
# A machine that is busy with something else shows everything, only later.
expect.set_options(timeout=PATIENCE_MS)

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@contextmanager
def chromium(*further: str) -> Iterator[Browser]:
    """Run the Chromium of the Debian package, with further arguments."""
    path = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*_ARGUMENTS, *further])
        yield browser
        browser.close()


def until(
    page: Page, condition: str, argument: object = None, patience_ms: int = PATIENCE_MS
) -> None:
    """Wait in the page until a condition holds.

    The page's content security policy forbids what ``wait_for_function`` does with a string.
    """
    page.evaluate(
        f"""async argument => {{
          const end = performance.now() + {patience_ms};
          const holds = argument => {condition};
          while (!holds(argument)) {{
            if (performance.now() > end) throw new Error("this never held: " + holds);
            await new Promise(requestAnimationFrame);
          }}
        }}""",
        argument,
    )


def until_gives(
    page: Page,
    script: str,
    expected: object,
    argument: object = None,
    patience_ms: int = PATIENCE_MS,
) -> None:
    """Wait until a script in the page gives what is expected; else say what it gave at last."""
    end_s = monotonic() + patience_ms / 1000
    while (given := page.evaluate(script, argument)) != expected and monotonic() < end_s:
        page.evaluate("() => new Promise(requestAnimationFrame)")
    assert given == expected


def settled(page: Page, expression: str, frames: int = 20) -> str:
    """Wait until an expression in the page keeps its value for some frames; return the value."""
    script = f"""async () => {{
      let [last, same] = [undefined, 0];
      while (same < {frames}) {{
        await new Promise(requestAnimationFrame);
        const now = String({expression});
        same = now === last ? same + 1 : 0;
        last = now;
      }}
      return last;
    }}"""
    return str(page.evaluate(script))


def complaints_of(page: Page) -> list[str]:
    """Return a list that fills with what the page complains of."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    return complaints
