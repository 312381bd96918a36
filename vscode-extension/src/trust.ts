import * as vscode from 'vscode';

/** May programs be run here? If not, says why, and offers the way to change it. */
export async function mayRun(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = 'Manage Workspace Trust';
  const choice = await vscode.window.showWarningMessage(
    'Pyrometer runs no program in a workspace that is not trusted. Profiles can be opened and looked at.',
    manage,
  );
  if (choice === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return false;
}
