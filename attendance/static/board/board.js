// The live board asks for itself every five seconds, by the ETag of what it shows. Without an answer it says so.

const EVERY = 5000;
const live = document.getElementById("live");
const stale = document.getElementById("stale");
let shown = null;

async function refresh() {
  try {
    const headers = shown === null ? {} : { "If-None-Match": shown };
    const answer = await fetch(live.dataset.source, { cache: "no-store", headers, redirect: "manual", signal: AbortSignal.timeout(4000) });
    if (answer.status === 200) {
      shown = answer.headers.get("ETag");
      live.innerHTML = await answer.text();
    }
    stale.hidden = answer.status === 200 || answer.status === 304;
  } catch {
    stale.hidden = false;
  }
  setTimeout(refresh, EVERY);
}

setTimeout(refresh, EVERY);
