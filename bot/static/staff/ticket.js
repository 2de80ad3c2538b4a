// A ticket: the check while a reply is typed, templates, kept drafts, who else is here.
const PULSE = 15_000;
const QUIET = 450; // ms without a key before the reply is checked

export function startTicket(keys) {
  const page = document.querySelector("[data-ticket]");
  if (!page) return;
  const number = page.dataset.ticket;
  const back = document.querySelector("[data-back]");
  if (document.referrer.startsWith(`${location.origin}/staff/?`)) back.href = document.referrer;
  keys.u = () => location.assign(back.href);

  const form = document.querySelector("form[data-reply]");
  const area = form?.querySelector("textarea");
  const draft = `draft:${number}`;
  if (page.dataset.done === "1") sessionStorage.removeItem(draft);
  if (form) startReply(form, area, draft, keys);
  startPulse(page, number);
  // a refusal stands at its form, which may be far down: the eye is taken there
  document.querySelector(".work [role=alert], .side-column [role=alert]")?.scrollIntoView({ block: "center" });
}

function startReply(form, area, draft, keys) {
  keys.r = () => { area.scrollIntoView({ block: "center" }); area.focus(); };
  if (!area.value) area.value = sessionStorage.getItem(draft) ?? "";

  const out = document.getElementById("reply-check");
  let timer = 0;
  let asked = 0;
  const check = async () => {
    const mine = ++asked;
    const body = new FormData(form);
    body.set("number", form.dataset.reply);
    try {
      const answer = await fetch("/staff/check", { method: "POST", body, headers: { "x-fragment": "1" } });
      if (!answer.ok) return;
      const html = await answer.text();
      if (mine === asked) out.innerHTML = html;
    } catch { /* the desk checks again when it is sent */ }
  };
  const changed = () => {
    if (area.value) sessionStorage.setItem(draft, area.value);
    else sessionStorage.removeItem(draft);
    clearTimeout(timer);
    timer = setTimeout(check, QUIET);
  };
  area.addEventListener("input", changed);
  if (area.value) check();

  const choose = (event) => {
    const text = event.target.dataset.template;
    if (area.value.trim() && area.value !== text && !window.confirm("换成这段文字？已写的会被盖掉。")) return;
    area.value = text;
    area.focus();
    const gap = text.indexOf("＿＿");
    if (gap >= 0) area.setSelectionRange(gap, gap + 2);
    changed();
  };
  for (const button of document.querySelectorAll("[data-template]")) button.addEventListener("click", choose);
  for (const part of document.querySelectorAll("[data-templates], [data-plain-js]")) part.hidden = false;
  // Tab walks from gap to gap while there are any
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.shiftKey) return;
    const gap = area.value.indexOf("＿＿", area.selectionEnd);
    if (gap < 0) return;
    event.preventDefault();
    area.setSelectionRange(gap, gap + 2);
  });
}

function startPulse(page, number) {
  const out = document.getElementById("pulse");
  const moved = document.getElementById("moved");
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(`/staff/t/${number}/pulse`, { headers: { "x-fragment": "1" } });
      if (answer.status === 401) return location.reload(); // left alone too long: the draft is kept
      if (!answer.ok) return;
      const holder = document.createElement("template");
      holder.innerHTML = (await answer.text()).trim();
      const fresh = holder.content.firstElementChild;
      if (out.innerHTML.trim() !== fresh.innerHTML.trim()) out.innerHTML = fresh.innerHTML;
      moved.hidden = fresh.dataset.version === page.dataset.version;
    } catch { /* the next round asks again */ }
  };
  setInterval(ask, PULSE);
}
