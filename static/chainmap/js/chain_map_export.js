// What is seen, as files: an SVG that needs nothing else (its colours written out), and a PNG of it.
import { lookOf, marksOf } from "./chain_map_look.js";
import { escaped, SvgRenderer } from "./chain_map_svg.js";

const STRIP = 46;

/** The rules of the page that colour a map, with every variable written out as the probe sees it. */
function stylesFor(probe) {
  const computed = getComputedStyle(probe);
  const written = (text) => text.replace(/var\((--[\w-]+)(?:,\s*([^)]*))?\)/g, (_, name, otherwise) => computed.getPropertyValue(name).trim() || otherwise || "");
  const rules = [];
  const collect = (list) => {
    for (const rule of list) {
      if (rule.selectorText && rule.selectorText.includes(".cm-")) rules.push(written(rule.cssText).replaceAll(".chain-map ", ""));
      else if (rule.media && matchMedia(rule.media.mediaText).matches && !rule.media.mediaText.includes("print")) collect(rule.cssRules);
    }
  };
  for (const sheet of document.styleSheets) {
    try { collect(sheet.cssRules); } catch { /* a sheet of somewhere else */ }
  }
  return `${rules.join("\n")}\ntext{font-family:"Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif}`;
}

/** The key to the colours, the name and the day, below the picture. */
function strip(view, width, y) {
  const { words } = view;
  let x = 16;
  let text = "";
  for (const band of [4, 3, 2, 1, 0, "assumed"]) {
    const label = words(band === "assumed" ? "legend_assumed" : `band_${band}`);
    const tone = band === "assumed" ? "cm-assumed" : `cm-band-${band}`;
    let marks = "";
    for (let index = 0; index < 4 - band; index += 1) marks += `M${x + 18 - (4 - band) * 2 + index * 4} ${y + 9}v10`;
    text += `<path class="cm-link cm-loud ${tone}" d="M${x} ${y + 14}h30" stroke-width="5"/>${marks ? `<path class="cm-cuts cm-loud ${tone}" d="${marks}"/>` : ""}`;
    text += `<text class="cm-name" x="${x + 36}" y="${y + 18}" font-size="11">${escaped(label)}</text>`;
    x += 48 + [...label].length * 6;
  }
  const there = new Set(view.layout.links.map((link) => link.drawn));
  for (const style of ["both", "one", "others"].filter((one) => there.has(one))) {
    const label = words(`legend_drawn_${style}`);
    const d = `M${x} ${y + 14}h30`;
    text += `<g style="--cm-pixel: .6"><path class="cm-drawn-bed" d="${d}" style="stroke-width: 9px"/><path class="cm-link cm-drawn cm-drawn-${style}" d="${d}" style="stroke-width: 3px"/></g>`;
    text += `<text class="cm-name" x="${x + 36}" y="${y + 18}" font-size="11">${escaped(label)}</text>`;
    x += 48 + [...label].length * 6;
  }
  const day = new Date().toLocaleDateString(document.documentElement.lang || undefined, { year: "numeric", month: "long", day: "numeric" });
  const title = `${view.model.data.name || ""} · ${day}`;
  return `${text}<text class="cm-name" x="16" y="${y + 38}" font-size="11">${escaped(title)}</text>`;
}

export function pictureText(view, { paper = false } = {}) {
  const host = document.createElement("div");
  const probe = document.createElement("div");
  probe.className = paper ? "chain-map cm-paper" : "chain-map";
  probe.hidden = true;
  probe.style.setProperty("--cm-pixel", Math.max(1, 1 / view.zoom.k));
  document.body.append(probe);
  const styles = stylesFor(probe);
  const ground = getComputedStyle(probe).getPropertyValue("--cm-paper").trim();
  probe.remove();
  const renderer = new SvgRenderer(host, view.words);
  renderer.draw(view.layout, { ...lookOf(view), plain: true, marks: { ...marksOf(view), hovered: null, current: null } });
  const { x, y, k } = view.zoom;
  renderer.settle(k);
  const [width, height] = [view.stage.clientWidth, view.stage.clientHeight].map(Math.round);
  const inner = renderer.svg.innerHTML.replaceAll("\u00a0", " ");
  const wide = Math.max(width, 760);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${height + STRIP}" width="${wide}" height="${height + STRIP}">` +
    `<title>${escaped(view.model.data.name || "")}</title><style>${escaped(styles)}</style><rect width="100%" height="100%" fill="${ground}"/>` +
    `<svg x="0" y="0" width="${width}" height="${height}"><g class="${renderer.svg.getAttribute("class")}" transform="translate(${x} ${y}) scale(${k})">${inner}</g></svg>` +
    `<rect x="0" y="${height}" width="100%" height="${STRIP}" fill="${ground}"/>${strip(view, wide, height)}</svg>`;
}

export function asAddress(text) {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
}

/** A PNG of the picture, twice as fine as the screen. */
export async function pngOf(text) {
  const image = new Image();
  image.src = asAddress(text);
  await image.decode();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: image.naturalWidth * 2, height: image.naturalHeight * 2 });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
