import * as vscode from 'vscode';
import { goTo } from './hottest';
import type { Shown } from './shown';

interface Entry extends vscode.QuickPickItem {
  run(): unknown;
}

/** What a click on the status bar item offers, as far as it makes sense now. */
export async function showMenu(shown: Shown): Promise<void> {
  const { current, hotLine, running } = shown;
  const python = vscode.window.activeTextEditor?.document.languageId === 'python';
  const entries: Entry[] = [];
  if (hotLine) {
    entries.push({ label: '$(arrow-right) Go to Hottest Line', description: hotLine.text, run: () => goTo(hotLine) });
  }
  if (running.length > 0) entries.push(command('$(debug-stop) Stop Program', 'pyrometer.stop'));
  if (python) {
    entries.push(command('$(flame) Profile This File', 'pyrometer.profileFile'));
    entries.push(command('$(flame) Profile This File With Arguments...', 'pyrometer.profileFileWithArguments'));
  }
  if (shown.profiles.length > 0) entries.push(command('$(history) Show Another Profile...', 'pyrometer.selectProfile'));
  entries.push(command('$(folder-opened) Open Profile...', 'pyrometer.openProfile'));
  if (current) entries.push(command('$(clear-all) Clear Heat', 'pyrometer.clearHeat'));
  const choice = await vscode.window.showQuickPick(entries, {
    placeHolder: current ? `Pyrometer: ${current.title}` : 'Pyrometer',
  });
  await choice?.run();
}

function command(label: string, name: string): Entry {
  return { label, run: () => vscode.commands.executeCommand(name) };
}
