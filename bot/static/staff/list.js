// The list: choose, walk by keys, refresh every ten seconds without losing what was chosen.
const EVERY = 10_000;

export function startList(keys) {
  const live = document.getElementById("live");
  const table = () => document.querySelector("table.tickets");
  if (!table() && !live) return;
  const rows = () => [...document.querySelectorAll("tr.ticket")];
  const chosen = new Set();
  let here = null;

  // -- walking --------------------------------------------------------------------------------------
  const mark = () => {
    for (const row of rows()) row.classList.toggle("here", row.dataset.number === here);
  };
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.dataset.number === here);
    const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
    here = next.dataset.number;
    mark();
    next.scrollIntoView({ block: "nearest" });
    next.querySelector(".matter a").focus({ preventScroll: true });
  };
  keys.j = () => step(1);
  keys.k = () => step(-1);
  keys.x = () => {
    const box = document.querySelector(`tr.ticket[data-number="${here}"] input[type=checkbox]`);
    if (box) box.click();
  };
  keys.Enter = (event) => {
    if (event.target.closest("a, button, summary") || !here) return false;
    location.assign(`/staff/t/${here}`);
  };
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr.ticket");
    if (!row || event.target.closest("a, label, input, button") || String(getSelection())) return;
    location.assign(`/staff/t/${row.dataset.number}`);
  });

  // -- choosing -------------------------------------------------------------------------------------
  const batch = document.getElementById("batch");
  const boxes = () => [...document.querySelectorAll("tr.ticket input[name=number]")];
  const show = () => {
    if (!batch) return;
    batch.hidden = chosen.size === 0;
    batch.querySelector("[data-count]").textContent = `已选${chosen.size}张`;
    for (const box of boxes()) {
      box.checked = chosen.has(box.value);
      box.closest("tr").classList.toggle("picked", box.checked);
    }
    const all = document.querySelector("[data-pick-all]");
    if (all) {
      all.checked = chosen.size > 0 && boxes().every((box) => box.checked);
      all.indeterminate = chosen.size > 0 && !all.checked;
    }
  };
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches("[data-pick-all]")) {
      for (const each of boxes()) box.checked ? chosen.add(each.value) : chosen.delete(each.value);
    } else if (box.matches("tr.ticket input[name=number]")) {
      box.checked ? chosen.add(box.value) : chosen.delete(box.value);
    } else if (box.form?.matches("[data-filters]")) {
      box.form.requestSubmit();
      return;
    } else return;
    show();
  });
  batch?.querySelector("[data-pick-none]").addEventListener("click", () => { chosen.clear(); show(); });
  for (const plain of document.querySelectorAll("[data-plain]")) plain.hidden = true;

  // -- fresh ----------------------------------------------------------------------------------------
  if (!live) return;
  const path = live.dataset.live;
  // the answer to a batch is a list too: reloading it must not send the batch again
  if (location.pathname.endsWith("/batch")) history.replaceState(null, "", live.dataset.here);
  let shown = null;
  const refresh = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(path, { headers: { "x-fragment": "1" } });
      if (answer.status === 401) return location.reload();
      if (!answer.ok) return;
      const html = await answer.text();
      if (html === shown) return;
      shown = html;
      const focused = document.activeElement?.closest?.("tr.ticket")?.dataset.number;
      live.innerHTML = html;
      const present = new Set(boxes().map((box) => box.value));
      for (const number of [...chosen]) if (!present.has(number)) chosen.delete(number);
      show();
      mark();
      if (focused) {
        document.querySelector(`tr.ticket[data-number="${focused}"] .matter a`)?.focus({ preventScroll: true });
      }
    } catch { /* the network is away; the next round asks again */ }
  };
  setInterval(refresh, EVERY);
  document.addEventListener("visibilitychange", refresh);
}
