import assert from 'node:assert/strict';
import { Screen, unlike, until } from '../screen.mjs';

export const parts = [
  [
    'the part of a line that has its time is underlined, and named on the hover card',
    async ({ page, shot }) => {
      const screen = new Screen(page);
      await screen.openFile('parts.py');
      await screen.command('Pyrometer: Profile This File');
      await screen.terminal('Working.');
      const line = await screen.heatOn('sum(NUMBERS)');
      await until('an underlined part', async () => {
        const texts = await screen.underlined();
        return texts.includes('sum(NUMBERS)') || unlike(texts);
      });
      await screen.typeInTerminal('\n');
      await screen.terminal('Press any key to close the terminal.');
      await screen.focusEditor();
      await screen.goTo(line.number, line.text.indexOf('sum(') + 2);
      await screen.command('Show or Focus Hover');
      const card = page.locator('.monaco-hover:not(.hidden) .hover-contents');
      await card.filter({ hasText: 'Hottest part' }).first().waitFor();
      assert.match((await card.allInnerTexts()).join('\n'), /Hottest part: sum\(NUMBERS\) with \d+/);
      await shot(page, 'parts');
      await page.keyboard.press('Escape');
    },
  ],
];
