import * as vscode from 'vscode';
import type { Profile } from './protocol';
import type { Shown } from './shown';

const STATES = { running: '$(sync~spin)', finished: '$(flame)', file: '$(file)' };
const CLOSE: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('close'),
  tooltip: 'Let go of this profile (its file stays)',
};

interface Item extends vscode.QuickPickItem {
  id: number;
}

/** "Show Another Profile...": a choice of those that the daemon holds. Those that do not run can be let go of. */
export async function selectProfile(shown: Shown): Promise<void> {
  await shown.renew();
  if (shown.profiles.length === 0) {
    void vscode.window.showInformationMessage('There is no profile yet: profile a file, or open a profile.');
    return;
  }
  const pick = vscode.window.createQuickPick<Item>();
  pick.placeholder = 'Whose heat is to be shown?';
  pick.items = shown.profiles.map(item);
  pick.onDidTriggerItemButton(async ({ item: { id } }) => {
    await shown.close(id);
    pick.items = shown.profiles.map(item);
    if (pick.items.length === 0) pick.hide();
  });
  pick.onDidAccept(() => {
    const [choice] = pick.selectedItems;
    pick.hide();
    if (choice) shown.select(choice.id).catch(complain);
  });
  pick.onDidHide(() => pick.dispose());
  pick.show();
}

/** A profile that was put out of memory is read again, and its file may be another by now. */
function complain(error: unknown): void {
  void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
}

function item(profile: Profile): Item {
  const begun = profile.startUnixTime === undefined ? '' : new Date(profile.startUnixTime * 1000).toLocaleString();
  return {
    id: profile.id,
    label: `${STATES[profile.state]} ${profile.title}`,
    description: profile.selected ? `${begun}, shown now` : begun,
    detail: `${profile.samples} samples, ${(profile.duration / 1e9).toFixed(1)} s${
      profile.interpreter && `, ${profile.interpreter}`
    }`,
    buttons: profile.state === 'running' ? [] : [CLOSE],
  };
}
