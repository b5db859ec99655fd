// The room's screen asks for the present code when a step ends. The server says how many seconds that takes, so that
// this computer's clock decides nothing; without an answer the old code is covered, because it is no longer good.

const AGAIN = 3; // seconds, while the network is away
const LONGEST = 60;

function secondsOf(room) {
  const told = Number(room.dataset.seconds);
  return told >= 1 && told <= LONGEST ? told : LONGEST;
}

async function fresh() {
  const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(8000) });
  const text = await answer.text();
  const page = new DOMParser().parseFromString(text, "text/html");
  return { isGone: !answer.ok && answer.status < 500, room: answer.ok ? page.getElementById("room") : null };
}

function cover(room) {
  room.classList.add("is-stale");
  room.querySelector(".stale").hidden = false;
}

async function renew() {
  const room = document.getElementById("room");
  let next = null;
  try {
    const told = await fresh();
    if (told.isGone) {
      location.reload(); // the link was withdrawn, or is over: the page says so
      return;
    }
    next = told.room;
  } catch {
    next = null;
  }
  if (next === null) {
    cover(room);
    setTimeout(renew, AGAIN * 1000);
    return;
  }
  room.replaceWith(next);
  setTimeout(renew, secondsOf(next) * 1000);
}

setTimeout(renew, secondsOf(document.getElementById("room")) * 1000);
