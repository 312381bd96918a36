import * as vscode from 'vscode';
import { clearHeat } from './clear';
import { Daemon } from './client';
import { Heat } from './heat';
import { showMenu } from './menu';
import { openProfile } from './openProfile';
import { explain, ProfileFile } from './profileFile';
import { Runs } from './runs';
import { selectProfile } from './selectProfile';
import { Shown } from './shown';
import { StatusBar } from './statusBar';
import { stopProgram } from './stop';

export function activate(context: vscode.ExtensionContext): void {
  // What the daemon offers as commands (in code actions) goes the way of our own, with a terminal and all questions asked.
  const daemon: Daemon = new Daemon(context, (command, args, next) => {
    const uri = typeof args[0] === 'string' ? vscode.Uri.parse(args[0]) : undefined;
    switch (command) {
      case 'pyrometer.server.profileFile':
        return profileFile.run(uri);
      case 'pyrometer.server.stop':
        return stopProgram(runs);
      case 'pyrometer.server.clear':
        return clearHeat(shown);
      default:
        return next(command, args);
    }
  });
  const runs = new Runs(daemon);
  const shown = new Shown(daemon);
  const heat = new Heat(daemon, shown);
  const profileFile: ProfileFile = new ProfileFile(daemon, runs, context.workspaceState);
  const command = (name: string, action: (uri?: vscode.Uri) => unknown) =>
    vscode.commands.registerCommand(`pyrometer.${name}`, action);

  context.subscriptions.push(
    daemon,
    runs,
    shown,
    heat,
    new StatusBar(shown),
    command('profileFile', (uri) => profileFile.run(uri)),
    command('profileFileWithArguments', (uri) => profileFile.run(uri, true)),
    command('stop', () => stopProgram(runs)),
    command('clearHeat', () => clearHeat(shown)),
    command('openProfile', (uri) => openProfile(daemon, shown, uri)),
    command('selectProfile', () => selectProfile(shown)),
    command('menu', () => showMenu(shown)),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (!change.affectsConfiguration('pyrometer')) return;
      if (change.affectsConfiguration('pyrometer.path')) await daemon.startOver().catch(explain);
      else await daemon.tellSettings();
      heat.paintAll();
    }),
  );
  daemon.start().catch(explain);
}
