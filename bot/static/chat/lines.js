/* The log: bubbles, answer cards, photos, and the buttons of the last turn. */

import { icon, make, press, when, withPhones } from "./make.js";
import { photo } from "./wire.js";

const PAUSE = 5 * 60000; // after it the time is said again

export class Log {
  constructor(root, onPress) {
    this.root = root;
    this.onPress = onPress;
    this.last = 0;
    this.marked = 0;
    this.echoes = new Map();
    this.labels = new Map();
  }

  /* The chat was erased: nothing of it stays on the page. What is still on its way does. */
  clear() {
    this.last = 0;
    this.marked = 0;
    this.labels.clear();
    for (const row of [...this.root.children]) {
      if (row.classList.contains("pending")) continue;
      for (const image of row.querySelectorAll("img")) URL.revokeObjectURL(image.src);
      row.remove();
    }
  }

  /* A line of the transcript. */
  add(line) {
    if (line.id <= this.last) return null;
    this.last = line.id;
    const mine = line.voice === "resident";
    const text = line.text || this.labels.get(line.button) || "";
    if (mine && !text && !line.photos.length && !line.location) return null;
    if (mine) this.settle();
    for (const button of line.buttons) this.labels.set(button.data, button.text);
    this.mark(line.at);
    const row = make("div", `line ${mine ? "me" : line.author ? "staff" : "bot"}`);
    if (!mine) row.append(this.face(line.author));
    const body = make("div", "body", make("span", "unseen", mine ? "您说：" : ""));
    if (line.author) body.append(make("p", "author", make("b", "", line.author), " 工作人员"));
    if (line.card) body.append(cardOf(line.card));
    else if (text) body.append(bubbleOf(text));
    if (line.location) body.append(bubbleOf("📍 我的位置"));
    if (line.photos.length) body.append(photosOf(line.photos));
    if (line.buttons.length) body.append(this.choices(line.buttons));
    row.append(body);
    this.place(row);
    return row;
  }

  /* Only the buttons after the resident's last words are good. */
  settle() {
    const keys = this.root.querySelector(".choices :focus-visible"); // who presses by keyboard must not fall off the page
    for (const old of this.root.querySelectorAll(".choices")) old.remove();
    if (keys) document.getElementById("words").focus();
  }

  /* 转人工 stands in the composer all the time: here only where there is nothing else. */
  choices(offered) {
    const others = offered.filter((button) => button.data !== "human");
    const buttons = others.length ? others : offered;
    const list = make("div", "choices");
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", "可以点的回答");
    if (buttons.some((button) => button.data.startsWith("useful:"))) {
      list.append(make("span", "ask", "这个回答有用吗？"));
    }
    for (const button of buttons) {
      const kind = KINDS.find(([pattern]) => pattern.test(button.data))?.[1] ?? "";
      list.append(press(button.text, `choice ${kind}`, () => this.onPress(button)));
    }
    return list;
  }

  /* What was just said, before the server has it. */
  echo(item) {
    if (this.echoes.has(item.id)) return;
    this.settle();
    this.mark(item.at);
    const body = make("div", "body");
    if (item.text) body.append(bubbleOf(item.text));
    if (item.location) body.append(bubbleOf("📍 我的位置"));
    if (item.pictures?.length) body.append(make("p", "bubble", `照片${item.pictures.length}张`));
    body.append(make("p", "time", "发送中…"));
    const row = make("div", "line me pending", body);
    this.echoes.set(item.id, row);
    this.root.append(row);
  }

  /* waiting or refused: said under the bubble. */
  note(item, text, refused) {
    this.echo(item);
    const row = this.echoes.get(item.id);
    row.classList.toggle("refused", refused);
    row.querySelector(".time").textContent = text;
  }

  sent(item) {
    this.echoes.get(item.id)?.remove();
    this.echoes.delete(item.id);
  }

  place(row) {
    const first = this.root.querySelector(".pending");
    if (first) first.before(row);
    else this.root.append(row);
  }

  mark(moment) {
    const at = Date.parse(moment);
    if (at - this.marked < PAUSE) return;
    this.marked = at;
    this.place(make("p", "day", when(moment)));
  }

  face(author) {
    const face = make("span", `face${author ? " person" : ""}`, author ? author.slice(0, 1) : icon("bolt", ""));
    face.setAttribute("aria-hidden", "true");
    return face;
  }
}

const KINDS = [
  [/^(confirm|solved:|held:|join:)/, "yes"],
  [/^(unsolved:|withdraw:|erase)/, "no"],
  [/^(human|cancel|none|skip|apart)$/, "quiet"],
  [/^useful:.*:1$/, "good"],
  [/^useful:/, "bad"],
  [/^rate:/, "rate"],
];

/* Several lines like “事项：……” are a receipt or a draft: their names stand out, to be read at a glance. */
const NAMED = /^([\u4e00-\u9fa5]{2,5})：(.+)$/;

function bubbleOf(text) {
  const lines = text.trim().split("\n").filter(Boolean);
  const list = lines.filter((line) => NAMED.test(line)).length > 1;
  return make("div", "bubble", ...lines.map((line) => paragraphOf(line, list)));
}

function paragraphOf(line, list) {
  const named = list ? NAMED.exec(line) : null;
  if (!named) return make("p", "", ...withPhones(line));
  const value = make("span", "", ...withPhones(named[2]));
  return make("p", "named", make("b", "", named[1]), make("span", "unseen", "："), value);
}

function cardOf(card) {
  const article = make("article", "card");
  article.append(make("h2", "", card.title), make("p", "card-lead", ...withPhones(card.lead)));
  const rows = make("dl", "card-rows");
  for (const { name, items } of card.rows) {
    const value = make("dd", "");
    if (items.length === 1) value.append(...withPhones(items[0]));
    else {
      const list = make(name === "怎么办" ? "ol" : "ul", "");
      list.append(...items.map((item) => make("li", "", ...withPhones(item))));
      value.append(list);
    }
    rows.append(make("div", "", make("dt", "", name), value));
  }
  if (card.rows.length) article.append(rows);
  const foot = make("div", "card-foot");
  for (const note of card.footnotes) foot.append(make("p", "", note));
  article.append(foot);
  return article;
}

function photosOf(names) {
  const shelf = make("div", "photos");
  for (const name of names) {
    const image = make("img", "");
    image.alt = "发送的照片";
    image.loading = "lazy";
    shelf.append(image);
    photo(name).then((address) => (image.src = address), () => image.replaceWith("（照片打不开）"));
  }
  return shelf;
}
