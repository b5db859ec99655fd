/** Some half-days are signed by hand as well: the pad covers the page until it is answered. */

/**
 * @param {Map<string, string>} words
 * @returns {Promise<string|null>} The drawing; null when the person does not draw, or the pad is not there.
 */
export async function askForDrawing(words) {
  const dialog = document.getElementById("pad-dialog");
  const host = document.getElementById("pad");
  dialog.showModal();
  try {
    const { openPad } = await import("../kiosk/pad.js");
    const closed = new Promise((resolve) => dialog.addEventListener("close", () => resolve(null), { once: true }));
    return await Promise.race([openPad({ host, words }), closed]);
  } catch (error) {
    console.warn("the pad could not be opened", error);
    return null;
  } finally {
    dialog.close();
    host.replaceChildren();
  }
}
