// Shows the values of all labels at the step under the pointer. The page reads in full without it.
"use strict";

const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 5 });

for (const drawing of document.querySelectorAll(".drawing")) {
  const chart = drawing.querySelector("svg.chart");
  const reading = drawing.querySelector(".reading");
  const { low, high, lines } = JSON.parse(chart.dataset.curves);
  const rule = document.createElementNS("http://www.w3.org/2000/svg", "line");
  const plot = chart.querySelector(".curves");
  rule.setAttribute("class", "pointer");
  rule.setAttribute("y1", plot.getAttribute("y"));
  rule.setAttribute("y2", Number(plot.getAttribute("y")) + Number(plot.getAttribute("height")));

  chart.addEventListener("pointermove", (event) => {
    const box = chart.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const step = low + share * (high - low);
    for (const end of ["x1", "x2"]) rule.setAttribute(end, `${100 * share}%`);
    chart.append(rule);
    reading.replaceChildren(row("step", short.format(Math.round(step))), ...lines.map((line) => entry(line, step)));
    reading.hidden = false;
    const left = event.clientX - box.left + 14;
    reading.style.left = `${left + reading.offsetWidth > box.width ? Math.max(0, left - 28 - reading.offsetWidth) : left}px`;
  });
  chart.addEventListener("pointerleave", () => {
    rule.remove();
    reading.hidden = true;
  });
}

// The record nearest to the step, of a line that has one there.
function entry(line, step) {
  const { steps, values } = line;
  if (step < steps[0] || step > steps.at(-1)) return row(line.label, "–");
  const nearest = steps.reduce((best, s, i) => (Math.abs(s - step) < Math.abs(steps[best] - step) ? i : best), 0);
  const [point, from, to] = values[nearest];
  return row(line.label, short.format(point), from === undefined ? "" : `[${short.format(from)}, ${short.format(to)}]`);
}

function row(name, value, bounds = "") {
  const line = document.createElement("div");
  for (const [tag, text] of [["span", name], ["b", value], ["small", bounds]]) {
    if (text) line.append(Object.assign(document.createElement(tag), { textContent: text }));
  }
  return line;
}
