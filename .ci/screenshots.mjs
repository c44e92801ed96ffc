// Takes the pictures of the README from a site: node .ci/screenshots.mjs SITE OUT. Called by .ci/screenshots.
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const { chromium } = createRequire(import.meta.url)('playwright-core');
const [site, out] = process.argv.slice(2);
// Each picture: its name, the page, the height, and the element that it begins with.
const pictures = [
  ['overview', 'index.html', 860, 'main'],
  ['version', 'documents/SRM-AZURE-PLATFORM/3.0.html', 620, 'main'],
  ['signatures', 'documents/SRM-AZURE-PLATFORM/3.0.html', 760, '#signatures'],
  ['redline', 'documents/SRM-AZURE-PLATFORM/2.1..3.0.html', 1180, 'main'],
];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const page = await browser.newPage({ viewport: { width: 1180, height: 900 }, colorScheme: 'light', reducedMotion: 'reduce' });
for (const [name, address, height, from] of pictures) {
  await page.goto(pathToFileURL(path.join(site, address)).href);
  const box = await page.locator(from).first().boundingBox();
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  const top = from === 'main' ? 0 : Math.floor(box.y) - 16;
  await page.screenshot({
    path: path.join(out, `${name}.png`), fullPage: true,
    clip: { x: 0, y: top, width: 1180, height: Math.min(height, whole - top) },
  });
}
await browser.close();
