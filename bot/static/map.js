// The map looks again every minute, and prints itself. Without this file it is a page like any other.
const EVERY = 60_000;

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

window.addEventListener("beforeprint", () => { // on paper nobody can open what is folded
  for (const part of document.querySelectorAll(".sheet details")) part.open = true;
});

async function lookAgain() {
  const map = document.getElementById("map");
  if (!map || document.hidden || map.contains(document.activeElement)) return;
  const open = [...map.querySelectorAll("details")].map((part) => part.open);
  const answer = await fetch(location.href, { headers: { "x-fragment": "1" } });
  if (answer.status === 401) return location.reload();
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("map");
  if (!fresh) return;
  fresh.querySelectorAll("details").forEach((part, at) => { part.open = open[at] ?? false; });
  map.replaceWith(fresh);
}

setInterval(() => lookAgain().catch(() => {}), EVERY);
