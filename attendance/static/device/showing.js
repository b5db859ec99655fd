/** What the page says of the device itself: whose it is, how old the list is, what is not sent yet. */
import { countPeople, likeliestTarget } from "./day.js";
import { fill, fillCounted, sayHour } from "./saying.js";

const byId = (id) => document.getElementById(id);

/** @param {Map<string, string>} words @param {import("./store.js").Identity} identity */
export function showOwner(words, { name, organisation }) {
  byId("owner").textContent = fill(words, "owner", { device: name, organisation });
}

/**
 * @param {Map<string, string>} words
 * @param {string} language
 * @param {import("./day.js").Day|null} day
 * @param {boolean} isDeleted
 */
export function showList(words, language, day, isDeleted) {
  if (!day) {
    byId("list-said").textContent = words.get(isDeleted ? "list_deleted" : "list_none");
    return;
  }
  const at = sayHour(day.fetchedAt, language);
  byId("list-said").textContent = fillCounted(words, "list", countPeople(day), language, { at });
}

/**
 * The doors of the list; the one that was chosen stays chosen while it is there.
 * @param {Map<string, string>} words
 * @param {import("./day.js").Day|null} day
 * @param {{target: string, kind: string, label: string}|undefined} chosen
 */
export function showTargets(words, day, chosen) {
  const select = byId("target");
  const targets = day?.list.targets ?? [];
  const isDesk = ({ target }) => target.startsWith("desk:");
  const lists = [
    group(words.get("desks"), targets.filter(isDesk)),
    group(words.get("half_days"), targets.filter((one) => !isDesk(one))),
  ];
  const isThere = targets.some(({ target }) => target === chosen?.target);
  // Without a list the device stays where it was put.
  if (!day && chosen?.target) lists.push(group("", [{ target: chosen.target, label: chosen.label }]));
  select.replaceChildren(...lists.filter((list) => list.children.length > 0));
  select.value = isThere || !day ? (chosen?.target ?? "") : likeliestTarget(day, new Date());
  const kind = chosen?.kind === "departure" ? "departure" : "arrival";
  document.querySelector(`input[name=kind][value=${kind}]`).checked = true;
}

function group(label, targets) {
  const list = document.createElement("optgroup");
  list.label = label;
  list.append(...targets.map((one) => new Option(one.label, one.target)));
  return list;
}

/** @param {boolean} isRevoked */
export function showRevoked(isRevoked) {
  byId("revoked").hidden = !isRevoked;
}

/**
 * @param {Map<string, string>} words
 * @param {string} language
 * @param {import("../scanner/stage.js").Stage} stage
 * @param {{isOnline: boolean, unsent: number}} state
 */
export function showNetwork(words, language, stage, { isOnline, unsent }) {
  const counted = unsent === 0 ? words.get("all_sent") : fillCounted(words, "unsent", unsent, language);
  const state = isOnline ? "online" : "offline";
  stage.showNetwork(state, fill(words, "state", { state: words.get(state), unsent: counted }));
  byId("revoked-unsent").textContent = counted;
}
