// Which charts the page draws, from the JSON that stands beside this script (see page_data.h).

const data = JSON.parse(document.getElementById("data").textContent);
const secondsText = (second) => second == null ? "" : threeDigits(second) + " s";

// A column that never changes is one number; one without samples is absent.
function column(name) {
  const values = data.columns[name];
  return typeof values === "number" ? data.seconds.map(() => values) : values;
}

function seriesOf(...descriptions) {
  return descriptions
    .map(([name, label, colour, dash, more]) =>
      ({ label, colour, dash, values: column(name), ...more }))
    .filter((series) => series.values);
}

// On a logarithmic axis there is no zero: a latency below the clock's microsecond counts as one.
function positive(series) {
  return series.map((one) => ({ ...one,
    values: one.values.map((value) => value == null ? null : Math.max(value, 0.001)) }));
}

const timeChart = {
  x: data.seconds, xTitle: "Second of the run", formatX: secondsText, phases: data.phases,
  rangeX: (plot, least, most) => [least, most > least ? most : least + 1],
  near: data.lossless ? "at" : "near",
};
const countText = (count) => threeDigits(count);

function latencyChart(title, prefix) {
  return { ...timeChart, title, unit: "log scale", log: true, format: latencyText,
    series: positive(seriesOf([prefix + "_p50", "p50", "blue"],
      [prefix + "_p99", "p99", "orange", "dashed"], [prefix + "_max", "max", "red", "dotted"])) };
}

function only(series, wanted) {
  return series.some((one) => one.values.some((value) => value > 0)) || wanted ? series : [];
}

const kPercentileLines = {
  "security_message.ack": ["Message ack", "blue"],
  "security_message.service": ["Message service", "teal", "dashed"],
  "security_message.lateness": ["Our lateness", "grey", "dotted"],
  "twin_update.delivery": ["Twin delivery", "orange", "dashed"],
  "twin_update.round_trip": ["Twin round trip", "purple"],
};
const kPercentileTicks = [0, Math.log10(2), 1, 2, 3, 4];

// Steps of ten times rarer, as HdrHistogram plots them: x = -log10(1 - share).
function percentileChart() {
  const series = Object.entries(data.percentiles).map(([name, values]) => {
    const [label, colour, dash] = kPercentileLines[name];
    return { label, colour, dash, values };
  });
  const length = Math.max(0, ...series.map((one) => one.values.length));
  for (const one of series) {
    one.values = Array.from({ length }, (unused, index) => one.values[index] ?? null);
  }
  return {
    title: "Latency by percentile", unit: "log scale", log: true, format: latencyText, height: 320,
    x: Array.from({ length }, (unused, index) => index / 15), xTitle: "Percentile",
    formatX: (x) => threePlaces(100 * (1 - 10 ** -x)) + " %", series: positive(series),
    rangeX: () => [0, Math.max(1, (length - 1) / 15)], paddingRight: 30,
    xAxis: { splits: (plot, index, least, most) =>
      kPercentileTicks.filter((x) => x <= most && (plot.width > 520 || x === 0 || x >= 1)) },
    summary: () => series.map((one) => `${one.label}: ` +
      [[15, "90 %"], [30, "99 %"], [45, "99.9 %"]]
        .filter(([index]) => one.values[index] != null)
        .map(([index, label]) => `${latencyText(one.values[index])} at ${label}`)
        .join(", ") + ".").join(" "),
  };
}

function threePlaces(percent) {
  return String(+percent.toFixed(percent > 99.9 ? 3 : percent > 99 ? 2 : 1));
}

// Roll-outs have points of their own; uPlot wants one x for all, so they are joined by second.
function convergenceChart() {
  const palette = ["blue", "orange", "teal", "purple", "red", "grey"];
  const curves = data.convergence;
  const tables = curves.map((curve) => [[0, ...curve.seconds],
    [0, ...curve.confirmed.map((count) => count / curve.agents * 100)]]);
  const joined = tables.length ? uPlot.join(tables) : [[]];
  const last = Math.max(1e-3, ...joined[0]);
  return {
    title: "Share of agents that confirmed", unit: "against time since the roll-out began",
    x: joined[0], xTitle: "Since the start", formatX: secondsText, height: 300,
    format: (percent) => threeDigits(percent) + " %",
    rangeX: () => [0, last * 1.06], rangeY: () => [0, 112], near: "at",
    yAxis: { splits: () => [0, 25, 50, 75, 90, 100] },
    series: curves.map((curve, index) => ({ label: curve.phase, steps: true,
      colour: palette[index % palette.length], dash: ["solid", "dashed", "dotted"][index % 3],
      values: carriedOn(joined[index + 1]) })),
    marks: curves.flatMap((curve, index) => curve.marks.map(([percent, second]) =>
      ({ percent, second, colour: palette[index % palette.length] }))),
  };
}

function carriedOn(values) {
  let latest = 0;
  return values.map((value) => (latest = value ?? latest));
}

const kCharts = {
  convergence: convergenceChart,
  percentiles: percentileChart,
  messages: () => ({ ...timeChart, title: "Security messages", unit: "per second",
    format: countText, series: only(seriesOf(["offered", "offered", "grey", "solid", { width: 5 }],
      ["sent", "sent", "orange", "dashed"], ["acked", "acknowledged", "blue"])) }),
  ack: () => latencyChart("Security message, ack latency", "ack"),
  updates: () => ({ ...timeChart, title: "Twin updates", unit: "per second", format: countText,
    series: only(seriesOf(["twin_offered", "offered", "grey", "solid", { width: 5 }],
      ["twin_confirmed", "confirmed", "purple"],
      ["twin_throttled", "throttled", "red", "dotted"])) }),
  trip: () => latencyChart("Twin update, round trip", "trip"),
  connections: () => ({ ...timeChart, title: "Connections", unit: "drops on the right-hand axis",
    format: countText, series: only(seriesOf(["dropped", "dropped", "red", "solid",
      { scale: "right", bars: true, width: 1 }], ["connected", "connected", "teal"])) }),
  cpu: () => ({ ...timeChart, title: "CPU", unit: "share of one core",
    format: (percent) => threeDigits(percent) + " %",
    series: seriesOf(["fleet_cpu", "busiest worker", "blue"],
      ["hub_cpu", "mock hub", "orange", "dashed"]) }),
};

// uPlot travels packed (see packed.h); an element with its text runs it as this page's own script.
async function loadUplot() {
  const packed = atob(document.getElementById("uplot").textContent);
  const bytes = Uint8Array.from(packed, (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const script = element("script");
  script.textContent = await new Response(stream).text();
  document.head.append(script);
}

async function drawAll() {
  const figures = [...document.querySelectorAll("[data-chart]")]
    .filter((figure) => figure.dataset.chart !== "convergence" || data.convergence.length);
  if (typeof DecompressionStream === "undefined") {
    for (const figure of figures) {
      figure.append("This browser is too old for the charts; the tables are complete.");
    }
    return;
  }
  await loadUplot();
  readColours();
  for (const figure of figures) {
    draw(figure, kCharts[figure.dataset.chart]());
  }
  document.documentElement.dataset.charts = "drawn";
}

drawAll();

// Canvases know nothing of style sheets: they are painted anew for another theme, and for paper.
kDark.addEventListener("change", repaint);
addEventListener("beforeprint", () => {
  document.documentElement.classList.add("paper");
  repaint();
});
addEventListener("afterprint", () => {
  document.documentElement.classList.remove("paper");
  repaint();
});
