/** A long press on one of our buttons; a short one is a click, which the keyboard makes, too. */

const HOLD_MS = 500; // as everywhere in Home Assistant

/**
 * Call back with the data-id of a button that is held down.
 * @param {HTMLElement} root
 * @param {(id: string) => boolean} hold returns whether that meant anything; else it is a click
 */
export function onHold(root, hold) {
  let timer = 0;
  let held = false;
  const end = () => clearTimeout(timer);
  root.addEventListener("pointerdown", ({ target, button }) => {
    end();
    held = false;
    const pressed = target instanceof Element && target.closest("[data-id]");
    if (!pressed || button) return;
    timer = window.setTimeout(() => {
      held = hold(pressed.getAttribute("data-id") ?? "");
    }, HOLD_MS);
  });
  for (const over of ["pointerup", "pointercancel", "pointerleave"]) root.addEventListener(over, end);
  root.addEventListener("contextmenu", (event) => held && event.preventDefault()); // what a phone makes of a long press
  root.addEventListener(
    "click",
    (event) => {
      if (held) event.stopPropagation();
      held = false;
    },
    { capture: true },
  );
}
