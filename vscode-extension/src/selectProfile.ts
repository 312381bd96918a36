import * as vscode from 'vscode';
import type { Profile } from './protocol';
import type { Shown } from './shown';

const STATES = { running: '$(sync~spin)', finished: '$(flame)', file: '$(file)' };

/** "Show Another Profile...": a choice of those that the daemon holds. */
export async function selectProfile(shown: Shown): Promise<void> {
  await shown.renew();
  const items = shown.profiles.map((profile) => ({ ...item(profile), id: profile.id }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage('There is no profile yet: profile a file, or open a profile.');
    return;
  }
  const choice = await vscode.window.showQuickPick(items, { placeHolder: 'Whose heat is to be shown?' });
  if (choice) await shown.select(choice.id);
}

function item(profile: Profile): vscode.QuickPickItem {
  const begun = profile.startUnixTime === undefined ? '' : new Date(profile.startUnixTime * 1000).toLocaleString();
  return {
    label: `${STATES[profile.state]} ${profile.title}`,
    description: profile.selected ? `${begun}, shown now` : begun,
    detail: `${profile.samples} samples, ${(profile.duration / 1e9).toFixed(1)} s${
      profile.interpreter && `, ${profile.interpreter}`
    }`,
  };
}
