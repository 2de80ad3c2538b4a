/* 我的诉求: every ticket as a timeline, with the person, the deadline and what can be done now. */

import { make, press, when, withPhones } from "./make.js";

const NEXT = {
  replied: [["解决了", "solved", "yes"], ["没办好", "unsolved", "no"]],
  closed: [["没办好，重办", "unsolved", "no"]],
};
const OPEN = [["催一下", "urge", ""], ["补充", "add", ""], ["撤回", "withdraw", "quiet"]];
const IS_OPEN = ["received", "dispatched", "signed", "in_progress", "awaiting", "parked"];

export function showTickets(root, tickets, onPress) {
  const opened = new Set(
    [...root.querySelectorAll("details[open]")].map((box) => box.closest("article").dataset.number),
  );
  if (!tickets.length) {
    root.replaceChildren(
      make(
        "div", "empty",
        make("p", "empty-title", "还没有诉求"),
        make("p", "", "把事情说给我听，立了工单就会出现在这里：谁来办、什么时候答复、办到哪一步，一目了然。"),
      ),
    );
    return;
  }
  root.replaceChildren(...tickets.map((ticket) => articleOf(ticket, onPress, opened.has(ticket.number))));
}

function articleOf(ticket, onPress, opened) {
  const article = make("article", `ticket${ticket.overdue ? " late" : ""}`);
  article.dataset.number = ticket.number;
  const tags = make("p", "tags", make("span", `tag state-${ticket.state}`, ticket.state_name));
  if (ticket.urgent) tags.append(make("span", "tag urgent", "急件"));
  if (ticket.reader === "follower") tags.append(make("span", "tag", "一起关注"));
  if (ticket.left) tags.append(make("span", `tag ${ticket.overdue ? "over" : "left"}`, ticket.left));
  article.append(
    make("header", "ticket-head", make("p", "ticket-no", ticket.number), make("h3", "ticket-name", ticket.category), tags),
    stepsOf(ticket.stages),
  );
  const facts = make("dl", "facts");
  facts.append(...factsOf(ticket).map(([name, value]) => make("div", "", make("dt", "", name), make("dd", "", value))));
  article.append(facts);
  if (ticket.events.length) article.append(eventsOf(ticket.events, opened));
  const actions = ticket.reader === "owner" ? (NEXT[ticket.state] ?? (IS_OPEN.includes(ticket.state) ? OPEN : [])) : [];
  if (actions.length) {
    const list = make("div", "actions");
    for (const [text, name, kind] of actions) {
      const button = { text, data: `${name}:${ticket.number}` };
      list.append(press(text, `choice ${kind}`, () => onPress(button)));
    }
    article.append(list);
  }
  return article;
}

function factsOf(ticket) {
  const facts = [["由谁办", `${ticket.unit}，${ticket.person}`], ["由谁查", ticket.checker]];
  if (ticket.location) facts.push(["地点", ticket.location]);
  if (ticket.finish_by) facts.push(["答复时限", `${when(ticket.finish_by)}前`]);
  if (ticket.promised_by) facts.push(["改到", `${when(ticket.promised_by)}前`]);
  if (ticket.code) facts.push(["查询码", ticket.code]);
  return facts;
}

function stepsOf(stages) {
  const list = make("ol", "steps");
  const words = { done: "，已完成", now: "，进行中", todo: "", dropped: "" };
  for (const stage of stages) {
    const item = make("li", stage.progress);
    if (stage.progress === "now") item.setAttribute("aria-current", "step");
    const at = stage.at ? when(stage.at) : stage.due_at ? `${when(stage.due_at)}前` : "";
    item.append(
      make("span", "step-name", stage.name, make("span", "unseen", words[stage.progress])),
      make("span", "step-more", [stage.progress === "todo" ? "" : stage.who, at].filter(Boolean).join(" ")),
    );
    list.append(item);
  }
  return list;
}

function eventsOf(events, opened) {
  const list = make("ol", "events");
  for (const event of events) {
    const head = make("p", "event-head", make("b", "", event.name), " ", make("span", "", event.who), " ", make("time", "", when(event.at)));
    const item = make("li", "", head);
    if (event.text) item.append(make("p", "event-text", ...withPhones(event.text)));
    list.append(item);
  }
  const box = make("details", "history", make("summary", "", "办理过程"), list);
  box.open = opened;
  return box;
}
