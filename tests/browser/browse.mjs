// browse.mjs JOB.json: opens pages in a browser and prints, as JSON, what it saw of each.
//
// JOB: {"chromium": path, "pages": [{"name", "file", "options", "steps", "shots"}]}. Every request but that of
// the page itself is counted and refused.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const job = JSON.parse(readFileSync(process.argv[2]));

const look = () => ({
  lang: document.documentElement.lang,
  checked: document.documentElement.dataset.checked,
  secure: isSecureContext,
  subtle: typeof crypto.subtle,
  verdict: document.getElementById("verdict").textContent,
  isGood: document.getElementById("verdict").classList.contains("good"),
  alerts: document.querySelectorAll("#list > .alert").length,
  good: document.querySelectorAll("#list > .alert.good").length,
  bad: [...document.querySelectorAll("#list > .alert.bad")].map((row) => ({
    id: row.id, said: row.querySelector(".v").textContent,
    colour: getComputedStyle(row.querySelector(".v")).color })),
  said: [...document.querySelectorAll("#list > .alert .v")].map((one) => one.textContent),
  shown: [...document.querySelectorAll("#list > .alert")].filter((row) => !row.hidden).length,
  feeds: document.querySelectorAll("#feeds tbody tr").length,
  sparks: document.querySelectorAll("#feeds svg.spark").length,
  cases: document.querySelectorAll("#cases details.case").length,
  log: document.getElementById("log-v")?.textContent,
  h1: document.querySelector("h1").textContent,
  title: document.title,
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  paper: getComputedStyle(document.body).backgroundColor,
  scripts: [...document.scripts].filter((one) => !one.type).length,
  pwned: typeof window.pwned,
});

const steps = {
  text: (page, value) => page.fill("#f-text", value),
  lang: (page, value) => page.selectOption("#lang", value),
  theme: (page, value) => page.selectOption("#theme", value),
  open: (page, value) => page.click(value),
  // What the Tab key reaches, in order.
  tab: async (page, value) => {
    const seen = [];
    for (let i = 0; i < value; i++) {
      await page.keyboard.press("Tab");
      seen.push(await page.evaluate(() => {
        const at = document.activeElement;
        return at.id || at.getAttribute("href") || at.tagName.toLowerCase();
      }));
    }
    return seen;
  },
  aria: (page, value) => page.locator(value).ariaSnapshot(),
  save: async (page) => {
    const waits = page.waitForEvent("download");
    await page.click("#list > .alert.good details button");
    const download = await waits;
    return { name: download.suggestedFilename(),
      bytes: readFileSync(await download.path(), "utf8") };
  },
  // What paper would show of the alerts, and the screen after it.
  papers: (page) => page.evaluate(() => {
    const shown = () => document.querySelectorAll("#list > .alert:not([hidden])").length;
    dispatchEvent(new Event("beforeprint"));
    const paper = shown();
    dispatchEvent(new Event("afterprint"));
    return [paper, shown()];
  }),
  print: async (page, value) => {
    await page.emulateMedia({ media: "print", colorScheme: "light" });
    const file = await page.pdf({ format: "A4", path: value || undefined });
    return file.length;
  },
};

async function visit(browser, { file, options = {}, init, blocked, todo = [], shots = [] }) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, ...options });
  context.setDefaultTimeout(120000); // a machine that does much else is slow, and no fault
  if (init) await context.addInitScript(init);
  const page = await context.newPage();
  const seen = { requests: [], errors: [] };
  const address = pathToFileURL(file).href;
  await context.route("**", (route) => {
    const url = route.request().url();
    if (url === address) return route.continue();
    seen.requests.push(url);
    return route.abort();
  });
  page.on("request", (request) => {
    const url = request.url();
    if (url !== address && !url.startsWith("blob:")) seen.requests.push(url);
  });
  page.on("console", (message) => seen.errors.push(message.type() + ": " + message.text()));
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  const began = Date.now();
  await page.goto(address, { waitUntil: "load" });
  seen.load_ms = Date.now() - began;
  if (options.javaScriptEnabled !== false) {
    if (!blocked) await page.waitForFunction(() => document.documentElement.dataset.checked === "yes", null,
      { timeout: 120000 });
    seen.check_ms = Date.now() - began;
    seen.page = await page.evaluate(look);
  } else {
    seen.text = await page.locator("body").innerText();
  }
  seen.done = [];
  for (const [name, value] of todo) seen.done.push(await steps[name](page, value) ?? null);
  if (todo.length > 0 && options.javaScriptEnabled !== false) seen.after = await page.evaluate(look);
  for (const { path, media, at } of shots) {
    if (media) await page.emulateMedia(media);
    if (at) await page.locator(at).evaluate((one) => one.scrollIntoView({ block: "start", behavior: "instant" }));
    await page.screenshot({ path, fullPage: false });
  }
  await context.close();
  return seen;
}

const browser = await chromium.launch({ executablePath: job.chromium,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
const answer = {};
try {
  for (const page of job.pages) answer[page.name] = await visit(browser, page);
} finally {
  await browser.close();
}
console.log(JSON.stringify({ version: browser.version(), pages: answer }));
