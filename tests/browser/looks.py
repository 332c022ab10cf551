"""A page in one theme at one width, and what can be wrong with it there: one call a question."""

from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Page

# All that a reader meets, without what is said in another language on purpose: keys, names, addresses.
WORDS = r"""() => {
  const named = ":is([aria-label], [title], [placeholder]):not([translate=no])";
  const marked = [...document.querySelectorAll(named)];
  // Not `e.title`: of a form, that is its field of this name.
  const read = (e) => ["aria-label", "title", "placeholder"].map((name) => e.getAttribute(name) ?? "");
  const attributes = marked.map((e) => read(e).join(" "));
  const meant = [...document.querySelectorAll("kbd, [translate=no], .slug")];
  const names = new Set(meant.flatMap((e) => e.innerText.match(/[A-Za-z]{2,}/g) ?? []));
  const said = [document.body.innerText, ...attributes].join(" ");
  const foreign = said.replace(/[A-Za-z]{2,}/g, (word) => (names.has(word) ? "" : word));
  return [foreign, document.documentElement.lang];
}"""
# Not amid a change from one theme's colours to the other's.
BARRIERS = """async (options) => {
  const changes = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.allSettled(changes.map((one) => one.finished));
  const { violations } = await axe.run(options);
  return violations.flatMap(
    ({ id, nodes }) => nodes.slice(0, 2).map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}"""
WIDER = """(width) => document.documentElement.scrollWidth > width ? [`wider than ${width} px`] : []"""
# What a small screen cuts off. A box that scrolls sideways says so by fading at its edge (phone.css).
MISFITS = r"""() => {
  const screen = document.documentElement.clientWidth;
  const faults = [];
  const say = (what, element) => faults.push(`${what}: ${element.outerHTML.slice(0, 120)}`);

  const styles = new Map();
  const style = (e) => styles.get(e) ?? styles.set(e, getComputedStyle(e)).get(e);
  // For a screen reader, or until it has the focus.
  const unseen = (e) => style(e).clipPath !== "none" || e.classList.contains("skip");
  const fades = (e) => parseFloat(style(e).getPropertyValue("--fade-end")) > 0;
  const told = (e) => fades(e) || style(e).textOverflow === "ellipsis";

  const walk = (element, edge) => {
    const s = style(element);
    if (s.display === "none" || s.visibility === "hidden" || unseen(element)) return;
    const box = element.getBoundingClientRect();
    if (edge && box.width && s.display !== "contents" && (box.right > screen + 1 || box.left < -1)) {
      say("sticks out of the screen", element);
      return;
    }
    if (s.overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1 && box.width) {
      const hides = edge && !told(element) && element.checkVisibility();
      if (hides) say("hides a part and does not say so", element);
      edge = false;
    }
    if (element instanceof SVGElement || element.matches("textarea, select")) return;
    for (const child of element.children) walk(child, edge);
  };
  walk(document.body, true);

  // Where the browser itself broke a text, with fewer than four characters before the break.
  const BLOCKS = "td, th, dt, dd, li, p";
  const range = document.createRange();
  for (const block of document.querySelectorAll(`main :is(${BLOCKS})`)) {
    if (!block.checkVisibility({ visibilityProperty: true }) || block.closest(".hidden-visually")) continue;
    const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    for (let text; (text = texts.nextNode()); ) {
      const parent = text.parentElement;
      if (text.data.trim().length < 4 || parent.closest(BLOCKS) !== block || unseen(parent)) continue;
      range.selectNodeContents(text);
      if (new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size < 2) continue;
      const lines = [];
      for (let n = 0; n < text.length; n++) {
        range.setStart(text, n);
        range.setEnd(text, n + 1);
        const box = range.getBoundingClientRect();
        if (!box.width) continue;
        const last = lines.at(-1);
        if (last && Math.abs(last.top - box.top) < 3) last.said += text.data[n];
        else lines.push({ top: box.top, left: box.left, said: text.data[n], ends: n });
      }
      const start = Math.min(...lines.map((line) => line.left));
      const narrow = lines.find(
        (line, n) =>
          n < lines.length - 1 &&
          line.said.trim().length < 4 &&
          (n > 0 || line.left < start + 2) &&
          !/\n/.test(text.data.slice(0, lines[n + 1].ends).slice(line.ends)),
      );
      if (narrow) say(`breaks after "${narrow.said}"`, block);
    }
  }
  return faults.slice(0, 12);
}"""


@dataclass(frozen=True)
class Look:
    theme: Literal["light", "dark"]
    width: int
    # The rules of axe that are asked: what a look cannot change needs asking in one look only.
    rules: tuple[str, ...] = ()

    def put_on(self, page: Page) -> None:
        page.set_viewport_size({"width": self.width, "height": 800})
        page.emulate_media(color_scheme=self.theme)

    def words(self, page: Page) -> tuple[str, str]:
        """All that the page says, and the language it says it in."""
        said, lang = page.evaluate(WORDS)
        return said, lang

    def wider(self, page: Page) -> list[str]:
        found: list[str] = page.evaluate(WIDER, self.width)
        return found

    def misfits(self, page: Page) -> list[str]:
        found = self.wider(page)
        return found + page.evaluate(MISFITS) if self.width < 640 else found

    def barriers(self, page: Page) -> list[str]:
        # What is right need not be listed, which takes half as long again.
        options: dict[str, object] = {"resultTypes": ["violations"]}
        if self.rules:
            options["runOnly"] = {"type": "rule", "values": list(self.rules)}
        found: list[str] = page.evaluate(BARRIERS, options)
        return found


BY_LOOK = ("color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size")
LOOKS = (Look("dark", 360, BY_LOOK), Look("light", 1280))
