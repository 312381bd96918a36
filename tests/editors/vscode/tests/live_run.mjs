import assert from 'node:assert/strict';
import { Screen, until } from '../screen.mjs';

/** The hottest line of programs/greeting.py. */
export const HOT = 'total += number * number % 7';

export const liveRun = [
  [
    'a program run from the palette asks for input in its terminal, and gets it',
    async ({ page }) => {
      const screen = new Screen(page);
      await screen.openFile('greeting.py');
      await screen.command('Pyrometer: Profile This File');
      await screen.terminal('Your name?');
      await screen.typeInTerminal('Ada\n');
      await screen.terminal('Hello, Ada!');
    },
  ],
  [
    'heat is on the right line while the program runs',
    async ({ page, shot }) => {
      const screen = new Screen(page);
      const looksHot = ({ heat, tint, shape }) => Number.parseFloat(heat) > 50 && tint && shape;
      const line = await screen.heatOn(HOT, looksHot);
      assert.match(line.heat, /^\d+(\.\d)? %/);
      await until('the status bar to say that it runs', () => screen.running());
      await until('the hottest line in the status bar', async () => (await screen.item()).includes('greeting.py:10'));
      await page.locator('.notification-toast').filter({ hasText: 'Profiling greeting.py' }).waitFor();
      // A sample of hundreds may fall there.
      const much = (await screen.heat()).filter(({ heat }) => Number.parseFloat(heat) > 10);
      assert.ok(!much.some(({ text }) => text.startsWith('def ') || text.includes('return total')));
      await shot(page, 'live');
    },
  ],
  [
    'the heat stays when the program is over, and the terminal says what was kept',
    async ({ page, shot }) => {
      const screen = new Screen(page);
      await screen.typeInTerminal('\n');
      await screen.terminal('Thank you.');
      await screen.terminal('Press any key to close the terminal.');
      await until('the end in the status bar', async () => !(await screen.running()));
      await page.locator('.notification-toast').filter({ hasText: 'Profiling' }).waitFor({ state: 'hidden' });
      await screen.heatOn(HOT);
      await shot(page, 'over');
    },
  ],
];
