import { Screen, until } from '../screen.mjs';
import { daemon } from './daemon_death.mjs';

/** Nobody waits with typing until the program is there. */
export const typing = [
  [
    'what is typed before the program runs reaches it',
    async ({ vscode, page }) => {
      const screen = new Screen(page);
      await screen.openFile('greeting.py');
      // A daemon that takes its time.
      const slow = await until('the daemon', () => daemon(vscode));
      process.kill(slow, 'SIGSTOP');
      try {
        await screen.command('Pyrometer: Profile This File');
        await page.locator('.terminal-wrapper.active .xterm-screen').waitFor();
        await screen.typeInTerminal('Ada\n');
      } finally {
        process.kill(slow, 'SIGCONT');
      }
      await screen.terminal('Hello, Ada!');
      await screen.typeInTerminal('\n');
      await screen.terminal('Press any key to close the terminal.');
    },
  ],
];
