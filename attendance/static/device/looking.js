/** Search by name on today's list: the person signs on the screen, or is stated, which is never their signature. */
import { search, shortName, signedAt } from "./day.js";
import { fill, sayHour } from "./saying.js";

const byId = (id) => document.getElementById(id);

/**
 * @param {object} parts
 * @param {Map<string, string>} parts.words
 * @param {string} parts.language
 * @param {() => import("./day.js").Day|null} parts.day
 * @param {() => {target: string, kind: string}} parts.where
 * @param {(one: {person: object, spot: object}, told: {cause: string, reason: string}) => void} parts.onStatement
 * @param {(one: {person: object, spot: object}) => void} parts.onDrawing
 */
export function offerList({ words, language, day, where, onStatement, onDrawing }) {
  const [query, said, people, statement, title, reason, cause] = [
    "query", "search-said", "people", "statement", "statement-title", "reason", "cause",
  ].map(byId);
  let chosen = null;

  const choose = (one) => {
    chosen = one;
    title.textContent = fill(words, "statement_for", { name: shortName(one.person) });
    cause.selectedIndex = 0;
    reason.value = "";
    statement.hidden = false;
    people.replaceChildren();
    title.focus();
  };

  const close = () => {
    chosen = null;
    statement.hidden = true;
    query.value = "";
  };

  byId("search-form").addEventListener("submit", (event) => {
    event.preventDefault();
    statement.hidden = true;
    people.replaceChildren();
    said.textContent = day() ? "" : words.get("list_none");
    if (!day()) return;
    const { target, kind } = where();
    const found = search(day(), target, query.value);
    if (!found) said.textContent = words.get("letters_needed");
    else if (found.length === 0) said.textContent = words.get("search_nobody");
    else people.append(...found.map((one) => row(one, about(one, kind), () => choose(one))));
  });

  const about = ({ person, spot }, kind) => {
    const at = signedAt(person, kind);
    const state = at ? fill(words, "signed_at", { at: sayHour(at, language, spot.time_zone) }) : words.get("expected");
    return `${sayHour(spot.starts_at, language, spot.time_zone)}, ${spot.title} · ${state}`;
  };

  statement.addEventListener("submit", (event) => {
    event.preventDefault();
    const one = chosen;
    const told = { cause: cause.value, reason: reason.value.trim() };
    if (!one || !told.reason) return;
    close();
    onStatement(one, told);
  });

  for (const button of statement.querySelectorAll("[data-reason]")) {
    button.addEventListener("click", () => {
      reason.value = button.textContent.trim();
    });
  }
  byId("statement-sign").addEventListener("click", () => {
    const one = chosen;
    close();
    onDrawing(one);
  });
  byId("statement-close").addEventListener("click", close);
}

function row({ person }, said, onChoose) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const about = document.createElement("small");
  button.type = "button";
  about.textContent = said;
  button.append(shortName(person), about);
  button.addEventListener("click", onChoose);
  item.append(button);
  return item;
}
