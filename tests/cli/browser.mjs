// Opens a page in a headless Chromium that has no network, and prints what was seen as JSON:
// `node browser.mjs CHROMIUM PROFILE PAGE PDF [AXE]`, where PROFILE is an empty folder and AXE the file of axe-core. Messages go
// through a pipe, so no port is opened.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [chromium, profile, page, pdf, axe] = process.argv.slice(2);
const browser = spawn(
  chromium,
  ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
);
const [, , , toBrowser, fromBrowser] = browser.stdio;

const waiting = new Map();
const seen = [];
let number = 0;
let text = "";
fromBrowser.setEncoding("utf8").on("data", (part) => {
  const messages = (text + part).split("\0");
  text = messages.pop();
  for (const message of messages.map((one) => JSON.parse(one))) {
    if (message.id === undefined) seen.push(message);
    else {
      const { resolve, reject } = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error) reject(new Error(message.error.message));
      else resolve(message.result);
    }
    for (const check of checks) check();
  }
});
const checks = new Set();

const send = (method, params = {}, sessionId) =>
  new Promise((resolve, reject) => {
    number += 1;
    waiting.set(number, { resolve, reject });
    toBrowser.write(`${JSON.stringify({ id: number, method, params, sessionId })}\0`);
  });

/** Waits for an event that came after `from`. */
const event = (method, from) =>
  new Promise((resolve) => {
    const check = () => {
      if (!seen.slice(from).some((message) => message.method === method)) return;
      checks.delete(check);
      resolve();
    };
    checks.add(check);
    check();
  });

/** Opens the page and calls `use` with what evaluates a script in it. */
async function open({ scripts = true, scheme = "light", width = 1280 }, use) {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const ask = (method, params) => send(method, params, sessionId);
  for (const domain of ["Page", "Network", "Runtime", "Log"]) await ask(`${domain}.enable`);
  await ask("Network.emulateNetworkConditions", { offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0 });
  await ask("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
  await ask("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: false });
  await ask("Emulation.setScriptExecutionDisabled", { value: !scripts });
  const from = seen.length;
  await ask("Page.navigate", { url: pathToFileURL(page).href });
  await event("Page.loadEventFired", from);
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await ask("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  const found = await use(evaluate, ask);
  const complaints = seen
    .slice(from)
    .filter((message) => ["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"].includes(message.method))
    .map((message) => JSON.stringify(message.params));
  const requests = seen
    .slice(from)
    .filter((message) => message.method === "Network.requestWillBeSent")
    .map((message) => message.params.request.url);
  await send("Target.closeTarget", { targetId });
  return { ...found, complaints, requests };
}

const shown = `[...document.querySelectorAll("#all tbody tr")].filter((row) => row.checkVisibility()).length`;
const violations = async (evaluate) => {
  await evaluate(readFileSync(axe, "utf8") + ";undefined");
  return evaluate(`axe.run().then((found) => found.violations.map((one) => one.id + ": " + one.nodes.map((node) => node.target + " " + node.failureSummary).join(" | ")))`);
};

const found = {};
try {
  found.scripts = await open({}, async (evaluate, ask) => {
    const rows = await evaluate(shown);
    const search = await evaluate(`(() => {
      const search = document.getElementById("q");
      search.value = "adele laptop";
      search.dispatchEvent(new Event("input"));
      return { shown: ${shown}, text: document.getElementById("shown").textContent };
    })()`);
    const printed = await ask("Page.printToPDF", { preferCSSPageSize: true, printBackground: true });
    writeFileSync(pdf, Buffer.from(printed.data, "base64"));
    const sorted = await evaluate(`(() => {
      document.getElementById("q").value = "";
      document.getElementById("q").dispatchEvent(new Event("input"));
      const heading = [...document.querySelectorAll("#all thead th")].find((one) => one.textContent === "Person");
      const first = () => document.querySelector("#all tbody th").firstChild.textContent.trim();
      const seen = [];
      for (let time = 0; time < 2; time += 1) {
        heading.querySelector("button").click();
        seen.push([heading.getAttribute("aria-sort"), first()]);
      }
      return seen;
    })()`);
    const filtered = await evaluate(`(() => {
      const select = (id, value) => { document.getElementById(id).value = value; document.getElementById(id).dispatchEvent(new Event("input")); };
      select("fo", "failed"); const failed = ${shown}; select("fo", "");
      select("fv", "gone"); const gone = ${shown}; select("fv", "");
      document.getElementById("fl").click();
      return { failed, gone, left: ${shown} };
    })()`);
    return { rows, search, sorted, filtered };
  });
  found.plain = await open({ scripts: false }, async (evaluate) => ({
    rows: await evaluate(shown),
    tools: await evaluate(`document.getElementById("tools").checkVisibility()`),
  }));
  if (axe) {
    found.violations = {};
    for (const [name, how] of Object.entries({ light: {}, dark: { scheme: "dark" }, narrow: { width: 360 } })) {
      const { list } = await open(how, async (evaluate) => ({ list: await violations(evaluate) }));
      found.violations[name] = list;
    }
  }
} finally {
  const ended = once(browser, "exit");
  await send("Browser.close");
  await ended;
}
console.log(JSON.stringify(found));
