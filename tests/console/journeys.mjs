// What people do in the console, done by a real browser. See main.rs.
import { createRequire } from "node:module";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const { BASE, LINK, NOW, CHROMIUM, MODULES, PICTURES } = process.env;
const require = createRequire(join(MODULES, "x.js"));
const { chromium } = require("playwright-core");
const axe = require("axe-core").source;
mkdirSync(PICTURES, { recursive: true });

// Things of the demo's world have these places; those of others are found on the way.
const places = { card: "/console/cards?number=6000100001", nothing: "/console/leases?q=customer%3A999" };
const PASSWORD = "a quiet horse in the rain";
const PAGES = [
  ["overview", "/console"], ["who", "/console/who"], ["leases", "/console/leases"],
  ["numbers", "/console/numbers"], ["import", "/console/numbers/import"],
  ["customers", "/console/customers"], ["customer", "/console/customers/1"],
  ["calls", "/console/calls"], ["requests", "/console/requests"], ["health", "/console/health"],
  ["audit", "/console/audit"], ["accounts", "/console/accounts"], ["account", "/console/accounts/1"],
  ["cards", "/console/cards"], ["tools", "/console/tools"], ["group", "/console/cards/1"],
  ["number", "/console/numbers/60388880001"], ["long-name", "/console/customers/5"],
  ["overview-90d", "/console?span=90d&pool=jb"], ["reserved", "/console/customers/2"],
  ["log-in", "/console/log-in"], ["forbidden", "/console/nowhere"], ["search", "/console/search?q=nothing"],
  ["suspend", "/console/customers/1/status"], ["wrong-filter", "/console/leases?q=custmer%3A8"],
];
const pages = () => PAGES.concat(Object.entries(places));

const wrong = [];
const check = (sound, what) => { if (!sound) { wrong.push(what); console.error(`WRONG: ${what}`); } };
const step = (what) => console.log(`- ${what}`);

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
});

// A viewer whose every request and every word on the console is watched.
const viewer = async (more = {}) => {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 }, timezoneId: "Asia/Kuala_Lumpur", ...more,
  });
  // The browser's clock stands where the server's does; what waits goes on waiting as ever.
  await context.clock.setFixedTime(new Date(NOW));
  context.on("request", (request) => {
    const to = new URL(request.url());
    check(to.protocol === "data:" || to.origin === BASE, `a request left: ${request.url()}`);
  });
  const page = await context.newPage();
  page.on("console", (message) => {
    const refused = message.text().startsWith("Failed to load resource") && page.expectsRefusal;
    check(refused || !["error", "warning"].includes(message.type()), `on the console: ${message.text()}`);
  });
  page.on("pageerror", (error) => check(false, `an error on ${page.url()}: ${error.message}`));
  return { context, page };
};

const text = (page) => page.locator("main").innerText();
const logIn = async (page) => {
  await page.goto(`${BASE}/console/log-in`);
  await page.getByLabel("Name").fill("admin");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${BASE}/console`);
};

const { context, page } = await viewer();

step("set a password by the link, and log in");
await page.goto(LINK);
await page.getByLabel("Password").fill(PASSWORD);
await page.getByLabel("Once more").fill(PASSWORD);
await page.getByRole("button", { name: "Set password" }).click();
await page.waitForURL(/log-in/);
await logIn(page);

step("release a lease");
await page.goto(`${BASE}/console/leases?q=state%3Aactive+kind%3Asingle`);
const lease = page.locator("tbody tr").first();
const number = (await lease.locator("a.number").first().innerText()).trim();
const reference = await lease.locator("a").first().getAttribute("title");
const granted = await lease.locator("time").first().getAttribute("datetime");
await lease.locator("a").first().click();
await page.getByRole("link", { name: "Release this lease" }).click();
check((await text(page)).includes(number), "the confirmation names the number");
const path = (url) => url.slice(BASE.length);
await page.getByLabel("Reason").fill("the phone is lost");
await page.getByRole("button", { name: "Release it" }).click();
await page.waitForURL(/done=1/);
check((await text(page)).includes("released"), "the lease is released");
places.lease = path(page.url());
// The confirmation of another one, as this one is over.
await page.goto(`${BASE}/console/leases?q=state%3Aactive+kind%3Agroup`);
places.group_lease = await page.locator("tbody tr").first().locator("a").first().getAttribute("href");
places.release = `${places.group_lease}/release`;
await page.goto(`${BASE}/console/calls?q=kind%3Acall`);
places.record = await page.locator("tbody tr").first().locator("a").first().getAttribute("href");

step("find who held its number");
await page.goto(`${BASE}/console/who?number=${number}`);
check((await page.getByLabel("Time zone").inputValue()) === "Asia/Kuala_Lumpur", "the viewer's zone");
await page.getByLabel("Date and time").fill(granted.replace("T", " ").replace("Z", ""));
await page.getByLabel("Time zone").fill("UTC");
await page.getByLabel("Reason").fill("ticket 4711");
await page.getByRole("button", { name: "Ask", exact: true }).click();
await page.waitForSelector(".answer");
check((await text(page)).includes(reference.slice(-8)), "the answer names the lease");

step("top up, and see the ledger line and the chart move");
await page.goto(`${BASE}/console/customers/1`);
await page.waitForSelector(".chart canvas");
const last = () => page.locator('[aria-label="Balance over time"] tbody tr').first().locator("td").nth(1)
  .locator("[data-value]").getAttribute("data-value");
const before = Number(await last());
await page.locator("summary", { hasText: "Top up" }).click();
await page.getByLabel("Credits").fill("25000");
await page.locator("details[open]").getByLabel("Reason").fill("invoice 7");
await page.getByRole("button", { name: "Top up" }).click();
await page.waitForURL(/done=1/);
check((await page.locator('[aria-label="Ledger"] tbody tr').first().innerText()).includes("top-up"), "a ledger line");
check(Number(await last()) === before + 25000, "the balance moved by the amount");
await page.waitForSelector(".chart canvas");

step("import a CSV with two bad lines");
await page.goto(`${BASE}/console/numbers/import`);
const csv = "number\n0388990000\nnot a number\n0388990001\n12\n";
await page.getByLabel("Numbers").fill(csv);
page.expectsRefusal = true;
await page.getByRole("button", { name: "Dry run" }).click();
await page.waitForSelector(".alert");
const report = await text(page);
check(report.includes("2 lines are wrong, 2 are sound"), "both bad lines are told of");
check((await page.getByLabel("Numbers").inputValue()).includes("not a number"), "what was typed is kept");
page.expectsRefusal = false;
await page.getByLabel("Numbers").fill("number\n0388990000\n0388990001\n");
await page.getByLabel("Reason").fill("order 12");
await page.getByRole("button", { name: "Import", exact: true }).click();
await page.waitForSelector(".done");
check((await text(page)).includes("2 of them new"), "both numbers are there");

step("follow a request id");
const answer = await fetch(`${BASE}/api/v1/customer/view`, { method: "POST" });
const id = answer.headers.get("request-id");
let found = false;
for (let round = 0; round < 40 && !found; round += 1) {
  await page.goto(`${BASE}/console/search?q=${id}`);
  found = page.url().endsWith(`/requests/${id}`) && (await text(page)).includes(id);
}
check(found, "the request is found by its id");
places.request = `/console/requests/${id}`;

step("keys");
await page.goto(`${BASE}/console`);
await page.keyboard.press("g");
await page.keyboard.press("l");
await page.waitForURL(/\/leases/);
await page.keyboard.press("j");
await page.keyboard.press("Enter");
await page.waitForURL(/\/leases\/[0-9a-f-]+/);
await page.keyboard.press("/");
check(await page.locator("#search").evaluate((field) => field === document.activeElement), "/ is the search");
await page.locator("#search").blur();
await page.keyboard.press("?");
check(await page.locator("dialog#keys").isVisible(), "? is the help");
await page.getByRole("button", { name: "Close" }).click();

step("a filter works while somebody types");
await page.goto(`${BASE}/console/leases`);
await page.getByLabel("Filter").fill("state:released");
await page.waitForURL(/q=state/);
check((await page.locator("#results").innerText()).includes("released"), "the list is filtered");

// What is asked of each page, whatever it shows.
async function look(name, page, colorScheme, width) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document));
  const told = violations.map((it) => `${it.id}: ${it.nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" | ")}`);
  check(told.length === 0, `axe on ${name} in ${colorScheme} at ${width}: ${told.join("; ")}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(wide <= 0, `${name} at ${width} is ${wide} pixels too wide`);
  await page.screenshot({ path: join(PICTURES, `${name}-${width}-${colorScheme}.png`), fullPage: true });
}

step("every page in light and dark, wide and narrow");
for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 390]) {
    const { context, page } = await viewer({ colorScheme, viewport: { width, height: 900 } });
    await logIn(page);
    page.expectsRefusal = true;
    for (const [name, path] of pages()) {
      await page.goto(BASE + path);
      await look(name, page, colorScheme, width);
    }
    // Answers to forms.
    await page.goto(`${BASE}/console/who?number=${number}`);
    await page.getByLabel("Date and time").fill(granted.replace("T", " ").replace("Z", ""));
    await page.getByLabel("Time zone").fill("UTC");
    await page.getByLabel("Reason").fill("ticket 4711");
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.waitForSelector(".answer");
    await look("who-answer", page, colorScheme, width);
    await page.goto(`${BASE}/console/tools`);
    await page.getByLabel("From").fill("60195730425");
    await page.getByLabel("To").fill("0388880002");
    await page.locator("#call").getByLabel("Seconds").fill("61");
    await page.locator("#call").getByRole("button").click();
    await page.waitForSelector(".answer, .alert");
    await look("tools-answer", page, colorScheme, width);
    await page.goto(`${BASE}/console/numbers/import`);
    await page.getByLabel("Numbers").fill(csv);
    await page.getByRole("button", { name: "Dry run" }).click();
    await page.waitForSelector(".alert");
    await look("import-answer", page, colorScheme, width);
    await context.close();
  }
}
step("without JavaScript");
{
  const { context, page } = await viewer({ javaScriptEnabled: false });
  await logIn(page);
  await page.locator("#search").fill(number);
  await page.locator("#search").press("Enter");
  check((await text(page)).includes(reference.slice(-8)), "the search finds the number's past");
  await page.goto(`${BASE}/console/leases`);
  await page.getByLabel("Filter").fill("state:released");
  await page.getByRole("button", { name: "Filter" }).click();
  check((await text(page)).includes(reference.slice(-8)), "a list is filtered by its button");
  await context.close();
}

step("log out, and no page comes back");
await page.goto(`${BASE}/console`);
await page.getByRole("button", { name: "Log out" }).click();
await page.waitForURL(/log-in/);
await page.goBack();
check(page.url().includes("log-in"), "going back leads to the log-in");

await context.close();
await browser.close();
if (wrong.length > 0) {
  console.error(`${wrong.length} things are wrong`);
  process.exit(1);
}
