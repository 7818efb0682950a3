// Sorting of the overview tables, playing of clips, and opening of details for print. The page reads in full without it.
"use strict";

for (const table of document.querySelectorAll("table.overview")) {
  const headings = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];

  headings.forEach((heading, column) => {
    const button = heading.querySelector("button");
    button.addEventListener("click", () => {
      const numeric = button.dataset.kind === "number";
      const current = heading.getAttribute("aria-sort");
      const first = numeric ? "descending" : "ascending";
      const other = numeric ? "ascending" : "descending";
      const order = current === first ? other : first;
      for (const each of headings) each.setAttribute("aria-sort", each === heading ? order : "none");
      sortRows(body, column, numeric, order === "ascending" ? 1 : -1);
    });
  });
}

// Rows without a value come last in either order; equal ones keep their places.
function sortRows(body, column, numeric, sign) {
  const key = (row) => row.cells[column].dataset.value;
  const compare = (a, b) => {
    if (a === "" || b === "") return (a === "") - (b === "");
    return sign * (numeric ? Number(a) - Number(b) : a.localeCompare(b, "en", { numeric: true }));
  };
  body.append(...[...body.rows].sort((a, b) => compare(key(a), key(b))));
}

// A browser's own controls hide half of a small clip: a button over the whole picture plays and pauses it instead.
for (const video of document.querySelectorAll(".screen video")) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-label", `Play ${video.getAttribute("aria-label")}`);
  const show = () => button.setAttribute("aria-pressed", String(!video.paused));
  button.addEventListener("click", () => (video.paused ? video.play() : video.pause()));
  for (const event of ["play", "pause"]) video.addEventListener(event, show);
  video.controls = false;
  video.after(button);
  show();
}

window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});
