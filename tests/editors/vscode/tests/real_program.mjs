import assert from 'node:assert/strict';
import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Screen, unlike, until } from '../screen.mjs';

/** The two searches of docutils' Inliner (docutils/parsers/rst/states.py), which look at every character of a paragraph. */
const HOT = /^ +match = pattern(_search\(remaining\)|\.search\(text\))/;

/** A program that nobody here wrote: docutils, laid out as in its own repository, on a document that keeps it busy. */
export function layDocutils(folder) {
  cpSync('/usr/lib/python3/dist-packages/docutils', path.join(folder, 'docutils'), {
    recursive: true,
    filter: (source) => !source.endsWith('__pycache__'),
  });
  copyFileSync('/usr/bin/rst2html5', path.join(folder, 'rst2html5.py'));
  writeFileSync(path.join(folder, 'long.rst'), `${`${'plain words '.repeat(40)}*beta*\n`.repeat(30)}\n`.repeat(150));
}

export const realProgram = [
  [
    'docutils makes a page of a document, and its hottest line is one click away',
    async ({ page, folder, shot }) => {
      const screen = new Screen(page);
      await screen.openFile('rst2html5.py');
      await screen.command('Pyrometer: Profile This File With Arguments...');
      const input = page.locator('.quick-input-box input');
      await page.getByText('Arguments of the program').waitFor();
      await input.fill('long.rst out.html');
      await page.keyboard.press('Enter');
      await screen.terminal('runs/rst2html5-');
      assert.match(readFileSync(path.join(folder, 'out.html'), 'utf8'), /<em>beta<\/em>/);
      await until('the hottest line in the status bar', async () => (await screen.item()).includes('states.py:'));
      await shot(page, 'docutils-over');
      await page.locator('.statusbar-item[id="pyrometer.pyrometer.pyrometer"] a').click();
      await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Go to Hottest Line' }).click();
      await page.locator('.tab.active').filter({ hasText: 'states.py' }).waitFor();
      // Heat is on the line that the source has there, and nothing else on screen is hotter.
      const hot = await until('heat on a search', async () => {
        const lines = await screen.heat();
        const share = ({ heat }) => Number.parseFloat(heat);
        const [hottest] = lines.sort((one, other) => share(other) - share(one));
        return (hottest && HOT.test(hottest.text) && hottest.tint && hottest) || unlike(lines);
      });
      const source = readFileSync(path.join(folder, 'docutils/parsers/rst/states.py'), 'utf8').split('\n');
      assert.equal(source[hot.number - 1].trimEnd(), hot.text.trimEnd());
      await shot(page, 'docutils');
    },
  ],
];
