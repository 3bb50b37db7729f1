// Faster with scripts, never dependent on them.
(() => {
  "use strict";

  // A chart from the table beside it: <div class="chart" data-chart="table-id"></div>; the first column names
  // the bars, columns whose header has data-series are the series.
  const draw = () => {
    if (!window.echarts) return;
    for (const place of document.querySelectorAll("[data-chart]:not([data-drawn])")) {
      const table = document.getElementById(place.dataset.chart);
      const heads = [...table.tHead.rows[0].cells];
      const rows = [...table.tBodies[0].rows];
      const css = getComputedStyle(document.documentElement);
      place.style.height = place.dataset.kind === "line" ? "260px" : `${Math.max(300, 60 + 22 * rows.length)}px`;
      const lines = place.dataset.kind === "line";
      const series = heads.map((head, index) => ({ head, index })).filter(({ head }) => head.dataset.series);
      const names = rows.map((row) => (row.cells[0].querySelector("a") ?? row.cells[0]).textContent.trim());
      const chart = window.echarts.init(place);
      chart.setOption({
        animation: false,
        textStyle: { fontFamily: css.getPropertyValue("--sans") },
        tooltip: { trigger: "axis", axisPointer: { type: lines ? "line" : "shadow" } },
        legend: { top: 0, type: "scroll" },
        grid: { left: 8, right: 24, top: 34, bottom: 4, containLabel: true },
        xAxis: lines ? { type: "category", data: names, boundaryGap: false } : { type: "value" },
        yAxis: lines ? { type: "value", minInterval: 1 } : { type: "category", inverse: true, data: names, axisLabel: { interval: 0, width: 150, overflow: "truncate" } },
        series: series.map(({ head, index }) => ({
          name: head.textContent.trim(), ...(lines ? { type: "line" } : { type: "bar", stack: "all", barMaxWidth: 16 }),
          itemStyle: { color: css.getPropertyValue(`--${head.dataset.series}`).trim() },
          data: rows.map((row) => Number(row.cells[index].textContent.trim()) || 0),
        })),
      });
      place.dataset.drawn = "1";
      window.addEventListener("resize", () => chart.resize());
    }
  };

  // j and k go through a list, o opens (as Enter does by itself), x ticks the row's box.
  const walk = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !["j", "k", "o", "x"].includes(event.key)) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const links = [...document.querySelectorAll("[data-walk] a[data-stop]")];
    if (!links.length) return;
    const focused = links.indexOf(document.activeElement);
    // Once one was opened the page is another and nothing on it has the focus: it goes on from the one that is open.
    const here = focused < 0 ? links.findIndex((link) => link.hasAttribute("aria-current")) : focused;
    if (event.key === "o" || event.key === "x") {
      if (focused < 0) return;
      if (event.key === "o") links[here].click();
      else links[here].closest("tr")?.querySelector("input[type=checkbox]")?.click();
      event.preventDefault();
      return;
    }
    const next = event.key === "j" ? Math.min(here + 1, links.length - 1) : Math.max(here - 1, 0);
    links[next].focus();
    event.preventDefault();
  };

  // A slash goes to the search field that is on the screen.
  const find = (event) => {
    if (event.key !== "/" || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, textarea, select")) return;
    const field = [...document.querySelectorAll("[data-find]")].find((it) => it.offsetParent);
    if (!field) return;
    field.focus();
    field.select();
    event.preventDefault();
  };

  // Choosing in a filter asks at once; without scripts there is the button.
  const choose = (event) => {
    if (event.target.matches("[data-all]")) {
      for (const box of document.getElementsByName(event.target.dataset.all)) box.checked = event.target.checked;
    }
    const form = event.target.closest("form[data-at-once]");
    if (form && event.target.matches("select, input[type=checkbox]")) form.requestSubmit();
  };

  // What is missing may just have been typed: the server looks again when it is sent.
  const fill = (event) => {
    for (const button of event.target.form?.querySelectorAll("[data-once-filled]") ?? []) button.disabled = false;
  };

  // An answer that says what is wrong is shown: a form's in its place, any other as the page that it is.
  const explain = (event) => {
    const { xhr } = event.detail;
    if (xhr.status < 400 || event.detail.elt.id === "screen") return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    if (xhr.status === 422) return;
    event.detail.target = document.getElementById("main");
    event.detail.selectOverride = "#main";
    event.detail.swapOverride = "outerHTML";
  };

  // The screen refreshes itself. What is no screen any more (the sign-in has ended) is shown as the page that it is; an
  // error of a moment leaves what stands, with its time.
  const stay = (event) => {
    const { elt, xhr } = event.detail;
    if (elt.id !== "screen" || (xhr.status === 200 && xhr.responseText.includes('id="screen"'))) return;
    event.detail.shouldSwap = false;
    if (xhr.status < 500) location.reload();
  };

  document.addEventListener("htmx:beforeSwap", explain);
  document.addEventListener("htmx:beforeSwap", stay);
  // A name pressed is set where the words are being written.
  const mention = (event) => {
    const button = event.target.closest("[data-mention]");
    if (!button) return;
    const field = document.getElementById(button.dataset.mention);
    field.value += `${field.value && !field.value.endsWith(" ") ? " " : ""}${button.textContent} `;
    field.focus();
  };

  document.addEventListener("click", mention);
  document.addEventListener("keydown", walk);
  document.addEventListener("keydown", find);
  document.addEventListener("input", fill);
  document.addEventListener("change", choose);
  document.addEventListener("DOMContentLoaded", draw);
  document.addEventListener("htmx:afterSettle", draw);
})();
