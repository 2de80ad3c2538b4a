/* The residents' chat: what was said comes from the server's transcript, what is being said from the queue. */

import { Attachments } from "./chat/attach.js";
import { Log } from "./chat/lines.js";
import { startLook } from "./chat/look.js";
import { showTickets } from "./chat/mine.js";
import { Queue } from "./chat/queue.js";
import { linesAfter, recall, remember, Refusal, tickets } from "./chat/wire.js";

const VISIBLE = 3000;
const HIDDEN = 30000;
const by = (id) => document.getElementById(id);
const [scroll, words, state, newer, typing] = ["scroll", "words", "state", "newer", "typing"].map(by);
const title = document.title;

const log = new Log(by("log"), pressed);
const queue = new Queue(tell);
const attachments = new Attachments({ list: by("attached"), file: by("file"), say: announce });

/* -- saying --------------------------------------------------------------------------------------- */

function speak(message) {
  const audience = recall("msb-audience");
  queue.add({ ...message, ...(audience ? { audience } : {}) });
}

function pressed(button) {
  log.labels.set(button.data, button.text);
  if (button.data.startsWith("add:")) words.focus();
  speak({ button: button.data, text: button.text });
  closeMine();
}

async function send() {
  const text = words.value.trim();
  const { pictures, location } = await attachments.take();
  if (!text && !pictures.length && !location) return words.focus();
  words.value = "";
  grow();
  return speak({ text, pictures, ...(location ? { location } : {}) });
}

async function tell(item, progress, detail) {
  if (progress === "waiting") {
    log.note(item, detail ?? "等待发送", false);
    announce(detail ?? "");
    typing.hidden = true;
  } else if (progress === "sending") {
    log.note(item, "发送中…", false);
    typing.hidden = false;
  } else if (progress === "refused") {
    log.note(item, `没发出去：${detail}`, true);
    announce(detail);
    typing.hidden = true;
  } else {
    announce("");
    await listen(item);
    typing.hidden = true;
    if (detail.ticket) refreshMine();
    return;
  }
  toEnd();
}

function announce(text) {
  state.textContent = text;
}

/* -- listening ------------------------------------------------------------------------------------ */

let timer = 0;
let failures = 0;
let unread = 0;

/* `sent`: its echo gives way to the transcript's own line. */
async function listen(sent) {
  clearTimeout(timer);
  try {
    let page;
    do {
      page = await linesAfter(log.last);
      if (page.erased) {
        log.clear();
        page = await linesAfter(0);
        refreshMine();
      }
      if (sent) log.sent(sent);
      show(page.messages);
    } while (page.more);
    if (failures) announce("");
    failures = 0;
  } catch (error) {
    failures += 1;
    if (!(error instanceof Refusal)) announce(navigator.onLine ? "" : "现在没有网络。写好的话会先存着，连上后自动发送。");
  }
  const pause = document.hidden ? HIDDEN : VISIBLE;
  timer = setTimeout(poll, Math.min(pause * 2 ** Math.min(failures, 4), HIDDEN));
}

function poll() {
  if (queue.running) timer = setTimeout(poll, VISIBLE);
  else listen();
}

function show(lines) {
  const follow = atEnd();
  const before = log.last;
  const rows = lines.map((line) => log.add(line));
  if (!lines.some((line, index) => rows[index] && line.voice !== "resident")) return;
  const first = rows.find((row) => row !== null);
  if (document.hidden && before) {
    unread += 1;
    document.title = `（${unread}条新消息）${title}`;
  }
  if (lines.some((line) => line.ticket)) refreshMine();
  if (follow || !before) toEnd(before ? first : null);
  else newer.hidden = false;
}

const atEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;

/* The end, but never past the beginning of what is new: a long card is read from its top. */
function toEnd(first) {
  newer.hidden = true;
  if (!log.root.childElementCount) return;
  const said = first ?? [...log.root.querySelectorAll(".line.me")].pop() ?? log.root.lastElementChild;
  const top = said.getBoundingClientRect().top - scroll.getBoundingClientRect().top + scroll.scrollTop - 12;
  scroll.scrollTop = Math.min(top, scroll.scrollHeight - scroll.clientHeight);
}

/* -- my tickets ----------------------------------------------------------------------------------- */

const mine = by("mine");
const wide = matchMedia("(min-width: 62rem)");
let asked = 0;

async function refreshMine() {
  const turn = ++asked;
  try {
    const list = await tickets();
    if (turn !== asked) return;
    showTickets(by("mine-list"), list, pressed);
    const open = list.filter((ticket) => !["archived", "withdrawn", "merged", "declined", "redirected", "closed"].includes(ticket.state)).length;
    by("mine-count").textContent = open;
    by("mine-count").hidden = !open;
  } catch {
    if (!by("mine-list").childElementCount) by("mine-list").textContent = "现在连不上，稍后再看。";
  }
}

function openMine() {
  document.body.classList.add("showing-mine");
  by("open-mine").setAttribute("aria-expanded", "true");
  by("talk").inert = !wide.matches;
  refreshMine();
  by("close-mine").focus();
}

function closeMine() {
  const was = document.body.classList.contains("showing-mine");
  document.body.classList.remove("showing-mine");
  by("open-mine").setAttribute("aria-expanded", "false");
  by("talk").inert = false;
  if (was) by("open-mine").focus();
}

/* -- wiring --------------------------------------------------------------------------------------- */

function grow() {
  words.rows = Math.min(6, Math.max(1, words.value.split("\n").length, Math.ceil(words.value.length / 18)));
}

by("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
words.addEventListener("input", grow);
words.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  }
});
by("human").addEventListener("click", () => pressed({ data: "human", text: "转人工" }));
by("photo").addEventListener("click", () => attachments.choose());
by("place").addEventListener("click", () => attachments.locate());
newer.addEventListener("click", () => toEnd(log.root.lastElementChild));
by("open-mine").addEventListener("click", () => (document.body.classList.contains("showing-mine") ? closeMine() : openMine()));
by("close-mine").addEventListener("click", closeMine);
wide.addEventListener("change", closeMine);
document.addEventListener("keydown", (event) => event.key === "Escape" && closeMine());
for (const chip of document.querySelectorAll(".chip")) {
  chip.addEventListener("click", () => speak({ text: chip.dataset.says }));
}
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unread = 0;
  document.title = title;
  poll();
});
window.addEventListener("online", poll);
window.addEventListener("offline", () => announce("现在没有网络。写好的话会先存着，连上后自动发送。"));
setInterval(() => document.hidden || refreshMine(), 60000);

startLook(by("type"), by("theme"));
startAudience();
for (const item of queue.items) tell(item, "waiting");
listen().then(() => queue.flush());
refreshMine();
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => undefined);

function startAudience() {
  const tabs = [...document.querySelectorAll("[data-audience]")];
  const choose = (audience) => {
    for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.dataset.audience === audience));
    for (const part of document.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== audience;
  };
  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      remember("msb-audience", tab.dataset.audience);
      choose(tab.dataset.audience);
    });
  }
  choose(recall("msb-audience") ?? "citizen");
}
