"""What does a browser find wrong with a page that is open? Each returns faults in words."""

from typing import Any, Final

from playwright.async_api import Page, ViewportSize

from deploy.embedded import browser

MODES: Final[dict[str, dict[str, Any]]] = {
    "light": {"scheme": "light", "width": 1280, "height": 900},
    "dark": {"scheme": "dark", "width": 1280, "height": 900},
    "320": {"scheme": "light", "width": 320, "height": 640},
    "320x256": {"scheme": "light", "width": 320, "height": 256},
}
PAPER: Final[ViewportSize] = {"width": 687, "height": 1000}
"""What is between the margins of a sheet of A4."""
TWICE: Final[ViewportSize] = {"width": 640, "height": 450}
"""A window of 1280 by 900 at 200 %; at 400 % it is the last of the modes."""
# axe cannot tell the colours of text in a picture (axe-core 1819), nor of text that is scrolled out
# of sight: `pictures` below looks at the first, and the second is the same in a wide window.
_AXE: Final = """
async () => {
  for (const closed of document.querySelectorAll("details")) closed.open = true;
  const found = await axe.run(document, {
    runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
                                    "best-practice"]},
    resultTypes: ["violations", "incomplete"]});
  const blind = "svg.app-svg, .app-document svg" + (innerWidth < 640 ? ", .app-scroll" : "");
  const undecided = ({rule, node}) => rule === "color-contrast"
      && document.querySelector(node.target[0])?.closest(blind);
  const said = (kind) => found[kind].flatMap((rule) => rule.nodes.map((node) =>
      ({rule: rule.id, node, words: `${kind} ${rule.id}: ${node.html.slice(0, 160)}`})));
  return [...said("violations"), ...said("incomplete").filter((one) => !undecided(one))]
      .map((one) => one.words);
}
"""
_PICTURES: Final = """
() => {
  const parts = (colour) => colour.match(/[0-9.]+/g).map(Number);
  const light = (colour) => { const [r, g, b] = parts(colour).slice(0, 3).map((v) => {
    v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ratio = (one, other) => { const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05); };
  const ground = (element) => { for (let e = element; e; e = e.parentElement) {
    const found = getComputedStyle(e).backgroundColor;
    if (parts(found).length < 4 || parts(found)[3] > 0) return found; }
    return "rgb(255, 255, 255)"; };
  const faults = [];
  for (const svg of document.querySelectorAll("svg.app-svg, .app-document svg")) {
    if (svg.getBoundingClientRect().width === 0) continue;
    const shown = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const paper = svg.querySelector("rect.paper");
    const under = paper ? getComputedStyle(paper).fill : ground(svg);
    for (const e of svg.querySelectorAll("text")) {
      const style = getComputedStyle(e), size = parseFloat(e.getAttribute("font-size")) * shown;
      const told = ratio(style.fill, under);
      if (told < 4.5) faults.push(`text "${e.textContent}" has contrast ${told.toFixed(2)}`);
      if (size < 11) faults.push(`text "${e.textContent}" is ${size.toFixed(1)} px`);
      const box = e.getBoundingClientRect(), frame = svg.getBoundingClientRect();
      if (box.left < frame.left - 1 || box.right > frame.right + 1)
        faults.push(`text "${e.textContent}" is cut off`);
    }
    for (const e of svg.querySelectorAll("polyline, circle, path, line, rect:not(.paper)")) {
      const style = getComputedStyle(e);
      const colour = style.fill !== "none" ? style.fill : style.stroke;
      const told = ratio(colour, under);
      if (told < 3) faults.push(`${e.getAttribute("class")} has contrast ${told.toFixed(2)}`);
    }
    const boxes = [...svg.querySelectorAll("text")].map(
        (e) => [e.textContent, e.getBoundingClientRect()]);
    boxes.forEach(([words, a], n) => boxes.slice(n + 1).forEach(([others, b]) => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1 && high > 4) faults.push(`"${words}" lies over "${others}"`);
    }));
  }
  return faults;
}
"""
_FOCUS: Final = """
() => {
  const faults = [];
  const look = (e) => { const s = getComputedStyle(e);
    return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.backgroundColor].join();
  };
  const around = (e) => e.closest(".govuk-radios__item, .govuk-checkboxes__item") ?? e;
  for (const closed of document.querySelectorAll("details")) closed.open = true;
  const stops = document.querySelectorAll(
      "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']");
  for (const e of stops) {
    if (e.disabled || e.getClientRects().length === 0) continue;
    document.activeElement.blur();
    const before = look(e);
    e.focus({focusVisible: true});
    const name = e.outerHTML.slice(0, 90);
    if (document.activeElement !== e) { faults.push(`${name} takes no focus`); continue; }
    if (look(e) === before && look(around(e)) === before)
      faults.push(`${name} does not show its focus`);
    const box = e.getClientRects()[0];
    const over = document.elementFromPoint(
        box.left + Math.min(box.width, 8) / 2, box.top + Math.min(box.height, 8) / 2);
    if (over && !e.contains(over) && !over.contains(e) && box.top >= 0 && box.bottom <= innerHeight)
      faults.push(`${name} is behind something when it has the focus`);
  }
  return faults;
}
"""


_SPACING: Final = """
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important;"
      + " word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"
      + " svg * { letter-spacing: normal !important; word-spacing: normal !important; }");
  document.adoptedStyleSheets = [sheet];
  const faults = [];
  for (const e of document.querySelectorAll("body *:not(svg, svg *, input, select, option)")) {
    const style = getComputedStyle(e);
    const cut = (way) => style[`overflow${way}`] === "hidden" || style[`overflow${way}`] === "clip";
    if (!e.clientWidth || e.closest(".govuk-visually-hidden, .govuk-skip-link")) continue;
    if ((cut("X") && e.scrollWidth > e.clientWidth + 1)
        || (cut("Y") && e.scrollHeight > e.clientHeight + 1))
      faults.push(`cut off: ${e.outerHTML.slice(0, 90)}`);
  }
  return faults;
}
"""
_PRINTED: Final = """
() => {
  const shown = (e) => e.getClientRects().length > 0;
  const faults = [...document.querySelectorAll(
      ".govuk-service-navigation, .app-filter, .app-toolbar, .app-skip-table, main .govuk-button")]
      .filter(shown).map((e) => `on paper: ${e.outerHTML.slice(0, 90)}`);
  for (const table of document.querySelectorAll("details:not(:has(form)) table"))
    if (!shown(table)) faults.push(`not on paper: ${table.caption.textContent}`);
  return faults;
}
"""
_OWN_COLOURS: Final = """
() => [...document.querySelectorAll(".govuk-button, .govuk-input, .govuk-select, .govuk-textarea,"
    + " .app-card, .app-badge, .app-alert")]
    .filter((e) => e.getClientRects().length > 0)
    .filter((e) => { const style = getComputedStyle(e);
        return !["Top", "Right", "Bottom", "Left"].some((side) =>
            parseFloat(style[`border${side}Width`]) > 0
            && style[`border${side}Style`] !== "none"); })
    .map((e) => `no border in one's own colours: ${e.outerHTML.slice(0, 90)}`)
"""


async def set_mode(page: Page, mode: str) -> None:
    """Show a page in light or dark colours at a size."""
    told = MODES[mode]
    await page.emulate_media(color_scheme=told["scheme"])
    await page.set_viewport_size({"width": told["width"], "height": told["height"]})


async def bring_axe(page: Page) -> None:
    """Put axe-core beside the page, its policy in force (a script tag would be stopped)."""
    await page.evaluate(browser.axe().read_text(encoding="utf-8") + ";0")


async def axe(page: Page) -> list[str]:
    """All that axe-core finds, and what it cannot decide but for the two kinds above."""
    found: list[str] = await page.evaluate(_AXE)
    return found


async def reflow(page: Page) -> list[str]:
    """Whether the page runs off the screen sideways."""
    over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{over} px too wide"] if over > 0 else []


async def pictures(page: Page) -> list[str]:
    """Of pictures: contrast, the size of text, what is cut off and what lies over what."""
    found: list[str] = await page.evaluate(_PICTURES)
    return found


async def focus(page: Page) -> list[str]:
    """Whether everything that takes the focus shows it, and nothing hides it."""
    found: list[str] = await page.evaluate(_FOCUS)
    return found


async def elsewise(page: Page) -> dict[str, list[str]]:
    """What is wrong in one's own colours, at twice the size, on paper and with text spaced out."""
    found = {}
    await set_mode(page, "light")
    await page.emulate_media(forced_colors="active")
    found["own colours"] = [*await pictures(page), *await page.evaluate(_OWN_COLOURS)]
    await page.emulate_media(forced_colors="none", media="print")
    await page.set_viewport_size(PAPER)
    found["paper"] = [*await reflow(page), *await page.evaluate(_PRINTED)]
    await page.emulate_media(media="screen")
    await page.set_viewport_size(TWICE)
    found["twice the size"] = [*await reflow(page), *await pictures(page)]
    for mode in ("light", "320"):
        await set_mode(page, mode)
        found[f"spaced out, {mode}"] = [*await page.evaluate(_SPACING), *await reflow(page)]
    await page.evaluate("document.adoptedStyleSheets = []")
    return {way: faults for way, faults in found.items() if faults}
