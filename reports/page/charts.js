// The page's charts: a frame with title, legend, plot, summary and data table around each uPlot.
//
// Use:    draw(figure, spec). A spec names {title, unit, x, series, format, axes...}; see page.js.
// Text:   whatever comes from a scenario reaches the page through textContent or the canvas.
"use strict";

const kDark = matchMedia("(prefers-color-scheme: dark)");
const kDashes = { solid: [], dashed: [7, 4], dotted: [2, 3] };
const kPhaseLabelHeight = 20;
const plots = [];
let colours = {};

function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["ink", "soft", "line", "hatch", "card", "blue", "teal", "orange", "purple",
    "grey", "red"]) {
    colours[name] = style.getPropertyValue("--" + name).trim();
  }
}

function repaint() {
  readColours();
  for (const plot of plots) {
    plot.redraw(false, false);
  }
}

function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// Three digits, as in the tables.
function threeDigits(value) {
  const magnitude = Math.abs(value);
  if (magnitude >= 999.5) {
    return Math.round(value).toLocaleString("en");
  }
  return String(+value.toFixed(magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2));
}

function latencyText(ms) {
  if (ms >= 999.5) {
    return threeDigits(ms / 1e3) + " s";
  }
  return ms >= 0.9995 || ms === 0 ? threeDigits(ms) + " ms" : threeDigits(ms * 1e3) + " µs";
}

// A short line in the series' own colour and dash, for the legend.
function swatch(series) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "line");
  const dash = kDashes[series.dash || "solid"].join(" ");
  const width = series.bars ? 6 : series.width || 2;
  const attributes = { x1: 0, x2: 24, y1: 4, y2: 4, "stroke-width": width };
  for (const [name, value] of Object.entries(attributes)) {
    line.setAttribute(name, value);
  }
  line.style.stroke = `var(--${series.colour})`;
  if (dash) {
    line.setAttribute("stroke-dasharray", dash);
  }
  svg.setAttribute("viewBox", "0 0 24 8");
  svg.setAttribute("aria-hidden", "true");
  svg.append(line);
  return svg;
}

function legendOf(spec, plotOf) {
  const legend = element("div", { class: "legend", role: "group", "aria-label": "Lines shown" });
  const outputs = spec.series.map((series, index) => {
    const output = element("span", { class: "value" });
    const button = element("button", { type: "button", "aria-pressed": "true" },
      swatch(series), series.label, output);
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", shown);
      plotOf().setSeries(index + 1, { show: shown });
    });
    legend.append(button);
    return output;
  });
  const update = (plot) => {
    const at = plot.cursor.idx;
    outputs.forEach((output, index) => {
      const value = at == null ? null : plot.data[index + 1][at];
      output.textContent = value == null ? "" : spec.format(value);
    });
  };
  return { legend, update };
}

// The chart in a sentence for each line, for those who do not see it and those in a hurry. Where
// some seconds were measured, the others (the ramp, the warm-up) do not count.
function summaryOf(spec) {
  const measured = (spec.phases || []).filter((phase) => phase[3]);
  const counts = (x) => !measured.length ||
    measured.some(([, from, to]) => x >= from && x < to);
  return (measured.length ? "Measured phases. " : "") + spec.series.map((series) => {
    let least = null;
    let most = null;
    series.values.forEach((value, index) => {
      if (value != null && counts(spec.x[index])) {
        least = least == null || value < series.values[least] ? index : least;
        most = most == null || value > series.values[most] ? index : most;
      }
    });
    if (most == null) {
      return `${series.label}: no samples.`;
    }
    const high = spec.format(series.values[most]);
    const low = spec.format(series.values[least]);
    return high === low ? `${series.label}: ${high} throughout.`
      : `${series.label}: ${low} (${spec.near} ${spec.formatX(spec.x[least])}) to ` +
        `${high} (${spec.near} ${spec.formatX(spec.x[most])}).`;
  }).join(" ");
}

// Made when first opened: most readers never do, and a thousand cells take their time.
function dataTable(spec) {
  const details = element("details", {}, element("summary", {}, "Show the data as a table"));
  details.addEventListener("toggle", () => {
    if (!details.open || details.children.length > 1) {
      return;
    }
    const head = element("tr", {}, element("th", { scope: "col" }, spec.xTitle),
      ...spec.series.map((series) => element("th", { scope: "col", class: "n" }, series.label)));
    const rows = spec.x.map((x, index) => element("tr", {},
      element("th", { scope: "row" }, spec.formatX(x)),
      ...spec.series.map((series) => element("td", { class: "n" },
        series.values[index] == null ? "–" : spec.format(series.values[index])))));
    const caption = spec.title + ", data";
    details.append(element("div", { class: "scroll", role: "region", tabindex: 0,
      "aria-label": caption }, element("table", {}, element("caption", {}, caption),
      element("thead", {}, head), element("tbody", {}, ...rows))));
  });
  return details;
}

function axis(side, more) {
  return { stroke: () => colours.soft, font: "12px system-ui, sans-serif", side,
    grid: { stroke: () => colours.line, width: 1 }, ticks: { show: false }, ...more };
}

// Decades, and the steps between them where there are few: a finer grid would hide the lines.
function logSplits(plot, index, least, most) {
  const steps = Math.log10(most / least) <= 2 ? [1, 2, 5] : [1];
  const splits = [];
  for (let decade = Math.floor(Math.log10(least)); 10 ** decade <= most * 1.001; decade += 1) {
    splits.push(...steps.map((step) => step * 10 ** decade));
  }
  return splits.filter((value) => value >= least * 0.999 && value <= most * 1.001);
}

function axesOf(spec) {
  const logarithmic = { splits: logSplits, filter: (plot, splits) => splits };
  const axes = [
    axis(2, { size: 30, gap: 6, space: 56, values: (plot, at) => at.map(spec.formatX),
      ...spec.xAxis }),
    axis(3, { size: 62, gap: 6, space: spec.log ? 22 : 34,
      values: (plot, at) => at.map((value) => value == null ? "" : spec.format(value)),
      ...(spec.log ? logarithmic : {}), ...spec.yAxis }),
  ];
  if (spec.series.some((series) => series.scale)) {
    axes.push(axis(1, { scale: "right", size: 46, gap: 6, grid: { show: false },
      values: (plot, at) => at.map((value) => Number.isInteger(value) ? String(value) : "") }));
  }
  return axes;
}

function optionsOf(spec, width, update) {
  const fromZero = (plot, least, most) => [0, most > 0 ? most * 1.08 : 1];
  return {
    width, height: spec.height || 230, ms: 1, legend: { show: false },
    padding: [spec.phases ? kPhaseLabelHeight : 12, spec.paddingRight || 14, 0, 0],
    scales: {
      x: { time: false, range: spec.rangeX },
      y: spec.log ? { distr: 3 } : { range: spec.rangeY || fromZero },
      right: { range: fromZero },
    },
    axes: axesOf(spec),
    cursor: { y: false, points: { size: 7 },
      sync: spec.phases ? { key: "time" } : undefined,
      drag: { x: Boolean(spec.phases), y: false, setScale: Boolean(spec.phases) } },
    series: [{}, ...spec.series.map((series) => ({
      label: series.label, stroke: () => colours[series.colour], width: series.width || 2,
      dash: kDashes[series.dash || "solid"], scale: series.scale || "y", spanGaps: false,
      paths: series.bars ? uPlot.paths.bars({ size: [0.6, 24] })
        : series.steps ? uPlot.paths.stepped({ align: 1 }) : undefined,
      fill: series.bars ? () => colours[series.colour] : undefined,
      points: { show: spec.x.length < 3 } }))],
    hooks: {
      drawClear: spec.phases ? [(plot) => drawBands(plot, spec.phases)] : [],
      draw: spec.marks ? [(plot) => drawMarks(plot, spec)] : [],
      setCursor: [update],
    },
  };
}

function draw(figure, spec) {
  const heading = element("h3", {}, spec.title, element("small", {}, spec.unit));
  if (!spec.series.length || !spec.x.length) {
    figure.append(heading, element("p", { class: "summary" }, "Nothing to draw: no samples."));
    return;
  }
  let plot = null;
  const { legend, update } = legendOf(spec, () => plot);
  const summary = (spec.summary || summaryOf)(spec);
  const holder = element("div", { class: "plot", role: "img",
    "aria-label": `Chart: ${spec.title}. ${summary}` });
  figure.append(heading, legend, holder,
    element("figcaption", { class: "summary" }, summary), dataTable(spec));
  // A bar of no height would still draw its outline.
  const data = [spec.x, ...spec.series.map((series) =>
    series.bars ? series.values.map((value) => value || null) : series.values)];
  plot = new uPlot(optionsOf(spec, holder.clientWidth, update), data, holder);
  plots.push(plot);
  new ResizeObserver(() => {
    if (holder.clientWidth > 0 && holder.clientWidth !== plot.width) {
      plot.setSize({ width: holder.clientWidth, height: plot.height });
    }
  }).observe(holder);
}
