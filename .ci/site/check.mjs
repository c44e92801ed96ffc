// Looks at every page of a site as a browser shows it, and fails on the first kind of thing that a reader would
// suffer from: HTML that is not valid, what assistive technology trips over, pages that scroll sideways on a narrow
// phone, a request that leaves, a dialog, anything that the content security policy had to stop.
//
//   node .ci/site/check.mjs DIR [--shots DIR] [--only PATTERN]
//
// DIR is the site, as `vidimus render` writes it. --shots writes pictures of each page at 1280 and 390 pixels, light
// and dark, and as A4. --only takes the pages whose path matches a regular expression.
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
let current = '';
function report(kind, text) {
  const line = `${path.relative(site, current)}: ${kind}: ${text}`;
  problems.push(line);
  console.log(line);
}

async function validate(file) {
  const result = await validator.validateString(readFileSync(file, 'utf8'), file);
  for (const message of result.results.flatMap((r) => r.messages)) {
    report('html-validate', `${message.ruleId} at ${message.line}:${message.column}: ${message.message}`);
  }
}

async function open(browser, scheme, width) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.on('dialog', async (dialog) => {
    report('dialog', `${dialog.type()} ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on('console', (message) => report('console', message.text()));
  page.on('pageerror', (error) => report('script', error.message));
  page.on('popup', () => report('popup', 'a window was opened'));
  await context.route('**/*', (route) => {
    const url = route.request().url();
    if (url.startsWith('file://')) return route.continue();
    report('request', `left for ${url}`);
    return route.abort();
  });
  await page.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener('securitypolicyviolation', (e) => globalThis.violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
  });
  return page;
}

async function visit(page, file) {
  await page.goto(pathToFileURL(file).href, { waitUntil: 'load' });
  for (const v of await page.evaluate(() => globalThis.violations)) report('policy', v);
}

async function axe(page) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  for (const v of found.violations) {
    report('axe', `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + n.html.slice(0, 120)).join(' | ')}`);
  }
}

async function sideways(page) {
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
  if (inner > outer) report('sideways', `${inner} pixels wide on a screen of ${outer}; ${widest}`);
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
const looks = [];
for (const scheme of ['light', 'dark']) {
  for (const width of [1280, 390]) looks.push([scheme, width, await open(browser, scheme, width)]);
}
const narrow = await open(browser, 'light', 320);
for (const file of files) {
  current = file;
  await validate(file);
  await visit(narrow, file);
  await sideways(narrow);
  const name = path.relative(site, file).replaceAll('/', '_').replace(/\.html$/, '');
  for (const [scheme, width, page] of looks) {
    await visit(page, file);
    await sideways(page);
    if ((width === 1280) === (scheme === 'light')) await axe(page); // wide and light, narrow and dark
    if (shots) await page.screenshot({ path: path.join(shots, `${name}-${scheme}-${width}.png`), fullPage: true });
  }
  if (shots) await looks[0][2].pdf({ path: path.join(shots, `${name}.pdf`), preferCSSPageSize: true });
}
await browser.close();
console.error(`${files.length} pages, ${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0);
