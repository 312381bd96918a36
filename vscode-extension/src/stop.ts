import * as vscode from 'vscode';
import type { Runs } from './runs';

/** "Stop Program": the one that runs, or a choice of them. */
export async function stopProgram(runs: Runs): Promise<void> {
  const { going } = runs;
  if (going.length < 2) {
    going[0]?.stop();
    return;
  }
  const items = going.map((run) => ({ label: run.name, description: run.program.fsPath, run }));
  const choice = await vscode.window.showQuickPick(items, { placeHolder: 'Which program is to be stopped?' });
  choice?.run.stop();
}
