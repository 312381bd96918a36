import assert from 'node:assert/strict';
import { Screen, unlike, until } from '../screen.mjs';
import { HOT } from './live_run.mjs';

/** What the editor shows by itself of the daemon's answers. */
export const questions = [
  [
    'code lenses stand above functions',
    async ({ page }) => {
      await until('a code lens', async () => {
        const lenses = await page.locator('.codelens-decoration').allInnerTexts();
        return lenses.some((text) => /\d+(\.\d+)?\s%.*total/.test(text)) || unlike(lenses);
      });
    },
  ],
  [
    'the hover card of a hot line has its numbers',
    async ({ page, shot }) => {
      const screen = new Screen(page);
      const { number, text } = await screen.heatOn(HOT);
      await screen.goTo(number, text.indexOf('number') + 2);
      await screen.command('Show or Focus Hover');
      const card = page.locator('.monaco-hover:not(.hidden) .hover-contents');
      await card.filter({ hasText: 'total' }).first().waitFor();
      const words = (await card.allInnerTexts()).join('\n');
      assert.match(words, /self/i);
      assert.match(words, /\d %/);
      await shot(page, 'hover');
      await page.keyboard.press('Escape');
    },
  ],
  [
    'a call hierarchy leads from the hottest line to the caller of its function',
    async ({ page, shot }) => {
      const screen = new Screen(page);
      await screen.goTo(1);
      await page.locator('.statusbar-item[id="pyrometer.pyrometer.pyrometer"] a').click();
      await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Go to Hottest Line' }).click();
      await screen.status('Ln 10, Col 9');
      await screen.command('Calls: Show Call Hierarchy');
      const rows = page.locator('.sidebar .monaco-list-row, .auxiliarybar .monaco-list-row');
      const caller = rows.filter({ hasText: 'work' }).first();
      await until('the caller', async () => {
        if (await caller.isVisible()) return true;
        const root = rows.filter({ hasText: 'spin' }).first();
        if ((await root.getAttribute('aria-expanded')) === 'false') await root.locator('.monaco-tl-twistie').click();
        return unlike(await rows.allInnerTexts());
      });
      assert.match(await caller.innerText(), /\d+.*samples?/);
      await shot(page, 'calls');
      await caller.click();
      await until('the caller in the editor', async () => {
        const place = await page.locator('.part.statusbar').innerText();
        return /Ln 1[4-8]\b/.test(place.replaceAll('\u00a0', ' ')) || unlike(place);
      });
      await screen.command('View: Show Explorer');
    },
  ],
];
