import * as vscode from 'vscode';

/** The settings as the daemon wants them. */
export interface DaemonSettings {
  python: string;
  rate: 'auto' | number;
  threshold: number;
  myCode: boolean;
}

export function daemonSettings(): DaemonSettings {
  const settings = vscode.workspace.getConfiguration('pyrometer');
  return {
    python: settings.get('python', ''),
    rate: settings.get('rate', 0) || 'auto',
    threshold: threshold(),
    myCode: settings.get('myCode', true),
  };
}

/** In percent: lines with less are left unmarked. */
export function threshold(): number {
  return vscode.workspace.getConfiguration('pyrometer').get('threshold', 0.5);
}
