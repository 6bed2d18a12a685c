// The page of `--format html` in a headless Chromium, as its readers see it.
//   node .ci/page.mjs PAGE REPORT.json [PICTURES]
// Checks what stands there against the JSON of the same scan: that filters and search work, that nothing complains, asks the
// network or runs what a repository wrote, that it fits a phone, can be read in the dark, and prints whole.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { open, start } from "./chromium.mjs";

const [path, json, pictures] = process.argv.slice(2);
const report = JSON.parse(readFileSync(json, "utf8"));
const failures = [];
const check = (holds, what) => { if (!holds) failures.push(what); };
const same = (is, wanted, what) => check(JSON.stringify(is) === JSON.stringify(wanted), `${what}: ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`);

const chromium = await start(process.env.CHROMIUM ?? "chromium");
const page = await open(chromium, `file://${resolve(path)}`);
const picture = async (name) => pictures && writeFileSync(join(pictures, `${name}.png`), await page.picture());
const shown = () => page.run("[...document.querySelectorAll('.key')].filter((key) => !key.hidden).length");
const wait = () => page.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
const click = (selector) => page.run(`document.querySelector(${JSON.stringify(selector)}).dispatchEvent(new MouseEvent("click", { bubbles: true }))`);
const reset = () => click("#reset");
const type = (text) => page.run(`(() => { const box = document.getElementById("search"); box.value = ${JSON.stringify(text)}; box.dispatchEvent(new Event("input")); })()`);

// Keys first: what each opens, until when, its state, where.
const keys = report.findings;
same(await shown(), keys.length, "keys on the page");
const words = await page.run("[...document.querySelectorAll('.key')].map((key) => ({ severity: key.dataset.severity, summary: key.querySelector('summary').textContent, text: key.textContent }))");
keys.forEach((key, at) => {
  same(words[at].severity, key.judgement.severity, `severity of key ${at}`);
  check(words[at].summary.includes(key.masked), `key ${at} shows its mask`);
  check(words[at].text.includes(key.fingerprint), `key ${at} shows its fingerprint`);
  check(key.judgement.verdicts.every((verdict) => words[at].text.includes(verdict.id)), `key ${at} says why it matters`);
  same(words[at].text.includes("Nobody has written down how"), key.remedy.revoke.length + key.remedy.recreate.length === 0, `key ${at} says how to close it`);
});
same(await page.run("document.querySelectorAll('.charts svg').length"), 2, "charts");

// Filters and search.
const first = keys[0].judgement.severity;
const of = (severity) => keys.filter((key) => key.judgement.severity === severity).length;
await click(`input[data-severity="${first}"]`);
same(await shown(), keys.length - of(first), `without ${first}`);
await reset();
same(await shown(), keys.length, "after the reset");
await type(keys[0].fingerprint.slice(-12));
same(await shown(), 1, "found by its fingerprint");
check((await page.run("document.getElementById('shown').textContent")).startsWith("1 of "), "the count follows the search");
await type("no key has such a word");
same(await shown(), 0, "found by nothing");
same(await page.run("document.getElementById('none').hidden"), false, "the empty page says so");
await reset();
for (const field of ["state", "issuer"]) {
  const value = await page.run(`document.querySelector(".key").dataset.${field}`);
  await page.run(`(() => { const box = document.getElementById("${field}"); box.value = ${JSON.stringify(value)}; box.dispatchEvent(new Event("change")); })()`);
  const wanted = await page.run(`[...document.querySelectorAll(".key")].filter((key) => key.dataset.${field} === ${JSON.stringify(value)}).length`);
  same(await shown(), wanted, `by ${field}`);
  await reset();
}
for (const chart of ["until", "reach"]) {
  const value = await page.run(`document.querySelector(".key").dataset.${chart}`);
  const bar = `.bar[data-filter="${chart}"][data-value="${value}"]`;
  const wanted = Number((await page.run(`document.querySelector(${JSON.stringify(bar)}).getAttribute("aria-label")`)).split(": ")[1]);
  await click(bar);
  same(await shown(), wanted, `by the bar ${chart}`);
  same(await page.run(`document.querySelector(${JSON.stringify(bar)}).getAttribute("aria-pressed")`), "true", `the bar ${chart} says that it is chosen`);
  await page.run(`document.querySelector(${JSON.stringify(bar)}).dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }))`);
  same(await shown(), keys.length, `the keyboard takes the bar ${chart} back`);
  await click(bar);
  await click(bar);
  same(await shown(), keys.length, "a second click on the bar takes it back");
}
// A page of one key begins with it unfolded.
await page.run("for (const key of document.querySelectorAll('.key')) key.open = false");
await click("#unfold");
check(await page.run("[...document.querySelectorAll('.key')].every((key) => key.open)"), "all unfold");
await click("#unfold");
check(await page.run("[...document.querySelectorAll('.key')].every((key) => !key.open)"), "and fold");

// What was done of a key is counted.
const steps = await page.run("(() => { const boxes = document.querySelectorAll('.key:has(.steps input)')[0]?.querySelectorAll('.steps input') ?? []; boxes[0]?.click(); return boxes.length; })()");
if (steps > 0) {
  same(await page.run("document.querySelector('.key:has(.steps input) .done').textContent"), `1 of ${steps} done`, "steps done");
  await page.run("document.querySelector('.steps input').click()");
}
// An address may name a key.
await page.run(`location.hash = "#" + [...document.querySelectorAll(".key")].at(-1).id`);
await wait();
same(await page.run("[...document.querySelectorAll('.key')].at(-1).open"), true, "the key that the address names is unfolded");
await page.run("for (const key of document.querySelectorAll('.key')) key.open = false; scrollTo(0, 0)");

// What a repository wrote is text.
same(await page.run("document.scripts.length"), 1, "scripts");
same(await page.run("document.querySelectorAll('img, iframe, object, embed, link, base, form, audio, video, svg script, svg foreignObject').length"), 0, "foreign elements");
same(await page.run("[...document.querySelectorAll('*')].flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith('on') || name === 'style').length"), 0, "attributes that run or style");
same(await page.run("[...document.links].filter((link) => link.protocol !== 'https:').length"), 0, "links that are not https");
same(await page.run("typeof globalThis.owned"), "undefined", "what a name wanted to run");
check(!(await page.run("/[\\u202a-\\u202e\\u2066-\\u2069\\u200b]/.test(document.documentElement.textContent)")), "no character reorders or hides text");

// Light and dark can both be read (WCAG 2: 4.5 to 1).
const contrast = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).slice(0, 3).map((part) => { const c = part / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
  const light = (color) => { const [r, g, b] = parse(color); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const under = (one) => { for (let at = one; at; at = at.parentElement) { const color = getComputedStyle(at).backgroundColor; if (color.startsWith("rgb(")) return color; } return "rgb(255, 255, 255)"; };
  const bad = [];
  for (const one of document.querySelectorAll(".lead, .sub, .numbers li, .unknown, .done, #shown, .word, .title, .cell, .columns span, .body dd, .body dt, .note, .id, .history, .chip b, a, mark, .steps span, footer dd, footer dt")) {
    if (one.offsetParent === null) continue;
    const [a, b] = [light(getComputedStyle(one).color), light(under(one))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) bad.push(one.className + " " + one.tagName + " " + ratio.toFixed(2));
  }
  return [...new Set(bad)];
})()`;
await page.run("document.querySelector('.key').open = true");
const grounds = [];
for (const scheme of ["light", "dark"]) {
  await page.size(1200, 1500);
  await page.media("screen", scheme);
  await wait();
  grounds.push(await page.run("getComputedStyle(document.body).backgroundColor"));
  same(await page.run(contrast), [], `contrast in the ${scheme}`);
  await picture(scheme);
}
check(grounds[0] !== grounds[1], "the dark is dark");

// A phone shows all of it without scrolling sideways.
await page.media("screen", "light");
await page.size(390, 844, true);
await click("#unfold");
await wait();
same(await page.run("document.documentElement.scrollWidth"), 390, "width on a phone");
await picture("phone");
await page.size(1200, 1500);
await click("#unfold");

// Printed, every key is unfolded and the controls are gone.
await page.run("for (const key of document.querySelectorAll('.key')) key.open = false; addEventListener('beforeprint', () => { globalThis.printed = [...document.querySelectorAll('.key, .keyless')].every((one) => one.open); })");
const { data } = await page.send("Page.printToPDF", {});
check(Buffer.from(data, "base64").subarray(0, 5).toString() === "%PDF-", "a page to print");
same(await page.run("globalThis.printed"), true, "printed keys are unfolded");
check(await page.run("[...document.querySelectorAll('.key')].every((key) => !key.open)"), "after printing they are as they were");
await page.media("print", "dark");
same(await page.run("getComputedStyle(document.querySelector('.filters')).display"), "none", "filters on paper");
same(await page.run("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)", "paper is white");

// Nothing complained, and nothing was asked for but the page itself.
same(page.complaints, [], "complaints");
same(page.requests, [`file://${resolve(path)}`], "requests");

// The policy holds against whoever gets a script in all the same: last, for it complains.
await page.run(`(() => { const script = document.createElement("script"); script.textContent = "globalThis.owned = 1"; document.body.append(script); const image = document.createElement("img"); image.src = "https://example.invalid/x.png"; document.body.append(image); document.body.setAttribute("style", "color: red"); })()`);
await wait();
same(await page.run("typeof globalThis.owned"), "undefined", "a script that was put in");
same(await page.run("fetch('https://example.invalid/').then(() => 'sent', () => 'refused')"), "refused", "a request that was put in");
check(page.complaints.some((text) => /Content Security Policy/.test(text)), "the policy says what it refused");

await chromium.end();
for (const failure of failures) console.error(`${path}: ${failure}`);
console.log(`${path}: ${keys.length} keys, ${failures.length} failures`);
process.exit(failures.length === 0 ? 0 : 1);
