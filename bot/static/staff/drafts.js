// What is half written in any form of a ticket outlives a reload, an ended session and another move.
const SENT = "draft:sent";

export function startDrafts() {
  const here = new URL(location.href);
  if (here.searchParams.has("done")) { // a move was made: what was sent for it is no draft any more
    sessionStorage.removeItem(sessionStorage.getItem(SENT) ?? "");
    here.searchParams.delete("done"); // a reload must not drop what is written after it
    history.replaceState(history.state, "", here);
  }
  sessionStorage.removeItem(SENT);
  const page = document.querySelector("[data-ticket]");
  if (!page) return;
  // a refusal is the answer to a form: reloading it must not send the form again
  if (here.pathname.endsWith("/move")) history.replaceState(null, "", `/staff/t/${page.dataset.ticket}`);
  const forms = [...page.querySelectorAll("form")].filter((form) => form.elements.event && written(form).length);
  for (const form of forms) startForm(form, `draft:${page.dataset.member}:${page.dataset.ticket}:${form.elements.event.value}`);
}

function startForm(form, key) {
  const fields = written(form);
  const read = () => Object.fromEntries(fields.map((field) => [field.name, valueOf(field)]));
  const fresh = JSON.stringify(read());
  const drawer = form.closest("details.move");
  const kept = sessionStorage.getItem(key);
  const refused = drawer ? drawer.open : fields.some((field) => field.value); // it came back filled in
  if (kept && !refused) {
    const values = JSON.parse(kept);
    for (const field of fields) setValue(field, values[field.name] ?? valueOf(field));
    for (let up = drawer; up; up = up.parentElement.closest("details")) up.open = true;
  }
  const changed = () => {
    const now = JSON.stringify(read());
    if (now === fresh && !refused) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, now);
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) sessionStorage.setItem(SENT, key);
  });
}

const written = (form) => [...form.elements].filter((field) => field.matches("textarea, select, input:not([type=hidden])"));
const valueOf = (field) => (field.type === "checkbox" ? field.checked : field.value);
const setValue = (field, value) => {
  if (field.type === "checkbox") field.checked = value;
  else field.value = value;
};
