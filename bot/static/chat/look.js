/* Large type and theme: the reader's choice, kept in the browser. */

import { remember } from "./wire.js";

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

export function startLook(type, theme) {
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const isLarge = () => root.dataset.type === "large";
  const show = () => {
    type.setAttribute("aria-pressed", String(isLarge()));
    theme.setAttribute("aria-pressed", String(isDark()));
  };
  type.addEventListener("click", () => {
    root.dataset.type = isLarge() ? "usual" : "large";
    remember("msb-type", root.dataset.type);
    show();
  });
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember("msb-theme", root.dataset.theme);
    show();
  });
  dark.addEventListener("change", show);
  show();
}
