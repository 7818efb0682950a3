"use strict";
// The world from above: /map gives shapes once a map, /states tells who is where. World frame: x east, y north, metres; shapes in centimetres.

const COLOURS = ["#4fa3ff", "#c08bff", "#45d0c8", "#9be15d", "#ffd84d", "#b9c0c5"]; // by kind: car, truck, bus, bicycle, pedestrian, obstacle
const FOLLOWED = "#ffa63d";
const LIGHTS = ["#ff4a3d", "#ffb000", "#30c06a", "#596168", "#596168"];
const NEAREST_PX_M = 60, CLOSE_PX_M = 9, CLICK_PX = 5, LEAST_PX = 9, SCALE_PX = 140;
const WANTED = new URLSearchParams(location.search).get("follow"); // a number, or a role such as hero

const canvas = document.getElementById("world"), pen = canvas.getContext("2d");
const list = document.getElementById("actors"), card = document.getElementById("card");
const view = { x: 0, y: 0, scale: 1 };
let map = null, state = null, episode = -1, asked = -1, followed = null, wished = WANTED, drawn = false;
const rows = new Map();

function fit() {
  const [left, bottom, right, top] = map.bounds, wide = innerWidth - 330, high = innerHeight - 110;
  view.scale = Math.min(wide / (right - left), high / (top - bottom)) * 0.96;
  view.x = (left + right) / 2 + 150 / view.scale;
  view.y = (bottom + top) / 2 + 20 / view.scale;
}

async function load(number) {
  asked = number;
  const found = await (await fetch("map?" + number)).json();
  found.paths = [];
  let last = null;
  for (const [look, closed, ...points] of found.shapes) {
    if (last === null || last.name !== look) found.paths.push(last = { name: look, look: found.looks[look], path: new Path2D() });
    last.path.moveTo(points[0] / 100, points[1] / 100);
    for (let k = 2; k < points.length; k += 2) last.path.lineTo(points[k] / 100, points[k + 1] / 100);
    if (closed) last.path.closePath();
  }
  map = found;
  episode = number;
  if (followed === null) fit();
  ask();
}

function told(message) {
  state = JSON.parse(message.data);
  if (state.episode !== asked) load(state.episode);
  if (wished !== null) {
    const found = state.actors.find(a => String(a[0]) === wished || a[9] === wished);
    if (found) { follow(found[0], true); wished = null; }
  }
  if (followed !== null && !state.actors.some(a => a[0] === followed)) follow(null);
  tell();
  ask();
}

function follow(number, close) {
  followed = number;
  if (number !== null && close) view.scale = Math.max(view.scale, CLOSE_PX_M);
  tell();
  ask();
}

function name(actor) { return actor[8].split(".").slice(1).join(" ").replaceAll("_", " "); }
function kmh(speed) { return Math.round(Math.abs(speed) * 3.6); }

function tell() {
  if (state === null) return;
  const facts = { map: state.map, time: state.seconds.toFixed(2) + " s", frame: state.frame, mode: state.synchronous ? "steps when told" : "runs by the clock" };
  document.getElementById("facts").replaceChildren(...Object.entries(facts).map(([key, value]) => {
    const item = document.createElement("li"), bold = document.createElement("b");
    bold.textContent = value;
    item.append(key, bold);
    return item;
  }));
  document.getElementById("count").textContent = state.actors.length;
  document.getElementById("empty").hidden = state.actors.length > 0;
  const present = new Set();
  for (const actor of state.actors) {
    present.add(actor[0]);
    let row = rows.get(actor[0]);
    if (!row) {
      const button = document.createElement("button"), mark = document.createElement("i"), word = document.createElement("span"), speed = document.createElement("b");
      word.textContent = actor[0] + "  " + name(actor) + (actor[9] && !["autopilot", "prop", "pedestrian"].includes(actor[9]) ? "  (" + actor[9] + ")" : "");
      button.append(mark, word, speed);
      button.onclick = () => follow(followed === actor[0] ? null : actor[0], true);
      const item = document.createElement("li");
      item.append(button);
      list.append(item);
      rows.set(actor[0], row = { item, button, mark, speed });
    }
    row.mark.style.background = actor[0] === followed ? FOLLOWED : COLOURS[actor[1]];
    row.speed.textContent = actor[1] === 5 ? "" : kmh(actor[7]);
    row.button.classList.toggle("on", actor[0] === followed);
  }
  for (const [number, row] of rows) if (!present.has(number)) { row.item.remove(); rows.delete(number); }
  const one = state.actors.find(a => a[0] === followed);
  card.hidden = !one;
  if (one) {
    card.querySelector("h2").textContent = name(one);
    card.querySelector(".kind").textContent = "actor " + one[0] + (one[9] ? ", " + one[9] : "");
    card.querySelector(".speed b").textContent = kmh(one[7]);
    const [x, y, yaw] = card.querySelectorAll("dd"); // as CARLA's clients have it
    x.textContent = one[2].toFixed(1) + " m";
    y.textContent = (-one[3]).toFixed(1) + " m";
    yaw.textContent = (-one[4] * 180 / Math.PI).toFixed(0) + "\u00b0";
  }
}

function ask() { if (!drawn) { drawn = true; requestAnimationFrame(draw); } }

function draw() {
  drawn = false;
  const ratio = devicePixelRatio;
  if (canvas.width !== innerWidth * ratio || canvas.height !== innerHeight * ratio) { canvas.width = innerWidth * ratio; canvas.height = innerHeight * ratio; }
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.fillStyle = map ? map.land : "#1b1f23";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  if (!map || !state) return;
  const one = state.actors.find(a => a[0] === followed);
  if (one) { view.x = one[2]; view.y = one[3]; }
  const scale = view.scale * ratio;
  pen.setTransform(scale, 0, 0, -scale, canvas.width / 2 - view.x * scale, canvas.height / 2 + view.y * scale);
  if (state.episode === episode) for (const { look, path } of map.paths) {
    pen.globalAlpha = look.opacity;
    if (look.fill) { pen.fillStyle = look.fill; pen.fill(path); }
    if (look.stroke) {
      pen.strokeStyle = look.stroke;
      pen.lineWidth = Math.max(look.width_m, look.width_px / view.scale * (look.width_m && view.scale < 3 ? view.scale / 3 : 1));
      pen.setLineDash(look.dash_m);
      pen.stroke(path);
    }
  }
  pen.globalAlpha = 1;
  pen.setLineDash([]);
  for (const [x, y, shown] of state.lights) {
    pen.beginPath();
    pen.arc(x, y, Math.max(0.9, 2.5 / view.scale), 0, 2 * Math.PI);
    pen.fillStyle = LIGHTS[shown];
    pen.fill();
  }
  for (const actor of state.actors) body(actor);
  ruler();
}

function body(actor) {
  const [number, kind, x, y, yaw] = actor, grow = Math.max(1, LEAST_PX / (view.scale * Math.max(actor[5], 1)));
  const long = actor[5] * grow / 2, wide = Math.max(actor[6], 0.5) * grow / 2;
  pen.save();
  pen.translate(x, y);
  pen.rotate(yaw);
  if (number === followed) {
    pen.beginPath();
    pen.arc(0, 0, long + Math.max(1.2, 6 / view.scale), 0, 2 * Math.PI);
    pen.strokeStyle = FOLLOWED;
    pen.lineWidth = 1.5 / view.scale;
    pen.stroke();
  }
  pen.beginPath();
  pen.roundRect(-long, -wide, 2 * long, 2 * wide, Math.min(long, wide) * 0.35);
  pen.fillStyle = number === followed ? FOLLOWED : COLOURS[kind];
  pen.fill();
  pen.strokeStyle = "#101316";
  pen.lineWidth = Math.min(0.15, 1 / view.scale);
  pen.stroke();
  if (kind < 4 && view.scale > 2) { // a windscreen says which way it looks
    pen.fillStyle = "#10131699";
    pen.beginPath();
    pen.moveTo(long * 0.3, -wide * 0.75);
    pen.lineTo(long * 0.55, -wide * 0.85);
    pen.lineTo(long * 0.55, wide * 0.85);
    pen.lineTo(long * 0.3, wide * 0.75);
    pen.fill();
  }
  pen.restore();
}

function ruler() {
  const most = SCALE_PX / view.scale, ten = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map(k => k * ten).find(m => m <= most);
  document.querySelector("#scale i").style.width = metres * view.scale + "px";
  document.querySelector("#scale b").textContent = metres + " m";
}

function place(event) { return [view.x + (event.clientX - innerWidth / 2) / view.scale, view.y - (event.clientY - innerHeight / 2) / view.scale]; }

let drag = null;
canvas.onpointerdown = event => { drag = { x: event.clientX, y: event.clientY, moved: false }; canvas.setPointerCapture(event.pointerId); };
canvas.onpointermove = event => {
  if (!drag) return;
  const dx = event.clientX - drag.x, dy = event.clientY - drag.y;
  if (!drag.moved && Math.hypot(dx, dy) < CLICK_PX) return;
  if (followed !== null) follow(null);
  canvas.classList.add("drag");
  view.x -= dx / view.scale;
  view.y += dy / view.scale;
  drag = { x: event.clientX, y: event.clientY, moved: true };
  ask();
};
canvas.onpointerup = event => {
  if (drag && !drag.moved && state) {
    const [x, y] = place(event), reach = Math.max(3, 12 / view.scale);
    const near = state.actors.map(a => [Math.hypot(a[2] - x, a[3] - y), a[0]]).sort((a, b) => a[0] - b[0])[0];
    follow(near && near[0] < reach ? near[1] : null, true);
  }
  drag = null;
  canvas.classList.remove("drag");
};
canvas.onwheel = event => {
  event.preventDefault();
  const [x, y] = place(event), least = map ? 200 / Math.max(map.bounds[2] - map.bounds[0], map.bounds[3] - map.bounds[1]) : 0.1;
  view.scale = Math.min(Math.max(view.scale * Math.exp(-event.deltaY / 500), least), NEAREST_PX_M);
  const [now_x, now_y] = place(event);
  view.x += x - now_x;
  view.y += y - now_y;
  ask();
};
document.onkeydown = event => {
  if (!state) return;
  const numbers = state.actors.filter(a => a[1] < 5).map(a => a[0]);
  if (event.key === "n" && numbers.length) follow(numbers[(numbers.indexOf(followed) + 1) % numbers.length], true);
  if (event.key === "m" && map) { follow(null); fit(); ask(); }
  if (event.key === "Escape") follow(null);
};
card.querySelector("button").onclick = () => follow(null);
onresize = ask;

const line = new EventSource("states");
line.onopen = () => { document.body.dataset.link = "up"; document.querySelector("#link span").textContent = "live"; };
line.onerror = () => { document.body.dataset.link = "lost"; document.querySelector("#link span").textContent = "the server is gone"; };
line.onmessage = told;
