import * as vscode from 'vscode';
import type { Daemon } from './client';
import { interpreterFor } from './interpreter';
import { askArguments } from './programArguments';
import type { Run } from './run';
import type { Runs } from './runs';
import { mayRun } from './trust';

/** "Profile This File": saves it, runs it in a terminal, and shows the progress until it is over. */
export class ProfileFile {
  constructor(
    private readonly daemon: Daemon,
    private readonly runs: Runs,
    private readonly memory: vscode.Memento,
  ) {}

  /** The file of a menu's click; without one, that of the active editor. */
  async run(uri?: vscode.Uri, withArguments = false): Promise<void> {
    if (!(await mayRun())) return;
    const file = await this.saved(uri ?? vscode.window.activeTextEditor?.document.uri);
    if (!file) return;
    const going = this.runs.going.find((run) => run.program.toString() === file.toString());
    if (going) {
      going.show();
      const stop = 'Stop It';
      if ((await vscode.window.showInformationMessage(`${going.name} is running already.`, stop)) === stop) going.stop();
      return;
    }
    try {
      await this.daemon.start();
    } catch (error) {
      await explain(error);
      return;
    }
    const args = withArguments ? await askArguments(this.memory, file) : [];
    if (!args) return;
    const python = await interpreterFor(file);
    this.follow(this.runs.start(file, { program: file.toString(), args, ...(python && { python }) }));
  }

  private async saved(uri: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
    if (!uri) {
      void vscode.window.showInformationMessage('Open the Python file that is to be profiled.');
      return undefined;
    }
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
    const file = open?.isDirty || uri.scheme === 'untitled' ? await vscode.workspace.save(uri) : uri;
    if (!file) void vscode.window.showWarningMessage('The file was not saved, so it was not profiled.');
    return file;
  }

  private follow(run: Run): void {
    const options = { location: vscode.ProgressLocation.Notification, title: `Profiling ${run.name}`, cancellable: true };
    void vscode.window.withProgress(options, (progress, cancelled) => {
      const reports = this.daemon.onProgress(run.token, (message) => progress.report({ message }));
      cancelled.onCancellationRequested(() => run.stop());
      return new Promise<void>((resolve) => {
        run.onEnd(() => {
          reports?.dispose();
          resolve();
        });
      });
    });
  }
}

/** Why the daemon cannot be started, and the way to the setting that helps. */
export async function explain(error: unknown): Promise<void> {
  const settings = 'Open Settings';
  const message = error instanceof Error ? error.message : String(error);
  if ((await vscode.window.showErrorMessage(message, settings)) === settings) {
    // In a window on another machine, that machine's settings are the ones that count.
    const open = vscode.env.remoteName ? 'workbench.action.openRemoteSettings' : 'workbench.action.openSettings';
    await vscode.commands.executeCommand(open, { query: 'pyrometer.path' });
  }
}
