// The page of a map: moving about, pointing at things, searching. No library, no request, no storage.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id);
const stage = $("stage"), map = $("map"), tip = $("tip");
const MARGIN = 0.15;            // how much of the window the drawing reaches beyond it on each side, as in page.css
const SETTLE_MS = 110;          // after this long without a movement the drawing is made anew, sharp
const CLOSEST = 2, FARTHEST = 3; // pixels a centimetre; how many times larger than the whole map

// ---- where we look: centre in centimetres of the drawing, zoom in pixels a centimetre ----
const view = { x: 0, y: 0, k: 1 };
let drawn = { ...view };        // the view that the SVG was last laid out for
let settle = 0;

const windowSize = () => [stage.clientWidth, stage.clientHeight];
function free() {               // the part of the window that no panel covers: left, top, width, height
  const [width, height] = windowSize();
  const top = document.querySelector("header").getBoundingClientRect().bottom, aside = document.querySelector("aside").getBoundingClientRect();
  return width > 760 ? [0, top, aside.left, height - top] : [0, top, width, Math.max(aside.top - top, height / 3)];
}
function fit(box, share = 0.9) {
  const [left, top, wide, high] = free(), [width, height] = windowSize();
  view.k = Math.min(wide * share / Math.max(box[2], 1), high * share / Math.max(box[3], 1));
  view.x = box[0] + box[2] / 2 + (width / 2 - left - wide / 2) / view.k;
  view.y = box[1] + box[3] / 2 + (height / 2 - top - high / 2) / view.k;
}
function limit() {
  const [width, height] = windowSize();
  const whole = Math.min(width / data.box[2], height / data.box[3]);
  view.k = Math.min(Math.max(view.k, whole / FARTHEST), Math.max(CLOSEST, whole));
  const across = width / view.k / 2, down = height / view.k / 2;  // some of the map stays in the window
  view.x = Math.min(Math.max(view.x, data.box[0] - across * 0.8), data.box[0] + data.box[2] + across * 0.8);
  view.y = Math.min(Math.max(view.y, data.box[1] - down * 0.8), data.box[1] + data.box[3] + down * 0.8);
}
function draw() {               // lay the SVG out for the view
  clearTimeout(settle);
  settle = 0;
  drawn = { ...view };
  const [width, height] = windowSize(), share = 1 + 2 * MARGIN;
  const w = width * share / view.k, h = height * share / view.k;
  map.setAttribute("viewBox", `${view.x - w / 2} ${view.y - h / 2} ${w} ${h}`);
  map.style.setProperty("--u", 1 / view.k);
  map.style.transform = "";
  const scale = view.k * 100;
  for (const group of map.querySelectorAll("[data-level]")) group.style.display = data.scales[group.dataset.level] <= scale * 1.001 || group.dataset.level === "0" ? "" : "none";
  for (const group of map.querySelectorAll("[data-from]")) group.style.display = +group.dataset.from <= scale ? "" : "none";
  rule();
}
function move() {               // shift what is drawn, and draw anew when it rests or its margin is used up
  limit();
  const [width, height] = windowSize(), ratio = view.k / drawn.k;
  const dx = (drawn.x - view.x) * view.k, dy = (drawn.y - view.y) * view.k;
  if (Math.abs(dx) > width * MARGIN || Math.abs(dy) > height * MARGIN || ratio > 1.7 || ratio < 0.75) return draw();
  const left = width / 2 + MARGIN * width, top = height / 2 + MARGIN * height;  // the window's middle within the SVG
  map.style.transform = `translate(${dx + left * (1 - ratio)}px, ${dy + top * (1 - ratio)}px) scale(${ratio})`;
  clearTimeout(settle);
  settle = setTimeout(draw, SETTLE_MS);
}
function zoom(factor, px, py) { // the point under (px, py) stays where it is
  const [width, height] = windowSize();
  px ??= width / 2;
  py ??= height / 2;
  const x = view.x + (px - width / 2) / view.k, y = view.y + (py - height / 2) / view.k;
  view.k *= factor;
  limit();
  view.x = x - (px - width / 2) / view.k;
  view.y = y - (py - height / 2) / view.k;
  move();
}
function whole() { fit(data.box, 1); limit(); draw(); }
function rule() {               // the scale bar: 1, 2 or 5 times a power of ten, at most 140 pixels
  const most = 140 / (view.k * 100), power = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].find(digit => digit * power <= most) * power;
  document.querySelector("#bar i").style.width = `${metres * view.k * 100}px`;
  document.querySelector("#bar b").textContent = metres >= 1000 ? `${metres / 1000} km` : `${+metres.toPrecision(1)} m`;
}

// ---- mouse, touch, wheel, keys ----
const fingers = new Map();
let travelled = 0;
stage.addEventListener("pointerdown", event => {
  fingers.set(event.pointerId, [event.clientX, event.clientY]);
  travelled = fingers.size > 1 ? 99 : 0;
});
addEventListener("pointermove", event => {
  const before = fingers.get(event.pointerId);
  if (!before) { if (event.target.closest?.("#stage")) point(event); return; }
  const old = [...fingers.values()];
  fingers.set(event.pointerId, [event.clientX, event.clientY]);
  const now = [...fingers.values()], count = now.length;
  const middle = list => [list.reduce((sum, p) => sum + p[0], 0) / count, list.reduce((sum, p) => sum + p[1], 0) / count];
  const [a, b] = [middle(old), middle(now)];
  travelled += Math.abs(event.clientX - before[0]) + Math.abs(event.clientY - before[1]);
  if (travelled < 4) return;
  stage.classList.add("moving");
  tip.hidden = true;
  view.x -= (b[0] - a[0]) / view.k;
  view.y -= (b[1] - a[1]) / view.k;
  if (count === 2) {
    const apart = list => Math.hypot(list[0][0] - list[1][0], list[0][1] - list[1][1]);
    zoom(apart(now) / Math.max(apart(old), 1), b[0], b[1]);
  } else move();
});
function lift(event) {
  const held = fingers.delete(event.pointerId);
  if (!fingers.size) stage.classList.remove("moving");
  if (held && event.type === "pointerup" && travelled < 4) {
    const thing = thingAt(event.target);
    pick(thing);
  }
}
addEventListener("pointerup", lift);
addEventListener("pointercancel", lift);
stage.addEventListener("pointerleave", () => { tip.hidden = true; show("hover", null); });
stage.addEventListener("wheel", event => {
  event.preventDefault();
  const lines = event.deltaMode === 1 ? 18 : 1;
  zoom(Math.exp(-Math.max(-180, Math.min(180, event.deltaY * lines)) * 0.0022), event.clientX, event.clientY);
}, { passive: false });
stage.addEventListener("dblclick", event => zoom(2, event.clientX, event.clientY));
addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") { pick(null); stage.focus(); $("query").value = ""; $("found").replaceChildren(); return; }
  if (event.target.closest("input, button, summary")) return;
  const [width, height] = windowSize(), step = 0.12;
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (moves[event.key]) {
    view.x += moves[event.key][0] * step * width / view.k;
    view.y += moves[event.key][1] * step * height / view.k;
    move();
  } else if (event.key === "+" || event.key === "=") zoom(1.4);
  else if (event.key === "-") zoom(1 / 1.4);
  else if (event.key === "0" || event.key === "Home") whole();
  else if (event.key === "/") $("query").focus();
  else return;
  event.preventDefault();
});
$("closer").onclick = () => zoom(1.6);
$("farther").onclick = () => zoom(1 / 1.6);
$("all").onclick = whole;
$("theme").onclick = () => {
  const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
};
addEventListener("resize", draw);
for (const box of document.querySelectorAll("[data-layer]")) box.onchange = () => {
  for (const group of map.querySelectorAll(`.L-${box.dataset.layer}`)) group.classList.toggle("off", !box.checked);
  for (const group of map.querySelectorAll(".off")) group.setAttribute("visibility", "hidden");
  for (const group of map.querySelectorAll("[visibility]:not(.off)")) group.removeAttribute("visibility");
};

// ---- what things are ----
const laneName = i => { const l = data.lanes[i]; return `${data.roads[l[0]][0]}/${l[1]}/${l[2]}`; };
const side = (i, own) => i < 0 ? "" : data.kinds[data.lanes[i][3]] + (data.lanes[i][4] === own ? "" : ", oncoming");
const lanesOf = list => list.map(i => ["l" + i, laneName(i)]);
const describe = {
  l(i) {
    const l = data.lanes[i], road = data.roads[l[0]];
    const change = ["none", "left", "right", "left and right"][l[13]];
    return [`lane ${laneName(i)}`, data.kinds[l[3]], [
      ["road", [["r" + l[0], road[0] + (road[1] ? ` (${road[1]})` : "")]]], ["section", l[1]], ["lane", l[2]], ["kind", data.kinds[l[3]]],
      ["direction", l[4] > 0 ? "with rising s" : "against s"], ["junction", l[5] < 0 ? "" : [["j" + l[5], data.junctions[l[5]][0]]]],
      ["length", `${l[6]} m`], ["width", `${l[7]} m`], ["speed limit", l[8] && `${l[8]} km/h`], ["leads to", lanesOf(l[9])],
      ["comes from", lanesOf(l[10])], ["left of it", l[11] < 0 ? "" : [["l" + l[11], `${laneName(l[11])} ${side(l[11], l[4])}`]]],
      ["right of it", l[12] < 0 ? "" : [["l" + l[12], `${laneName(l[12])} ${side(l[12], l[4])}`]]], ["lane change", change]]];
  },
  r(i) {
    const r = data.roads[i], own = data.lanes.flatMap((l, k) => l[0] === i ? [k] : []);
    return [`road ${r[0]}`, r[1], [["name", r[1]], ["type", r[2]], ["traffic", r[3] === "LHT" ? "keeps left" : "keeps right"], ["length", `${r[4]} m`], ["lanes", lanesOf(own)]]];
  },
  j(i) {
    const j = data.junctions[i];
    return [`junction ${j[0]}`, j[1], [["name", j[1]], ["type", j[2]], ["roads", j[3].map(id => { const k = data.roads.findIndex(r => r[0] === id); return k < 0 ? ["", id] : ["r" + k, id]; })], ["connections", j[4]], ["light groups", j[5].join(", ")]]];
  },
  s(i) {
    const s = data.signals[i];
    return [`signal ${s[0]}`, s[1] + (s[4] === null ? "" : ` ${s[4]} km/h`), [["kind", s[1]], ["catalogue", s[2]], ["text", s[3]], ["value", s[4] === null ? "" : `${s[4]} km/h`],
      ["road", s[5] < 0 ? "" : [["r" + s[5], data.roads[s[5]][0]]]], ["at s", `${s[6]} m`], ["light group", s[7]], ["holds lanes", lanesOf(s[8])]]];
  },
  c(i) { const c = data.crosswalks[i]; return [`crosswalk ${i}`, `${c[0]} m`, [["walk", `${c[0]} m`], ["lanes", lanesOf(c[1])]]]; },
  p(i) { const p = data.props[i]; return [p[0], "", [["kind", p[0]], ["size", `${p[1]} × ${p[2]} m`], ["height", `${p[3]} m`], ["road", p[4] < 0 ? "" : [["r" + p[4], data.roads[p[4]][0]]]]]]; },
};
const tell = thing => describe[thing[0]](+thing.slice(1));
const thingAt = target => { const e = target.closest?.("#map [id]"); return e && /^[ljscp]\d+$/.test(e.id) ? e.id : null; };

// ---- pointing and picking ----
function outlineOf(thing) {     // path data of a thing in the drawing's own units
  if (thing[0] === "r") return data.lanes.map((l, i) => l[0] === +thing.slice(1) ? $("l" + i)?.getAttribute("d") ?? "" : "").join("");
  const element = $(thing);
  if (!element) return "";
  if (element.tagName === "path") return element.getAttribute("d");
  const { e, f } = element.transform.baseVal.consolidate().matrix, r = Math.max(140, 13 / view.k);
  return `M${e - r} ${f}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
}
const show = (id, path) => path ? $(id).setAttribute("d", path) : $(id).removeAttribute("d");
function point(event) {
  const [width, height] = windowSize();
  const x = data.origin[0] + (view.x + (event.clientX - width / 2) / view.k) / 100, y = data.origin[1] - (view.y + (event.clientY - height / 2) / view.k) / 100;
  $("where").textContent = `x ${x.toFixed(1)}  y ${y.toFixed(1)} m`;
  const thing = thingAt(event.target);
  show("hover", thing && outlineOf(thing));
  tip.hidden = !thing;
  if (!thing) return;
  const [title, sub, rows] = tell(thing);
  const bold = document.createElement("b"), lines = [sub];
  bold.textContent = title;
  if (thing[0] === "l") lines.push(rows[7][1] + " wide" + (rows[8][1] ? `, ${rows[8][1]}` : ""), rows[9][1].length ? `leads to ${rows[9][1].slice(0, 4).map(r => r[1]).join(", ")}${rows[9][1].length > 4 ? ", ..." : ""}` : "");
  tip.replaceChildren(bold, ...lines.filter(Boolean).flatMap(line => [line, document.createElement("br")]).slice(0, -1));
  tip.style.left = `${Math.min(event.clientX + 14, width - tip.offsetWidth - 6)}px`;
  tip.style.top = `${event.clientY + 18 + tip.offsetHeight > height ? event.clientY - tip.offsetHeight - 10 : event.clientY + 18}px`;
}
function pick(thing) {
  $("about").hidden = !thing;
  show("picked", thing && outlineOf(thing));
  show("follow", thing?.[0] === "l" ? data.lanes[+thing.slice(1)][9].map(i => outlineOf("l" + i)).join("") : null);
  if (!thing) return;
  const [title, , rows] = tell(thing);
  const head = document.createElement("h2"), list = document.createElement("dl"), close = document.createElement("button");
  head.textContent = title;
  Object.assign(close, { className: "close", type: "button", textContent: "✕", ariaLabel: "Close", onclick: () => pick(null) });
  for (const [term, value] of rows) {
    if (value === "" || value == null || Array.isArray(value) && !value.length) continue;
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = term;
    if (Array.isArray(value)) for (const [target, text] of value.slice(0, 40)) {
      const link = document.createElement(target ? "button" : "span");
      link.textContent = text + " ";
      if (target) Object.assign(link, { type: "button", onclick: () => go(target) });
      dd.append(link);
    } else dd.textContent = value;
    list.append(dt, dd);
  }
  $("about").replaceChildren(close, head, list);
}
function go(thing) {            // bring a thing into the window and pick it
  pick(thing);
  if (!$("picked").hasAttribute("d")) return;
  const box = $("picked").getBBox(), wide = Math.max(box.width, 2500), high = Math.max(box.height, 2500);
  fit([box.x + (box.width - wide) / 2, box.y + (box.height - high) / 2, wide, high], 0.75);
  limit();
  draw();
  pick(thing);
}

// ---- searching ----
const index = [
  ...data.roads.map((r, i) => ["r" + i, "road", r[0], r[1]]), ...data.junctions.map((j, i) => ["j" + i, "junction", j[0], j[1]]),
  ...data.signals.map((s, i) => ["s" + i, "signal", s[0], s[1]]), ...data.lanes.map((l, i) => ["l" + i, "lane", laneName(i), data.kinds[l[3]]]),
];
function search() {
  const words = $("query").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const kinds = words.filter(word => ["road", "junction", "signal", "lane"].includes(word)), ids = words.filter(word => !kinds.includes(word));
  const scored = !words.length ? [] : index.flatMap((entry, place) => {
    if (kinds.length && !kinds.includes(entry[1])) return [];
    let score = 0;
    for (const word of ids) {
      const id = entry[2].toLowerCase(), name = entry[3].toLowerCase();
      const one = id === word ? 3 : id.startsWith(word) ? 2 : id.includes(word) || name.includes(word) ? 1 : 0;
      if (!one) return [];
      score += one;
    }
    return [[score, place, entry]];
  }).sort((a, b) => b[0] - a[0] || a[1] - b[1]).slice(0, 9);
  const rows = scored.map(([, , entry]) => {
    const row = document.createElement("li"), button = document.createElement("button");
    button.type = "button";
    button.textContent = `${entry[1]} ${entry[2]}${entry[3] ? ` (${entry[3]})` : ""}`;
    button.onclick = () => { go(entry[0]); $("found").replaceChildren(); };
    row.append(button);
    return row;
  });
  if (words.length && !rows.length) rows.push(Object.assign(document.createElement("li"), { className: "none", textContent: "nothing has this id" }));
  $("found").replaceChildren(...rows);
}
$("query").oninput = search;
$("find").onsubmit = event => { event.preventDefault(); document.querySelector("#found button")?.click(); };

if (innerWidth < 760) $("legend-box").open = false;
whole();
