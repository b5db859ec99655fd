/** What both scanner pages find in their HTML. */

/** @returns {Map<string, string>} The page's words, by key. */
export function wordsOf(template) {
  return new Map([...template.content.querySelectorAll("data")].map((word) => [word.value, word.textContent]));
}

/** @returns {{target: string, kind: string}} Where the scanner stands, and what is signed there. */
export function where() {
  const kind = document.querySelector("input[name=kind]:checked").value;
  return { target: document.getElementById("target").value, kind };
}

/** @param {() => void} onChange */
export function onWhereChanged(onChange) {
  const controls = [document.getElementById("target"), ...document.querySelectorAll("input[name=kind]")];
  for (const control of controls) control.addEventListener("change", onChange);
}

/** @param {(text: string) => void} onText The field for scanners, sent by its button. */
export function onTyped(onText) {
  document.getElementById("scan-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = document.getElementById("badge");
    onText(field.value);
    field.value = "";
  });
}
