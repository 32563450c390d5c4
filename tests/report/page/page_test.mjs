// Opens every kind of report in Chromium, in light and dark, on a desk and on a phone, and looks
// at what a person would see: no errors, no requests, nothing off the page, charts drawn, text
// that a screen reader and a tired eye can follow.
//
// Use:    node page_test.mjs REPORT_PAGES FOLDER   (the program that writes the pages, and where)
// Exit:   0 all is well, 1 something is not, 77 skipped: Chromium or node_modules is missing.
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const kHere = dirname(fileURLToPath(import.meta.url));
const kChromium = "/usr/bin/chromium";
const kArguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
  "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync"];
const kBytesMax = 100_000;
const kWidths = [360, 1280];
const kSchemes = ["light", "dark"];
const kPages = {
  passed: { verdict: "Passed", charts: 8 },
  failed: { verdict: "Failed", charts: 8 },
  invalid: { verdict: "Invalid", charts: 8 },
  interrupted: { verdict: "Interrupted", charts: 7 },
  empty: { verdict: "Interrupted", charts: 0 },
  hostile: { verdict: "Failed", charts: 8 },
  long: { verdict: "Passed", charts: 8 },
};

function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

if (!existsSync(join(kHere, "node_modules"))) {
  skip("node_modules is missing; run npm ci in tests/report/page");
}
if (!existsSync(kChromium)) {
  skip(`${kChromium} is missing`);
}
const [program, folder] = process.argv.slice(2).map((path) => resolve(path));
const { chromium } = await import("playwright-core");
const axePath = join(kHere, "node_modules", "axe-core", "axe.min.js");

const failures = [];

function expect(condition, page, what) {
  if (!condition) {
    failures.push(`${page}: ${what}`);
  }
}

// Which of the page's canvases carry more than one colour.
function drawnCanvases() {
  return [...document.querySelectorAll("canvas")].map((canvas) => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    const colours = new Set();
    for (let at = 0; at < pixels.length && colours.size < 3; at += 4) {
      colours.add(`${pixels[at]},${pixels[at + 1]},${pixels[at + 2]},${pixels[at + 3]}`);
    }
    return colours.size > 2;
  });
}

async function open(browser, name, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const label = `${name} ${JSON.stringify(options)}`;
  const url = pathToFileURL(join(folder, `${name}.html`)).href;
  page.on("console", (message) => expect(message.type() !== "error" && message.type() !== "warning",
    label, `console: ${message.text()}`));
  page.on("pageerror", (error) => expect(false, label, `script: ${error.message}`));
  page.on("request", (request) => expect(request.url() === url || request.url() === "data:,",
    label, `request: ${request.url()}`));
  await page.goto(url);
  return { context, page, label };
}

async function checkVerdict(page, label, wanted) {
  const word = page.locator("header .word");
  expect((await word.innerText()).includes(wanted.verdict), label, `no word ${wanted.verdict}`);
  const box = await word.boundingBox();
  expect(box !== null && box.y + box.height < 900, label, "the verdict is not in the first view");
  expect(await page.locator("dl.keys strong").first().isVisible(), label, "no key numbers");
}

async function checkLayout(page, label) {
  const [content, view] = await page.evaluate(() =>
    [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(content <= view, label, `the page is ${content} wide on a screen of ${view}`);
}

async function checkCharts(page, label, wanted) {
  await page.waitForSelector("html[data-charts=drawn]", { timeout: 20_000, state: "attached" });
  const drawn = await page.evaluate(drawnCanvases);
  expect(drawn.length === wanted.charts, label, `${drawn.length} charts`);
  expect(drawn.every(Boolean), label, `a blank chart: ${drawn}`);
  const named = await page.locator(".plot[role=img][aria-label]").count();
  expect(named === wanted.charts, label, `${named} charts have a text`);
}

async function checkAccessibility(page, label) {
  // Data tables count too, so one of them is open.
  await page.evaluate(() => document.querySelectorAll("details").forEach((details, index) => {
    details.open = index === 0;
  }));
  await page.evaluate("new Promise(requestAnimationFrame)");
  await page.addScriptTag({ path: axePath });
  const found = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa",
    "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  for (const violation of found.violations) {
    if (violation.impact === "serious" || violation.impact === "critical") {
      expect(false, label, `axe ${violation.id}: ${violation.nodes[0].html} ` +
        violation.nodes[0].failureSummary);
    }
  }
}

async function checkLooks(browser) {
  for (const [name, wanted] of Object.entries(kPages)) {
    const bytes = statSync(join(folder, `${name}.html`)).size;
    expect(bytes < kBytesMax, name, `${bytes} bytes`);
    for (const colorScheme of kSchemes) {
      for (const width of kWidths) {
        const { context, page, label } = await open(browser, name,
          { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
        await checkVerdict(page, label, wanted);
        await checkCharts(page, label, wanted);
        await checkLayout(page, label);
        await checkAccessibility(page, label);
        await checkLayout(page, label);
        await context.close();
      }
    }
  }
}

// The policy in the page is in force here, as it is for a reader.
async function checkHostile(browser) {
  const { context, page, label } = await open(browser, "hostile", {});
  await checkCharts(page, label, kPages.hostile);
  expect(await page.evaluate(() => window.hacked === undefined), label, "a name ran as script");
  const attack = await page.locator("header .name").innerText();
  expect(attack.startsWith("</script><script>"), label, "the name is not shown as it is");
  await context.close();
}

async function checkInteraction(browser) {
  const { context, page, label } = await open(browser, "passed",
    { colorScheme: "light", viewport: { width: 1280, height: 900 } });
  await checkCharts(page, label, kPages.passed);
  const figure = page.locator("[data-chart=ack]");
  const button = figure.locator("button").first();
  const pixels = () => figure.locator("canvas").evaluate((canvas) => canvas.toDataURL());
  const settled = () => page.evaluate(
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");

  const before = await pixels();
  await button.focus();
  await page.keyboard.press("Enter");
  await settled();
  expect(await button.getAttribute("aria-pressed") === "false", label,
    "the legend does not toggle");
  expect(await pixels() !== before, label, "a hidden line is still drawn");
  await page.keyboard.press("Enter");

  await page.emulateMedia({ colorScheme: "dark" });
  await settled();
  expect(await pixels() !== before, label, "the charts keep the light theme's colours");

  await figure.locator("summary").click();
  await page.waitForSelector("[data-chart=ack] tbody tr");
  const rows = await figure.locator("tbody tr").count();
  expect(rows === 40, label, `the data table has ${rows} rows`);

  const plot = await figure.locator(".u-over").boundingBox();
  await page.mouse.move(plot.x + plot.width / 2, plot.y + plot.height / 2);
  await settled();
  const value = await page.locator("[data-chart=messages] button .value").first().innerText();
  expect(/\d/.test(value), label, "the cursor of one chart does not show in the others");

  await page.setViewportSize({ width: 500, height: 900 });
  await settled();
  await settled();
  await checkLayout(page, label + " narrowed");
  await context.close();
}

async function checkWithoutScript(browser) {
  const { context, page, label } = await open(browser, "failed",
    { javaScriptEnabled: false, viewport: { width: 360, height: 900 } });
  await checkVerdict(page, label, kPages.failed);
  const body = await page.locator("body").innerText();
  for (const text of ["twin_update.round_trip.p99 < 500ms", "612 ms", "5 missing",
    "persona: micro-linux", "The charts need JavaScript"]) {
    expect(body.includes(text), label, `without script there is no "${text}"`);
  }
  await context.close();
}

async function checkPrint(browser) {
  const { context, page, label } = await open(browser, "passed", { colorScheme: "dark" });
  await checkCharts(page, label, kPages.passed);
  const paper = await page.pdf({ format: "A4" });
  expect(paper.length > 20_000, label, "nothing printed");
  await context.close();
}

execFileSync(program, [folder]);
const browser = await chromium.launch({ executablePath: kChromium, args: kArguments });
try {
  await checkLooks(browser);
  await checkHostile(browser);
  await checkInteraction(browser);
  await checkWithoutScript(browser);
  await checkPrint(browser);
} finally {
  await browser.close();
}
for (const failure of failures) {
  console.error(failure);
}
console.log(failures.length === 0 ? "all pages are well" : `${failures.length} failures`);
process.exit(failures.length === 0 ? 0 : 1);
