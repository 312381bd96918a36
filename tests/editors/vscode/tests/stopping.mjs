import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { Screen, until } from '../screen.mjs';

export const stopping = [
  [
    'cancelling the progress stops the program',
    async ({ page }) => {
      const screen = new Screen(page);
      await screen.openFile('endless.py');
      await screen.command('Pyrometer: Profile This File');
      const process = await started(screen);
      const progress = await screen.notification('Profiling endless.py');
      await progress.hover();
      await progress.getByRole('button', { name: 'Cancel' }).click();
      await ended(screen, process);
    },
  ],
  [
    'Ctrl-C in the terminal stops the program',
    async ({ page }) => {
      const screen = new Screen(page);
      await screen.focusEditor();
      await screen.command('Pyrometer: Profile This File');
      const process = await started(screen);
      await screen.typeInTerminal('');
      await page.keyboard.press('Control+C');
      await ended(screen, process);
      await screen.terminal('KeyboardInterrupt');
    },
  ],
  [
    'closing the terminal stops the program',
    async ({ page }) => {
      const screen = new Screen(page);
      await screen.focusEditor();
      await screen.command('Pyrometer: Profile This File');
      const process = await started(screen);
      await screen.typeInTerminal('');
      await screen.command('Terminal: Kill the Active Terminal Instance');
      await gone(process);
      await until('the end in the status bar', async () => !(await screen.running()));
    },
  ],
];

/** The id of the process that the shown terminal's program tells. */
async function started(screen) {
  const text = await until('the program', async () => /process (\d+)\./.exec(await screen.terminalText()));
  assert.ok(existsSync(`/proc/${text[1]}`));
  return text[1];
}

function gone(process) {
  return until(`process ${process} to be gone`, () => !existsSync(`/proc/${process}`));
}

async function ended(screen, process) {
  await screen.terminal('Press any key to close the terminal.');
  await gone(process);
  await until('the end in the status bar', async () => !(await screen.running()));
}
