import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Screen, until } from '../screen.mjs';

/** The extension without a daemon that runs: it says what is wrong and what to do, at the start and when asked to run. */
export const brokenDaemon = [
  [
    'the executable is missing',
    async (context) => {
      renameSync(executable(context), `${executable(context)}-kept`);
      await complains(context, 'Pyrometer\'s program is missing', 'no-executable');
    },
  ],
  [
    'the executable is of another architecture',
    async (context) => {
      writeFileSync(executable(context), foreign(), { mode: 0o755 });
      await complains(context, "Pyrometer's program does not run on this machine (linux-x64)", 'other-architecture');
    },
  ],
  [
    'the executable may not be executed',
    async (context) => {
      chmodSync(executable(context), 0o644);
      await complains(context, "Pyrometer's program may not be executed");
    },
  ],
];

function executable({ vscode }) {
  return path.join(vscode.extension, 'bin/pyrometer');
}

async function complains({ page, shot }, message, picture) {
  const screen = new Screen(page);
  await page.reload();
  await page.locator('.monaco-workbench').waitFor();
  await screen.openFile('example.py');
  await screen.notification(message);
  if (picture) await shot(page, picture);
  await screen.command('Notifications: Clear All Notifications');
  await screen.command('Pyrometer: Profile This File');
  const notification = await screen.notification(message);
  await notification.getByRole('button', { name: 'Open Settings' }).click();
  await page.locator('.settings-editor').getByText('Pyrometer: Path').first().waitFor();
  await until('the settings to be closed', async () => {
    await page.keyboard.press('Escape');
    return (await page.locator('.settings-editor').count()) === 0;
  });
}

/** The head of a program for 64-bit ARM. */
function foreign() {
  const head = Buffer.alloc(4096);
  head.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  head.writeUInt16LE(2, 16); // an executable
  head.writeUInt16LE(183, 18); // AArch64
  head.writeUInt32LE(1, 20);
  head.writeUInt16LE(64, 52);
  return head;
}
