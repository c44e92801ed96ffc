// Plays the whole of pull request 3 through the embedded GitHub's pages, as the visitor of `vidimus demo` would: by
// what stands on the pages and nothing else. Every page on the way is looked at: HTML that is valid, nothing that
// assistive technology trips over, no page that scrolls sideways at 320 pixels, no request that leaves, no script.
//
//   node .ci/sim/play.mjs BINARY FOLDER [--shots FOLDER]
//
// Needs node, Chromium (CHROMIUM, default /usr/bin/chromium) and the packages of .ci/package.json.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { HtmlValidate } from 'html-validate';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [binary, folder] = process.argv.slice(2);
const shots = process.argv.includes('--shots') ? process.argv[process.argv.indexOf('--shots') + 1] : '';
if (shots) mkdirSync(shots, { recursive: true });

// How long one thing may take: the App needs milliseconds, a loaded machine needs more.
const patience = 60_000;

const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: { 'no-trailing-whitespace': 'off', 'long-title': 'off', 'no-inline-style': 'error', 'require-sri': 'off' },
});

const problems = [];
function report(where, kind, text) {
  problems.push(kind);
  console.log(`${where}: ${kind}: ${text}`);
}

function expect(holds, claim) {
  if (!holds) throw new Error(`expected that ${claim}`);
  console.log(`ok  ${claim}`);
}

// startDemo runs the demo until it says that it stays, and gives its process and world.json.
async function startDemo() {
  const dir = path.join(folder, 'demo');
  rmSync(dir, { recursive: true, force: true });
  const demo = spawn(binary, ['demo', '--dir', dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  demo.stdout.on('data', (text) => (said += text));
  const ended = new Promise((_, reject) => demo.on('exit', (code) => reject(new Error(`the demo ended with ${code}:\n${said}`))));
  ended.catch(() => {});
  const until = Date.now() + 3 * patience;
  while (!said.includes('Ctrl-C') || !existsSync(path.join(dir, 'world.json'))) {
    if (Date.now() > until) throw new Error(`the demo is not ready:\n${said}`);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 50))]);
  }
  const world = JSON.parse(readFileSync(path.join(dir, 'world.json'), 'utf8'));
  const address = said.match(/http:\/\/\S+\/pull\/3\b/);
  if (!address) throw new Error(`the demo names no address to open:\n${said}`);
  return { demo, world, address: address[0] };
}

const { demo, world, address } = await startDemo();
const web = world.web;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
context.setDefaultTimeout(patience);
await context.route('**/*', (route) => {
  const url = route.request().url();
  if (url.startsWith(web)) return route.continue();
  report(url, 'request', 'it leaves this machine or this site');
  return route.abort();
});
const page = await context.newPage();
page.on('console', (message) => report(page.url(), 'console', message.text()));
page.on('pageerror', (error) => report(page.url(), 'script', error.message));

async function axe(where, width) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  for (const v of found.violations) {
    report(where, `axe at ${width}`, `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + n.html.slice(0, 160)).join(' | ')}`);
  }
}

async function sideways(where) {
  const [inner, outer, widest] = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    let widest = '';
    for (const e of document.querySelectorAll('body *')) {
      if (e.getBoundingClientRect().right > width + 1 && !e.closest('.scroll, pre, .vh, .skip')) {
        widest = `${e.tagName}.${e.className}`;
        break;
      }
    }
    return [document.documentElement.scrollWidth, width, widest];
  });
  if (inner > outer) report(where, 'sideways', `${inner} pixels wide on a screen of ${outer}; ${widest}`);
}

const seen = new Map();
// look examines the page that is open: wide and light, then narrow and dark.
async function look(name) {
  const where = `${name} ${page.url().replace(web, '')}`;
  seen.set(name, (seen.get(name) ?? 0) + 1);
  const source = await (await context.request.get(page.url())).text();
  const result = await validator.validateString(source, where);
  for (const m of result.results.flatMap((r) => r.messages)) {
    report(where, 'html-validate', `${m.ruleId} at ${m.line}:${m.column}: ${m.message}`);
  }
  if ((source.match(/<h1[ >]/g) ?? []).length !== 1) report(where, 'heading', 'not exactly one h1');
  await axe(where, 1280);
  if (shots) await page.screenshot({ path: path.join(shots, `${name}-${seen.get(name)}-1280.png`), fullPage: true });
  await page.setViewportSize({ width: 320, height: 800 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await sideways(where);
  await axe(where, 320);
  if (shots) await page.screenshot({ path: path.join(shots, `${name}-${seen.get(name)}-320.png`), fullPage: true });
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
}

// be switches to a person by one click in the bar of the page.
async function be(first) {
  await page.locator('.who').getByRole('button', { name: `Be ${first}` }).click();
  await page.locator('.who p', { hasText: `You are ${first}` }).waitFor();
}

const pull = `${web}/northquay/cloud-governance/pull/3`;

// linesFor reads, from the check's summary on the page, the lines that a role is to copy.
async function linesFor(role) {
  await page.goto(`${pull}/checks`);
  const blocks = await page.locator('.md pre').allTextContents();
  const lines = blocks.flatMap((b) => b.split('\n')).filter((line) => line.startsWith(`I sign as ${role}: `));
  return [...new Set(lines)];
}

// review submits a review by the form that stands under "Files changed".
async function review(at, judgement, text) {
  await page.goto(`${at}/files`);
  await page.getByRole('link', { name: 'Review changes' }).click();
  await page.getByLabel('What you say').fill(text);
  await page.getByRole('radio', { name: judgement }).check();
  await page.getByRole('button', { name: 'Submit review' }).click();
  await page.waitForURL(/#pullrequestreview-\d+$/);
  const id = new URL(page.url()).hash;
  await page.locator(id).waitFor();
  return id;
}

// verdict loads the page until the merge box shows what the check is expected to say.
async function verdict(at, wanted) {
  const until = Date.now() + patience;
  let text = '';
  do {
    await page.goto(at);
    text = (await page.locator('#merge .checks').allInnerTexts()).join(' ');
    if (wanted.test(text)) return text;
    await page.waitForTimeout(200);
  } while (Date.now() < until);
  throw new Error(`expected that the check on ${at} says ${wanted}; it says ${text}`);
}

async function edit(file, from, to, message, proposal) {
  await page.goto(file);
  await page.getByRole('link', { name: 'Edit this file' }).click();
  const box = page.getByLabel('Text', { exact: true });
  const text = await box.inputValue();
  if (text.split(from).length !== 2) throw new Error(`expected that ${JSON.stringify(from)} stands once in ${file}`);
  await look('edit');
  await box.fill(text.replace(from, to));
  await page.getByLabel('What this changes and why').fill(message);
  await page.getByRole('radio', { name: proposal ? 'Propose it' : 'Onto the branch' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
}

async function play() {
  await page.goto(address);
  expect(new URL(page.url()).pathname === '/login', 'who opens the address chooses first who to be');
  await look('login');
  await page.getByRole('button', { name: /Zeynep/ }).click();
  expect(page.url() === address, 'and is led on to the pull request');
  await verdict(pull, /Waiting for .*(Tomasz|Aoife)/);
  await look('pull');

  const [line] = await linesFor('ciso');
  expect(/sha256:[0-9a-f]{64}$/.test(line), `the check's summary offers the line ${line?.slice(0, 60)}…`);
  await look('checks');
  await review(pull, 'Approve', line);
  expect(/Approved/.test(await page.locator('.speech').last().innerText()), 'Zeynep has approved');
  await page.goto(`${pull}/checks`);
  await page.getByText('SIG004').first().waitFor();
  await verdict(pull, /Action required.*Waiting for .*Aoife/s);
  console.log('ok  her approval does not count: the check says SIG004 and still waits for Aoife');

  await be('Aoife');
  await review(pull, 'Approve', `Read.\n\n${line}`);
  await verdict(pull, /Waiting for Tomasz/);
  console.log('ok  Aoife has signed by the line from the check; the check waits for Tomasz alone');
  await look('pull');

  await be('Bruno');
  await page.goto(pull);
  await page.getByRole('link', { name: 'container-images' }).click();
  await look('tree');
  const matrix = `${web}/northquay/cloud-governance/blob/container-images/matrices/azure-platform.md`;
  await edit(matrix, 'SOC 2 type 2 report; runtime support calendar', 'SOC 2 type 2 report; image scan report, weekly', 'Matrix: name the evidence for our images', false);
  await look('blob');
  const after = await verdict(pull, /Waiting for .*Aoife/);
  expect(/Action required/.test(after), 'one changed cell ends her signature');
  await page.goto(`${pull}/checks`);
  await page.getByText('SIG003').first().waitFor();

  for (const [first, role] of [['Aoife', 'ciso'], ['Tomasz', 'head-of-it']]) {
    await be(first);
    const lines = await linesFor(role);
    expect(lines.length > 0 && !lines.includes(line), `there is a new line for ${first}`);
    await review(pull, 'Approve', `Read.\n\n${lines.join('\n')}`);
  }
  await verdict(pull, /Success/);
  console.log('ok  both have signed the new text, and the check is green');
  await look('pull');
  await page.goto(`${pull}/files`);
  await page.getByText('Display the rich diff').first().click();
  await look('files');
  await page.goto(`${pull}/commits`);
  await look('commits');

  await be('Bruno');
  await page.goto(pull);
  await page.getByRole('radio', { name: 'Merge commit' }).check();
  await page.getByRole('button', { name: 'Merge pull request' }).click();
  await page.waitForURL(/#merge$/);
  expect(/Merged/.test(await page.locator('#merge').innerText()), 'Bruno has merged it');
  await look('pull');
  await page.locator('.event', { hasText: 'merged this into main' }).getByRole('link').last().click();
  expect(/Verified/.test(await page.locator('main').innerText()), 'the merge commit is verified');
  await look('commit');
  await evidence(3);
  await deviation();
  await others();
}

// evidence waits until the newest entry of the evidence branch is the one of a pull request, and looks at it.
async function evidence(entries) {
  const until = Date.now() + patience;
  const ledger = `${web}/northquay/cloud-governance/tree/evidence/ledger/0000`;
  for (;;) {
    await page.goto(ledger);
    const names = await page.locator('.files a').allInnerTexts();
    if (names.some((name) => new RegExp(`^0*${entries}\\b`).test(name))) break;
    if (Date.now() > until) throw new Error(`expected that the ledger has ${entries} entries; it lists ${names}`);
    await page.waitForTimeout(200);
  }
  console.log(`ok  the evidence branch holds entry ${entries}`);
  await look('tree');
  await page.goto(`${web}/northquay/cloud-governance/commits/evidence`);
  await look('history');
}

// deviation: an administrator proposes, is told that nobody has signed, and merges past the rules.
async function deviation() {
  await page.goto(`${web}/northquay/cloud-governance`);
  await be('Ingrid');
  const file = `${web}/northquay/cloud-governance/blob/main/assurance/azure-platform.md`;
  await edit(file, 'version: "1.1"', 'version: "1.2"', 'Assurance review of Azure: next version', true);
  await page.waitForURL(/\/pull\/\d+$/);
  const own = page.url();
  await verdict(own, /Action required|Failed/);
  await page.goto(own);
  expect(/Blocked/.test(await page.locator('#merge').innerText()), 'the rules block it');
  await look('pull');
  await page.getByRole('checkbox', { name: /Merge past the rules/ }).check();
  await page.getByRole('button', { name: 'Merge pull request' }).click();
  await page.waitForURL(/#merge$/);
  const until = Date.now() + patience;
  do {
    await page.goto(`${web}/northquay/cloud-governance/issues`);
  } while ((await page.locator('.lines a').count()) === 0 && Date.now() < until);
  await look('issues');
  await page.locator('.lines a').first().click();
  expect(/deviation/i.test(await page.locator('main').innerText()), 'a deviation was published as an issue');
  await look('issue');
  await page.getByLabel('What you say').fill('Seen; the review follows.');
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  await page.waitForURL(/#issuecomment-\d+$/);
  await look('issue');
}

// others are the pages that the story does not come by.
async function others() {
  const repo = `${web}/northquay/cloud-governance`;
  const fixed = {
    front: web, organisation: `${web}/northquay`, person: `${web}/isolheim-nq`, repository: repo, pulls: `${repo}/pulls`, compare: `${repo}/compare`,
    comparison: `${repo}/compare/main...documents`, app: `${web}/apps/vidimus`, deliveries: `${web}/apps/vidimus/deliveries`, missing: `${repo}/issues/999`,
  };
  for (const [name, url] of Object.entries(fixed)) {
    const expected = name === 'missing' ? 404 : 200;
    const answer = await context.request.get(url);
    if (answer.status() !== expected) throw new Error(`expected that ${url} is ${expected}; it is ${answer.status()}`);
    if (name === 'missing') continue; // a browser writes the status into its console
    await page.goto(url);
    await look(name);
  }
  await page.goto(fixed.deliveries);
  await page.locator('.lines a').first().click();
  await look('delivery');
  await page.getByRole('button', { name: 'Send it again' }).click();
  await page.getByText('sent again').first().waitFor();
  console.log('ok  a delivery was sent again');
  await page.goto(`${pull}/checks`);
  await page.getByRole('link', { name: 'Conversation' }).click();
  await page.getByRole('link', { name: /Details/ }).first().click();
  await look('run');
}

let failed = false;
try {
  await play();
} catch (error) {
  failed = true;
  console.log(`failed at ${page.url()}: ${error.message}`);
  if (shots) await page.screenshot({ path: path.join(shots, 'failed.png'), fullPage: true });
} finally {
  await browser.close();
  demo.kill('SIGINT');
}
console.error(`${[...seen.values()].reduce((a, b) => a + b, 0)} pages looked at, ${problems.length} problems`);
process.exit(failed || problems.length > 0 ? 1 : 0);
