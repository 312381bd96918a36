import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { Screen, until } from '../screen.mjs';
import { HOT } from './live_run.mjs';

/** The daemon is killed in the middle of a run. */
export const daemonDeath = [
  [
    'a killed daemon is started again, and what it had recorded is shown',
    async ({ vscode, page, shot }) => {
      const screen = new Screen(page);
      await screen.openFile('greeting.py');
      await screen.command('Pyrometer: Profile This File');
      await screen.terminal('Your name?');
      await screen.typeInTerminal('Ada\n');
      await screen.heatOn(HOT, ({ heat }) => Number.parseFloat(heat) > 50);
      const first = daemon(vscode);
      process.kill(first, 'SIGKILL');
      await screen.terminal('The daemon ended.');
      const second = await until('another daemon', () => daemon(vscode));
      assert.notEqual(second, first);
      await until('nothing running', async () => !(await screen.running()));
      await screen.heatOn(HOT, ({ heat }) => Number.parseFloat(heat) > 50);
      await shot(page, 'recovered');
      // The new one is as good as the old one.
      await screen.focusEditor();
      await screen.command('Pyrometer: Profile This File');
      await screen.terminal('Your name?');
      await screen.typeInTerminal('Grace\n');
      await screen.terminal('Hello, Grace!');
      await screen.typeInTerminal('\n');
      await screen.terminal('Press any key to close the terminal.');
    },
  ],
];

/** The process of the installed extension's daemon. */
export function daemon(vscode) {
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readlinkSync(`/proc/${entry}/exe`).startsWith(`${vscode.extension}/bin/pyrometer`)) continue;
      if (readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0')[1] === 'serve') return Number(entry);
    } catch {
      // Gone meanwhile.
    }
  }
  return undefined;
}
