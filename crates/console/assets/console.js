// What pages gain where a script runs: the viewer's time zone, countdowns, plots, keys. Everything is
// there without it.
"use strict";
(() => {
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const two = (number) => String(number).padStart(2, "0");

  const local = (date) =>
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;

  // Instants in the viewer's zone; UTC stays in what is shown on hover.
  const times = (root) => all("time[datetime]", root).forEach((time) => {
    const date = new Date(time.dateTime);
    if (!Number.isNaN(date.getTime())) time.textContent = local(date);
  });

  const nameZone = () => {
    const named = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (named) all("[data-zone]").forEach((zone) => { zone.textContent = named; });
  };

  const words = (seconds) => {
    if (seconds <= 0) return "over";
    const [days, hours] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24];
    const minutes = Math.floor(seconds / 60) % 60;
    if (days > 0) return `${days} d ${hours} h`;
    if (hours > 0) return `${hours} h ${minutes} min`;
    if (minutes > 0) return `${minutes} min ${seconds % 60} s`;
    return `${seconds} s`;
  };

  const countDown = () => all("[data-until]").forEach((left) => {
    left.textContent = words(Number(left.dataset.until) - Math.floor(Date.now() / 1000));
  });

  // The question "Who held it?" begins in the viewer's zone.
  const zone = () => {
    const field = document.getElementById("f-zone");
    const time = document.getElementById("f-time");
    if (!field || !time || field.value !== "UTC" || document.querySelector(".answer, .wrong")) return;
    const named = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const asked = new Date(`${time.value.replace(" ", "T")}Z`);
    if (!named || Number.isNaN(asked.getTime())) return;
    field.value = named;
    time.value = local(asked);
  };

  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // A plot is drawn from the table below it: the first column with times, then those with values.
  const value = (cell) => {
    const held = cell && cell.querySelector("[data-value]");
    return held ? Number(held.dataset.value) : null;
  };
  const seconds = (cell) => {
    const time = cell && cell.querySelector("time[datetime]");
    return time ? Date.parse(time.dateTime) / 1000 : null;
  };

  // What stands at a line of time that is divided by so many seconds: dates and hours as everywhere else.
  const TIMES = [
    [28 * 86400, "{YYYY}-{MM}", null, null, null, null, null, null, 1],
    [86400, "{MM}-{DD}", "\n{YYYY}", null, null, null, null, null, 1],
    [60, "{HH}:{mm}", "\n{YYYY}-{MM}-{DD}", null, "\n{MM}-{DD}", null, null, null, 1],
    [1, "{HH}:{mm}:{ss}", "\n{YYYY}-{MM}-{DD}", null, "\n{MM}-{DD}", null, null, null, 1],
  ];
  const axes = () => [{ values: TIMES }, {}].map((more) => Object.assign({
    stroke: style("--soft"), grid: { stroke: style("--line"), width: 1 }, ticks: { stroke: style("--line") },
  }, more));
  const COLOURS = ["--plot-1", "--plot-2", "--plot-3", "--plot-4", "--plot-5"];

  const options = (box, series, more) => Object.assign({
    width: Math.max(280, box.clientWidth), height: 220, series, axes: axes(),
    legend: { live: false }, cursor: { drag: { x: false, y: false } },
  }, more);

  const stepPlot = (box, rows) => {
    const points = rows.map((row) => [seconds(row.cells[0]), value(row.cells[1])])
      .filter((point) => point[0] !== null && point[1] !== null).reverse();
    if (points.length < 2) return;
    const series = [{}, {
      label: "Balance (credits)", stroke: style("--plot-1"), width: 2, fill: style("--plot-fill"),
      paths: uPlot.paths.stepped({ align: 1 }), points: { show: false },
    }];
    const data = [points.map((point) => point[0]), points.map((point) => point[1])];
    // What is filled is filled from zero, or a small change looks like a cliff.
    const scales = { y: { range: (_, low, high) => [Math.min(0, low) * 1.05, Math.max(0, high) * 1.05] } };
    new uPlot(options(box, series, { axes: [axes()[0], Object.assign(axes()[1], { size: 90 })], scales }), data, box);
  };

  // Bars on a line of time: each turn of a number.
  const barPlot = (box, rows) => {
    const spans = rows.map((row) => [value(row.cells[1]), value(row.cells[2])])
      .filter((span) => span[0] !== null && span[1] !== null);
    if (spans.length === 0) return;
    const from = Math.min(...spans.map((span) => span[0]));
    const to = Math.max(...spans.map((span) => span[1]), from + 1);
    const name = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(name, "svg");
    svg.setAttribute("viewBox", "0 0 1000 40");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("class", "bars");
    svg.setAttribute("aria-hidden", "true");
    spans.forEach((span) => {
      const bar = document.createElementNS(name, "rect");
      bar.setAttribute("x", String(1000 * (span[0] - from) / (to - from)));
      bar.setAttribute("width", String(Math.max(2, 1000 * (span[1] - span[0]) / (to - from))));
      bar.setAttribute("y", "6");
      bar.setAttribute("height", "28");
      svg.append(bar);
    });
    const ends = document.createElement("p");
    ends.className = "ends";
    [from, to].forEach((end) => {
      const text = document.createElement("span");
      text.textContent = local(new Date(end * 1000));
      ends.append(text);
    });
    box.append(svg, ends);
  };

  // Areas on one another: numbers by state over time.
  const stackPlot = (box, rows, heads) => {
    const points = rows.map((row) => [seconds(row.cells[0]),
      Array.from(row.cells).slice(1).map(value)]).filter((point) => point[0] !== null);
    points.sort((one, other) => one[0] - other[0]);
    if (points.length < 2) return;
    const names = heads.slice(1).filter((_, place) => points[0][1][place] !== null);
    const sums = points.map((point) => {
      let sum = 0;
      return point[1].slice(0, names.length).map((part) => (sum += part || 0));
    });
    const order = names.map((_, place) => names.length - 1 - place);
    const series = [{}].concat(order.map((place) => ({
      label: names[place], stroke: style(COLOURS[place]), fill: style(COLOURS[place]), width: 1,
      points: { show: false },
    })));
    const data = [points.map((point) => point[0])]
      .concat(order.map((place) => sums.map((sum) => sum[place])));
    new uPlot(options(box, series, { scales: { y: { range: (_, low, high) => [0, high * 1.05] } } }), data, box);
  };

  const linePlot = (box, rows, heads) => {
    const points = rows.map((row) => [seconds(row.cells[0]),
      Array.from(row.cells).slice(1).map(value)]).filter((point) => point[0] !== null);
    points.sort((one, other) => one[0] - other[0]);
    if (points.length < 2) return;
    const names = heads.slice(1);
    const series = [{}].concat(names.map((name, place) => ({
      label: name, stroke: style(COLOURS[place % COLOURS.length]), width: 2, points: { show: false },
    })));
    const data = [points.map((point) => point[0])]
      .concat(names.map((_, place) => points.map((point) => point[1][place])));
    new uPlot(options(box, series, {}), data, box);
  };

  const PLOTS = { step: stepPlot, bars: barPlot, stack: stackPlot, lines: linePlot };

  const plots = (root) => all("[data-chart]", root).forEach((box) => {
    const region = box.nextElementSibling;
    const table = region && region.querySelector("table");
    const draw = PLOTS[box.dataset.chart];
    if (!table || !draw) return;
    box.replaceChildren();
    const heads = Array.from(table.tHead.rows[0].cells).map((cell) => cell.textContent);
    draw(box, Array.from(table.tBodies[0].rows), heads);
  });

  // A file is read into the field below which it is chosen.
  const files = () => all(".file-slot").forEach((slot) => {
    const field = document.getElementById(slot.dataset.file);
    const label = document.createElement("label");
    const chooser = document.createElement("input");
    chooser.type = "file";
    chooser.accept = ".csv,text/csv,text/plain";
    label.append("Or choose it: ", chooser);
    chooser.addEventListener("change", async () => {
      if (chooser.files[0]) field.value = await chooser.files[0].text();
    });
    slot.append(label);
  });

  const copies = () => all(".copy-slot").forEach((slot) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      const field = document.getElementById(slot.dataset.copy);
      field.select();
      try { await navigator.clipboard.writeText(field.value); } catch (_) { document.execCommand("copy"); }
      button.textContent = "Copied";
    });
    slot.append(button);
  });

  let row = -1;
  const move = (by) => {
    // Not those that are folded away.
    const rows = all("main tbody tr").filter((it) => it.offsetParent !== null);
    if (rows.length === 0) return;
    if (rows[row]) rows[row].classList.remove("here");
    row = Math.min(rows.length - 1, Math.max(0, row + by));
    rows[row].classList.add("here");
    rows[row].scrollIntoView({ block: "nearest" });
    const link = rows[row].querySelector("a[href]");
    if (link) link.focus({ preventScroll: true });
  };

  let went = 0;
  const KEYS = {
    "/": () => document.getElementById("search").focus(),
    "?": () => document.getElementById("keys").showModal(),
    j: () => move(1),
    k: () => move(-1),
    g: () => { went = Date.now(); },
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, dialog[open]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const entry = Date.now() - went < 1500 && document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (entry) {
      event.preventDefault();
      went = 0;
      entry.click();
    } else if (KEYS[event.key] && document.getElementById("keys")) {
      event.preventDefault();
      KEYS[event.key]();
    }
  });

  // Where the navigation is wider than the window, the place where one is can be seen.
  const here = document.querySelector("nav [aria-current]");
  if (here) {
    const bar = here.closest("nav");
    bar.scrollLeft = here.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
  }

  const enrich = (root) => { times(root); plots(root); };
  nameZone();
  enrich(document);
  zone();
  files();
  copies();
  countDown();
  setInterval(countDown, 1000);
  document.addEventListener("htmx:afterSwap", () => { row = -1; enrich(document); });
  const again = () => plots(document);
  window.addEventListener("resize", again);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
})();
