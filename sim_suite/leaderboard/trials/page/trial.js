
// The choice among heat maps. Without it all are shown, one below the other.
for (const maps of document.querySelectorAll(".maps")) {
  const choice = maps.querySelector("select");
  const figures = [...maps.querySelectorAll("figure")];
  const show = () => figures.forEach((figure, place) => (figure.hidden = place !== choice.selectedIndex));
  choice.addEventListener("change", show);
  choice.closest("label").hidden = false;
  show();
}
