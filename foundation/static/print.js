/** A print button is of no use without JavaScript, so it stays hidden in the page until this module shows it. */
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
