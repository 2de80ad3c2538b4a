// The staff's pages work without this file; it adds refresh, keys, the check of a reply and kept drafts.
import { startDrafts } from "/static/staff/drafts.js";
import { startList } from "/static/staff/list.js";
import { startTicket } from "/static/staff/ticket.js";

for (const form of document.querySelectorAll("form[data-sure]")) {
  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.sure)) event.preventDefault();
  });
}

// a second press of a button must not send a form twice
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
  setTimeout(() => delete event.target.dataset.sent, 4000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

const help = document.getElementById("help");
const openHelp = () => help?.showModal();
document.querySelector("[data-help]")?.addEventListener("click", openHelp);

const menu = document.querySelector(".me");
document.addEventListener("click", (event) => {
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});

const typing = (target) => target.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
const keys = { "?": openHelp, "/": () => document.getElementById("find")?.focus() };

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target) || help?.open) return;
  const act = keys[event.key];
  if (act && act(event) !== false) event.preventDefault();
});

// a link from another site comes without the strict cookie: ask again from here, where it is sent
const door = document.querySelector("[data-login]");
if (door) {
  fetch("/staff/hello", { headers: { "x-fragment": "1" } })
    .then((answer) => { if (answer.status === 204) location.replace(door.dataset.login); })
    .catch(() => {});
}

startList(keys);
startDrafts();
startTicket(keys);
