/** The last passage can be taken back for thirty seconds: by the button beside it, and by Control and Z. */

const OFFERED_FOR = 30_000;

export class Undo {
  /**
   * @param {object} parts
   * @param {HTMLTemplateElement} parts.template The button.
   * @param {(item: HTMLElement, subject: object) => void} parts.onUndo
   */
  constructor({ template, onUndo }) {
    this.template = template;
    this.onUndo = onUndo;
    this.timer = 0;
    this.offered = null;
  }

  /**
   * @param {HTMLElement} item The passage in the list.
   * @param {object} subject What `onUndo` needs to know.
   */
  offer(item, subject) {
    this.withdraw();
    const button = this.template.content.firstElementChild.cloneNode(true);
    button.addEventListener("click", () => this.take());
    item.append(button);
    this.offered = { item, subject, button };
    this.timer = setTimeout(() => this.withdraw(), OFFERED_FOR);
  }

  withdraw() {
    clearTimeout(this.timer);
    this.offered?.button.remove();
    this.offered = null;
  }

  take() {
    const offered = this.offered;
    this.withdraw();
    if (offered) this.onUndo(offered.item, offered.subject);
  }

  /** @param {EventTarget} page */
  listen(page) {
    page.addEventListener("keydown", (event) => {
      const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "z";
      // In a field these keys take back what was typed there.
      if (!isUndo || !this.offered || event.target.matches?.("input:not([type=radio]), textarea")) return;
      event.preventDefault();
      this.take();
    });
  }
}
