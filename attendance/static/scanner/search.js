/** Plan B: a person found by name signs on the screen, or is stated, and the page says that this is no signature. */
import { Problem, Unreachable } from "./api.js";

/**
 * @param {object} parts
 * @param {ReturnType<import("./api.js").createApi>} parts.api
 * @param {DOMStringMap} parts.urls
 * @param {Map<string, string>} parts.words
 * @param {() => {target: string, kind: string}} parts.where
 * @param {(verdict: import("./verdict-screen.js").Verdict) => void} parts.onStatement
 * @param {(person: {attendee: string, name: string}) => void} parts.onDrawing
 */
export function offerSearch({ api, urls, words, where, onStatement, onDrawing }) {
  const [form, query, said, people] = ["search-form", "query", "search-said", "people"].map(byId);
  const [statement, title, cause, reason] = ["statement", "statement-title", "cause", "reason"].map(byId);
  let chosen = null;

  const attempt = async (task) => {
    try {
      said.textContent = "";
      await task();
    } catch (error) {
      if (!(error instanceof Problem || error instanceof Unreachable)) throw error;
      said.textContent = error instanceof Problem ? error.message : words.get("no_answer");
    }
  };

  const choose = (person) => {
    chosen = person;
    title.textContent = words.get("statement_for").replace("{name}", person.name);
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

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    statement.hidden = true;
    people.replaceChildren();
    attempt(async () => {
      const answer = await api.post(urls.searchUrl, { query: query.value, target: where().target });
      people.replaceChildren(...answer.people.map((person) => row(person, () => choose(person))));
      if (answer.people.length === 0) said.textContent = words.get("search_nobody");
    });
  });

  statement.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      const person = chosen;
      const body = { attendee: person.attendee, ...where(), cause: cause.value, reason: reason.value };
      const { sentence } = await api.post(urls.statementUrl, body);
      close();
      onStatement({ verdict: "statement", sentence, name: person.name });
    });
  });

  for (const button of statement.querySelectorAll("[data-reason]")) {
    button.addEventListener("click", () => {
      reason.value = button.textContent.trim();
    });
  }
  byId("statement-sign").addEventListener("click", () => {
    const person = chosen;
    close();
    onDrawing(person);
  });
  byId("statement-close").addEventListener("click", close);
}

/**
 * @param {{name: string, time: string, state: string}} person
 * @param {() => void} onChoose
 */
function row({ name, time, state }, onChoose) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const about = document.createElement("small");
  button.type = "button";
  about.textContent = [time, state].filter(Boolean).join(" · ");
  button.append(name, about);
  button.addEventListener("click", onChoose);
  item.append(button);
  return item;
}

/** @param {string} id */
function byId(id) {
  return document.getElementById(id);
}
