// Looks at every page of a site as a browser shows it, and fails on the first kind of thing that a reader would
// suffer from: HTML that is not valid, what assistive technology trips over, pages that scroll sideways on a narrow
// phone, a request that leaves, a dialog, anything that the content security policy had to stop.
//
//   node .ci/site/check.mjs DIR [--shots DIR] [--only PATTERN] [--no-axe]
//
// DIR is the site, as `vidimus render` writes it. --shots writes pictures of each page at 1280 and 390 pixels, light
// and dark, and as A4. --only takes the pages whose path matches a regular expression. --no-axe leaves out axe, which
// takes most of the time: for a site whose templates another one has shown.
// Needs node, Chromium (CHROMIUM, default /usr/bin/chromium) and the packages of .ci/package.json.
import { readFileSync, readdirSync, mkdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { HtmlValidate } from 'html-validate';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : '');
const site = path.resolve(args[0] ?? '.');
const shots = option('--shots');
const only = new RegExp(option('--only') || '.');
const withAxe = !args.includes('--no-axe');

// Every rule of the recommended set, but for what is ours to decide: how attributes are quoted and void elements
// closed is html/template's business, and ids are made of headings in any language.
const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    'valid-id': ['error', { relaxed: true }],
    'no-trailing-whitespace': 'off',
    'long-title': 'off',
    'attribute-boolean-style': 'error',
    'no-inline-style': 'error',
    'require-sri': 'off',
  },
});

function pagesIn(dir) {
  return readdirSync(dir)
    .sort()
    .flatMap((name) => {
      const at = path.join(dir, name);
      if (statSync(at).isDirectory()) return pagesIn(at);
      return name.endsWith('.html') ? [at] : [];
    });
}

const problems = [];
function report(file, kind, text) {
  const line = `${path.relative(site, file)}: ${kind}: ${text}`;
  problems.push(line);
  console.log(line);
}

async function validate(file) {
  const result = await validator.validateString(readFileSync(file, 'utf8'), file);
  for (const message of result.results.flatMap((r) => r.messages)) {
    report(file, 'html-validate', `${message.ruleId} at ${message.line}:${message.column}: ${message.message}`);
  }
}

// A tab in which one page after the other is looked at. tab.file is the page that it shows.
async function open(browser) {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  const tab = { page, file: '' };
  const tell = (kind, text) => report(tab.file, kind, text);
  page.on('dialog', async (dialog) => {
    tell('dialog', `${dialog.type()} ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on('console', (message) => tell('console', message.text()));
  page.on('pageerror', (error) => tell('script', error.message));
  page.on('popup', () => tell('popup', 'a window was opened'));
  page.on('framenavigated', (frame) => {
    if (frame.url() !== pathToFileURL(tab.file).href) tell('navigation', `left for ${frame.url()}`);
  });
  await context.route('**/*', (route) => {
    const url = route.request().url();
    if (url.startsWith('file://')) return route.continue();
    tell('request', `left for ${url}`);
    return route.abort();
  });
  await page.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener('securitypolicyviolation', (e) => globalThis.violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
  });
  return tab;
}

// A page is loaded once, and then looked at in every width and colour: that costs a fifth of loading it each time.
async function visit({ page, file }) {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(pathToFileURL(file).href, { waitUntil: 'load' });
  for (const v of await page.evaluate(() => globalThis.violations)) report(file, 'policy', v);
}

// Everything wide and light; narrow and dark again what colours and widths change.
async function axe({ page, file }, again) {
  const options = { resultTypes: ['violations'] };
  if (again) options.runOnly = { type: 'rule', values: ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size'] };
  else await page.evaluate(axeSource);
  const found = await page.evaluate((o) => globalThis.axe.run(document, o), options);
  for (const v of found.violations) {
    report(file, 'axe', `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + n.html.slice(0, 120)).join(' | ')}`);
  }
}

async function sideways({ page, file }) {
  const [inner, outer, widest] = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    let widest = '';
    for (const e of document.querySelectorAll('body *')) {
      if (e.getBoundingClientRect().right > width + 1 && !e.closest('.scroll, pre, .nav, .vh, .sprite, .skip')) {
        widest = `${e.tagName}.${e.className}`;
        break;
      }
    }
    return [document.documentElement.scrollWidth, width, widest];
  });
  if (inner > outer) report(file, 'sideways', `${inner} pixels wide on a screen of ${outer}; ${widest}`);
}

// look holds one page against everything.
async function look(tab) {
  const { page, file } = tab;
  const name = path.relative(site, file).replaceAll('/', '_').replace(/\.html$/, '');
  await validate(file);
  await visit(tab);
  for (const [scheme, width] of [['light', 1280], ['light', 390], ['light', 320], ['dark', 1280], ['dark', 390]]) {
    if (scheme === 'dark' && !withAxe && !shots) break;
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    if (scheme === 'light') await sideways(tab);
    if (withAxe && scheme === 'light' && width === 1280) await axe(tab, false);
    if (withAxe && scheme === 'dark' && width === 390) await axe(tab, true);
    if (shots && width !== 320) await page.screenshot({ path: path.join(shots, `${name}-${scheme}-${width}.png`), fullPage: true });
  }
  if (shots) await page.pdf({ path: path.join(shots, `${name}.pdf`), preferCSSPageSize: true });
}

const files = pagesIn(site).filter((file) => only.test(path.relative(site, file)));
if (files.length === 0) {
  console.error(`error: no pages in ${site}`);
  process.exit(2);
}
if (shots) mkdirSync(shots, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--allow-file-access-from-files'],
});
const waiting = [...files];
async function work() {
  const tab = await open(browser);
  while ((tab.file = waiting.shift())) await look(tab);
}
await Promise.all([work(), work()]); // a browser's tabs are processes of their own
await browser.close();
console.error(`${files.length} pages, ${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0);
