/* Small words for building the page: text goes in as text, never as HTML. */

export function make(name, className = "", ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export function icon(name, className = "icon") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export function press(text, className, act) {
  const button = make("button", className, text);
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

const zone = { timeZone: "Asia/Shanghai" };
const day = new Intl.DateTimeFormat("zh-CN", { ...zone, year: "numeric", month: "numeric", day: "numeric" });
const clock = new Intl.DateTimeFormat("zh-CN", { ...zone, hour: "2-digit", minute: "2-digit", hour12: false });
const short = new Intl.DateTimeFormat("zh-CN", { ...zone, month: "long", day: "numeric", weekday: "short" });

/* 今天09:30, 明天17:00, 11月27日周五17:00 */
export function when(moment) {
  const at = new Date(moment);
  const apart = Math.round((new Date(day.format(at)) - new Date(day.format(new Date()))) / 86400000);
  const named = { "-1": "昨天", 0: "今天", 1: "明天" }[apart];
  return `${named ?? short.format(at)} ${clock.format(at)}`;
}

/* Phone numbers in a text become links, house numbers do not: 12345, 110, 024-12345678, 13800000000. */
const PHONE = /(?<![\d-])(12[0-9]{3}|11[09]|12[02]|1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?![\d-]|[号楼栋室户单米元天人个])/g;

export function withPhones(text) {
  const parts = text.split(PHONE);
  return parts.map((part, index) => {
    if (index % 2 === 0) return document.createTextNode(part);
    const link = make("a", "", part);
    link.href = `tel:${part.replace(/-/g, "")}`;
    return link;
  });
}
