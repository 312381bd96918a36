import * as vscode from 'vscode';
import { placeOf } from './hottest';
import type { Shown } from './shown';

/** What runs or is shown, and its hottest line. A click opens the menu. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('pyrometer', vscode.StatusBarAlignment.Left, 0);
  private readonly listening: vscode.Disposable;

  constructor(private readonly shown: Shown) {
    this.item.name = 'Pyrometer';
    this.item.command = 'pyrometer.menu';
    this.listening = shown.onChange(() => this.renew());
    this.renew();
    this.item.show();
  }

  dispose(): void {
    this.listening.dispose();
    this.item.dispose();
  }

  private renew(): void {
    const { current, hotLine } = this.shown;
    const icon = this.shown.running.length > 0 ? '$(sync~spin)' : '$(flame)';
    if (!current) {
      this.item.text = `${icon} Pyrometer`;
      this.item.tooltip = 'Pyrometer: profile a file, or open a profile';
      return;
    }
    this.item.text = `${icon} ${hotLine ? placeOf(hotLine) : current.title}`;
    this.item.tooltip = [
      `${current.title}: ${current.samples} samples${current.state === 'running' ? ' so far' : ''}`,
      ...(hotLine ? [`Hottest line: ${hotLine.text}`] : []),
    ].join('\n');
  }
}
