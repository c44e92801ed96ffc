// Gives signatures on the review page's way, and says no on it: a visitor who knows nothing but what stands on the
// pages signs in, copies the lines, gives the review on GitHub's form, comes back and sees the signature counted.
// Each state of the page is looked at: HTML that is valid, nothing that assistive technology trips over, nothing
// that scrolls sideways at 1280, 390 or 320 pixels, no request that leaves, nothing that the policy had to stop.
//
//   node .ci/review/play.mjs BINARY FOLDER [--shots FOLDER] [--no-look]
//
// --no-look plays only, and leaves out what takes most of the time.
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
const patience = 90_000;

const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    'valid-id': ['error', { relaxed: true }], // ids are made of headings in any language
    'no-trailing-whitespace': 'off',
    'long-title': 'off',
    'attribute-boolean-style': 'error',
    'no-inline-style': 'error',
    'require-sri': 'off',
  },
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
  return { demo, world: JSON.parse(readFileSync(path.join(dir, 'world.json'), 'utf8')) };
}

const { demo, world } = await startDemo();
const web = world.web;
const app = world.app.url;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

// visitor is a person's own browser, with or without scripts.
async function visitor(javaScriptEnabled = true) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', javaScriptEnabled });
  context.setDefaultTimeout(patience);
  await context.route('**/*', (route) => {
    const url = route.request().url();
    if (url.startsWith(web) || url.startsWith(app)) return route.continue();
    report(url, 'request', 'it leaves this machine or these sites');
    return route.abort();
  });
  const page = await context.newPage();
  page.on('console', (message) => report(page.url(), 'console', message.text()));
  page.on('pageerror', (error) => report(page.url(), 'script', error.message));
  page.on('dialog', (dialog) => {
    report(page.url(), 'dialog', dialog.message());
    dialog.dismiss();
  });
  return { context, page };
}

async function axe(page, where) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  for (const v of found.violations) {
    report(where, 'axe', `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + n.html.slice(0, 160)).join(' | ')}`);
  }
}

async function sideways(page, where) {
  const [inner, outer, widest] = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const wide = [...document.querySelectorAll('body *')].find((e) => e.getBoundingClientRect().right > width + 1 && !e.closest('.scroll, pre, .vh, .skip, .nav'));
    return [document.documentElement.scrollWidth, width, wide ? `${wide.tagName}.${wide.className}` : ''];
  });
  if (inner > outer) report(where, 'sideways', `${inner} pixels wide on a screen of ${outer}; ${widest}`);
}

let looks = 0;
// look examines the page that is open, at three widths, light and dark.
async function look(page, name) {
  if (process.argv.includes('--no-look')) return;
  looks++;
  const source = await (await page.context().request.get(page.url())).text();
  const result = await validator.validateString(source, name);
  for (const m of result.results.flatMap((r) => r.messages)) {
    report(name, 'html-validate', `${m.ruleId} at ${m.line}:${m.column}: ${m.message} ${source.split('\n')[m.line - 1]?.slice(0, 200)}`);
  }
  if ((source.match(/<h1[ >]/g) ?? []).length !== 1) report(name, 'heading', 'not exactly one h1');
  for (const [width, colorScheme] of [[1280, 'light'], [1280, 'dark'], [390, 'light'], [390, 'dark'], [320, 'light']]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await sideways(page, `${name} at ${width}`);
    if (width === 320 || (width === 390) === (colorScheme === 'dark')) await axe(page, `${name} at ${width} ${colorScheme}`);
    if (shots) await page.screenshot({ path: path.join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
}

// signIn follows the link in the App's comment on the pull request, and then what each page offers.
async function signIn(page, name) {
  await page.goto(`${web}/northquay/cloud-governance/pull/3`);
  if (new URL(page.url()).pathname === '/login') await page.getByRole('button', { name: new RegExp(name) }).click();
  await page.getByRole('link', { name: /^Read (and sign|the change)$/ }).first().click();
  await page.getByRole('heading', { name: 'Sign in to read this review' }).waitFor();
  const address = page.url();
  if (name === 'Aoife') await look(page, 'sign-in');
  await page.getByRole('link', { name: 'Sign in with GitHub' }).click();
  await page.getByRole('button', { name: /^Authorize as/ }).click();
  await page.waitForURL(address);
  return address;
}

// said loads the page until its banner begins with words.
async function said(page, address, words) {
  const until = Date.now() + patience;
  let text = '';
  do {
    await page.goto(address);
    text = await page.locator('.banner').first().innerText();
    if (words.test(text)) return text;
    await page.waitForTimeout(300);
  } while (Date.now() < until);
  throw new Error(`expected that ${address} says ${words}; it says ${text}`);
}

// review gives a review by GitHub's own form, from where the page's button leads.
async function review(page, button, judgement, text) {
  await page.getByRole('link', { name: button }).click();
  await page.getByRole('link', { name: 'Review changes' }).click();
  await page.getByLabel('What you say').fill(text);
  await page.getByRole('radio', { name: judgement }).check();
  await page.getByRole('button', { name: 'Submit review' }).click();
  await page.waitForURL(/#pullrequestreview-\d+$/);
}

async function play() {
  // Aoife, with scripts.
  const aoife = await visitor();
  const address = await signIn(aoife.page, 'Aoife');
  let text = await said(aoife.page, address, /Waiting for you/);
  expect(/You sign as Chief Information Security Officer/.test(text), 'the page says in which role Aoife is waited for');
  await look(aoife.page, 'waiting-for-you');
  await aoife.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(address).origin });
  await aoife.page.getByRole('button', { name: 'Copy' }).click();
  await aoife.page.getByText('Copied.').waitFor();
  const copied = await aoife.page.evaluate(() => navigator.clipboard.readText());
  expect(/^I sign as ciso: \S+ \S+ sha256:[0-9a-f]{64}$/.test(copied.split('\n')[0]), 'the button copies the line');
  expect(copied === (await aoife.page.locator('textarea').inputValue()), 'and the whole of it');
  await review(aoife.page, 'Continue to GitHub to sign', 'Approve', copied);
  await said(aoife.page, address, /Waiting for others.*You have signed/s);
  expect(/Aoife Brannigan/.test(await aoife.page.locator('.sig:not(.wait)').first().innerText()), 'Aoife’s signature stands on the page');
  await look(aoife.page, 'signed-waiting');

  // Bruno proposed the change.
  const bruno = await visitor();
  await signIn(bruno.page, 'Bruno');
  text = await said(bruno.page, address, /Waiting for others/);
  expect(/cannot sign what you contributed to/.test(text), 'Bruno is told that he cannot sign his own change');
  await look(bruno.page, 'contributor');

  // Tomasz has switched scripts off, and says no first.
  const tomasz = await visitor(false);
  await signIn(tomasz.page, 'Tomasz');
  text = await said(tomasz.page, address, /Waiting for you/);
  expect(/Aoife Brannigan.*has signed.*You are the last one/s.test(text), 'Tomasz is told that he is the last one');
  expect(!(await tomasz.page.locator('#copy').isVisible()), 'without scripts there is no button to copy');
  await review(tomasz.page, 'I do not agree: request changes', 'Request changes', 'Who patches the base images on a Sunday?');
  text = await said(tomasz.page, address, /Blocked/);
  expect(/patches the base images on a Sunday/.test(await tomasz.page.locator('main').innerText()), 'his no blocks, and its reason stands on the page');
  await aoife.page.goto(address);
  await look(aoife.page, 'objection');

  // Bruno answers with another text: Aoife's signature ends, and she sees what changed since.
  await bruno.page.goto(`${web}/northquay/cloud-governance/blob/container-images/matrices/azure-platform.md`);
  await bruno.page.getByRole('link', { name: 'Edit this file' }).click();
  const box = bruno.page.getByLabel('Text', { exact: true });
  await box.fill((await box.inputValue()).replace('SOC 2 type 2 report; runtime support calendar', 'SOC 2 type 2 report; image scan report, weekly'));
  await bruno.page.getByLabel('What this changes and why').fill('Matrix: name the evidence for our images');
  await bruno.page.getByRole('radio', { name: 'Onto the branch' }).check();
  await bruno.page.getByRole('button', { name: 'Save' }).click();
  const until = Date.now() + patience;
  do {
    await aoife.page.goto(address);
    text = await aoife.page.locator('main').innerText();
  } while (!/You signed an earlier text/.test(text) && Date.now() < until);
  expect(/SIG003/.test(text), 'Aoife is told that her signature has ended');
  await aoife.page.getByRole('link', { name: 'Show only what changed since then' }).click();
  expect(/Shown is only what changed since you signed/.test(await aoife.page.locator('main').innerText()), 'and sees only what changed since');
  await look(aoife.page, 'since');

  // Tomasz agrees now, without scripts: he reads the lines in the box and copies them by hand.
  text = await said(tomasz.page, address, /That is you/);
  expect(/It ends when you approve/.test(text), 'Tomasz is told how his no ends');
  await agree(tomasz.page, address, 'Tomasz');
  await agree(aoife.page, address, 'Aoife');
  text = await said(aoife.page, address, /^\s*Signed/);
  expect(/can be merged/.test(text), 'both have signed, and the change can be merged');
  await look(aoife.page, 'signed');

  // Bruno merges; the page becomes the record's.
  await bruno.page.goto(`${web}/northquay/cloud-governance/pull/3`);
  await bruno.page.getByRole('radio', { name: 'Merge commit' }).check();
  await bruno.page.getByRole('button', { name: 'Merge pull request' }).click();
  await bruno.page.waitForURL(/#merge$/);
  text = await said(aoife.page, address, /Merged and signed/);
  expect(/Ledger entry \d+/.test(text), 'the page names the ledger’s entry');
  await look(aoife.page, 'merged');

  await aoife.page.getByRole('button', { name: 'Sign out' }).click();
  await aoife.page.getByRole('heading', { name: 'You are signed out' }).waitFor();
  await look(aoife.page, 'signed-out');
  await aoife.page.goto(address);
  await aoife.page.getByRole('heading', { name: 'Sign in to read this review' }).waitFor();
  console.log('ok  who has signed out sees nothing');
}

// agree signs by the lines on the page; who had objected approves and so takes the objection back.
async function agree(page, address, name) {
  await page.goto(address);
  const lines = await page.locator('textarea').inputValue();
  expect(lines.length > 0, `there are lines for ${name}`);
  await review(page, 'Continue to GitHub to sign', 'Approve', lines);
}

let failed = false;
try {
  await play();
} catch (error) {
  failed = true;
  console.log(`failed: ${error.stack}`);
  for (const context of browser.contexts()) {
    for (const page of context.pages()) {
      console.log(`at ${page.url()}`);
      if (shots) await page.screenshot({ path: path.join(shots, `failed-${browser.contexts().indexOf(context)}.png`), fullPage: true });
    }
  }
} finally {
  await browser.close();
  demo.kill('SIGINT');
}
console.error(`${looks} pages looked at, ${problems.length} problems`);
process.exit(failed || problems.length > 0 ? 1 : 0);
