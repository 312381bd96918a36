import * as vscode from 'vscode';
import { LSPErrorCodes, ResponseError } from 'vscode-languageclient/node';
import { explain } from './profileFile';
import type { Daemon } from './client';
import type { Shown } from './shown';

/** "Open Profile...": a file of any kind that the daemon reads. Runs nothing, so it works in any workspace. */
export async function openProfile(daemon: Daemon, shown: Shown, uri?: vscode.Uri): Promise<void> {
  const file = uri ?? (await choose());
  if (!file) return;
  try {
    await daemon.start();
  } catch (error) {
    await explain(error);
    return;
  }
  try {
    const profile = await shown.open(file.toString());
    vscode.window.setStatusBarMessage(`Opened ${profile.title}: ${profile.samples} samples`, 5000);
    for (const note of profile.notes) void vscode.window.showWarningMessage(note);
  } catch (error) {
    if (isCancelled(error)) return;
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}

/** The user has had enough of a long reading, by the button of its progress. */
function isCancelled(error: unknown): boolean {
  return error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled;
}

async function choose(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Open a profile',
    openLabel: 'Open Profile',
    filters: { Profiles: ['pyrometer', 'vmprof', 'prof', 'gz'], 'All files': ['*'] },
  });
  return chosen?.[0];
}
