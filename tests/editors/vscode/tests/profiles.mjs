import { Screen, until } from '../screen.mjs';
import { HOT } from './live_run.mjs';

/** What is held, and letting go of it. */
export const profiles = [
  [
    'a profile that is closed in the list is shown and offered no more',
    async ({ page, shot }) => {
      const screen = new Screen(page);
      await screen.heatOn(HOT);
      // No tooltip of the list's is to stand in the way.
      await page.mouse.move(640, 500);
      await screen.command('Pyrometer: Show Another Profile...');
      const rows = page.locator('.quick-input-list .monaco-list-row');
      const row = rows.filter({ hasText: 'greeting.py' }).first();
      await row.waitFor();
      const before = await rows.count();
      await shot(page, 'profiles');
      await row.getByRole('button', { name: 'Let go of this profile' }).click();
      await until('one profile less', async () => (await rows.count()) === before - 1);
      await page.keyboard.press('Escape');
      await screen.noHeat();
      await until('a status bar without it', async () => !(await screen.item()).includes('greeting.py'));
    },
  ],
];
