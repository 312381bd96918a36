import { Screen } from '../screen.mjs';

export const untrusted = [
  [
    'a workspace that is not trusted: nothing is run, and the way to trust is offered',
    async ({ page, shot }) => {
      const screen = new Screen(page);
      await screen.openFile('example.py');
      await screen.status('Restricted Mode');
      await screen.command('Pyrometer: Profile This File');
      const notification = await screen.notification('Pyrometer runs no program in a workspace that is not trusted');
      await shot(page, 'untrusted');
      await notification.getByRole('button', { name: 'Manage Workspace Trust' }).click();
      await page.locator('.workspace-trust-editor').waitFor();
    },
  ],
];
