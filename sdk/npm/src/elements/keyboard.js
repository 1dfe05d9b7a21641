// How does somebody without a pointer read a chart? With the arrow keys, from place to place.

/** `say(at)` is the text of a place along the chart, spoken through the region `live`. */
export function walkable(stage, chart, live, say) {
  const count = chart.data.labels.length;
  let at = -1;

  function go(place) {
    at = Math.max(0, Math.min(count - 1, place));
    const active = chart.data.datasets.map((_, datasetIndex) => ({ datasetIndex, index: at }));
    chart.setActiveElements(active);
    const { x, y } = chart.getDatasetMeta(0).data[at]?.tooltipPosition?.() ?? { x: 0, y: 0 };
    chart.tooltip.setActiveElements(active, { x, y });
    chart.update("none");
    live.textContent = say(at);
  }

  function leave() {
    at = -1;
    chart.setActiveElements([]);
    chart.tooltip.setActiveElements([], { x: 0, y: 0 });
    chart.update("none");
    live.textContent = "";
  }

  stage.addEventListener("keydown", (event) => {
    const forward = getComputedStyle(stage).direction === "rtl" && chart.options.indexAxis === "x" ? -1 : 1;
    const places = {
      ArrowRight: at + forward,
      ArrowLeft: at < 0 ? 0 : at - forward,
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? 0 : at - 1,
      Home: 0,
      End: count - 1,
    };
    if (event.key in places) go(places[event.key]);
    else if (event.key === "Escape" && at >= 0) leave();
    else return;
    event.preventDefault();
  });
  stage.addEventListener("blur", () => at >= 0 && leave());
}
