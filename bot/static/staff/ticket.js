// A ticket: the check while a reply is typed, templates, the way back, who else is here.
const PULSE = 15_000;
const QUIET = 450; // ms without a key before the reply is checked
const BACK = "back";

export function startTicket(keys) {
  const page = document.querySelector("[data-ticket]");
  if (!page) return;
  const number = page.dataset.ticket;
  const back = document.querySelector("[data-back]");
  // the list as it was narrowed, also after a move: then the ticket itself is where one came from
  const from = document.referrer && new URL(document.referrer);
  if (from && from.origin === location.origin && from.pathname === "/staff/") sessionStorage.setItem(BACK, from.search);
  back.href += sessionStorage.getItem(BACK) ?? "";
  keys.u = () => location.assign(back.href);

  const form = document.querySelector("form[data-reply]");
  const area = form?.querySelector("textarea");
  if (form) startReply(form, area, keys);
  startPulse(page, number);
  // a refusal stands at its form, which may be far down: the eye is taken there
  document.querySelector(".work [role=alert], .side-column [role=alert]")?.scrollIntoView({ block: "center" });
}

function startReply(form, area, keys) {
  keys.r = () => { area.scrollIntoView({ block: "center" }); area.focus(); };

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
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(check, QUIET);
  });
  if (area.value) check();

  const choose = (event) => {
    const text = event.target.dataset.template;
    if (area.value.trim() && area.value !== text && !window.confirm("换成这段文字？已写的会被盖掉。")) return;
    area.value = text;
    area.focus();
    const gap = text.indexOf("＿＿");
    if (gap >= 0) area.setSelectionRange(gap, gap + 2);
    area.dispatchEvent(new Event("input", { bubbles: true }));
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
      if (answer.status === 401) return location.assign(`/staff/t/${number}`); // left alone too long: drafts are kept
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
