import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Daemon } from './client';
import type { RunParams } from './protocol';
import { RunTerminal, type TerminalUser } from './terminal';

/** One program run by the daemon, with its terminal and its progress, from the start until the terminal is closed. */
export class Run implements TerminalUser, vscode.Disposable {
  private readonly terminal: RunTerminal;
  private readonly started = new vscode.EventEmitter<number>();
  private readonly ended = new vscode.EventEmitter<void>();
  /** Of the progress that the daemon reports. */
  readonly token: string;
  private id: number | undefined;
  private size: vscode.TerminalDimensions | undefined;
  private asked = false;
  /** Typed before the program was there to be typed to. */
  private early = '';
  private over = false;

  /** Fires with the run's id. */
  readonly onStart = this.started.event;
  /** The program is over, or could not be started. */
  readonly onEnd = this.ended.event;

  constructor(
    private readonly daemon: Daemon,
    readonly program: vscode.Uri,
    private readonly params: RunParams,
    number: number,
  ) {
    this.token = `pyrometer-run-${number}`;
    this.terminal = new RunTerminal(this.name, this);
  }

  get name(): string {
    return path.posix.basename(this.program.path);
  }

  get isStarted(): boolean {
    return this.id !== undefined;
  }

  get isOver(): boolean {
    return this.over;
  }

  /** Stops the program as Ctrl-C does, and by force when that does not help. */
  stop(): void {
    if (this.over) return;
    if (this.id === undefined) this.finish('Stopped before it began.');
    else this.daemon.ask('pyrometer/stop', { run: this.id }).catch(() => undefined);
  }

  write(text: string): void {
    this.terminal.write(text);
  }

  finish(message: string): void {
    if (this.over) return;
    this.over = true;
    this.terminal.end(message);
    this.ended.fire();
  }

  show(): void {
    this.terminal.show();
  }

  opened(size: vscode.TerminalDimensions | undefined): void {
    this.size = size;
    if (!this.asked) void this.begin();
    this.asked = true;
  }

  typed(text: string): void {
    if (this.id === undefined) this.early += text;
    else this.input({ text });
  }

  resized(size: vscode.TerminalDimensions): void {
    this.size = size;
    if (this.id !== undefined) this.input({ columns: size.columns, rows: size.rows });
  }

  closed(): void {
    this.stop();
  }

  dispose(): void {
    this.terminal.dispose();
    this.started.dispose();
    this.ended.dispose();
  }

  private async begin(): Promise<void> {
    const asked = this.size;
    try {
      const { run } = await this.daemon.ask('pyrometer/run', {
        ...this.params,
        ...(asked && { columns: asked.columns, rows: asked.rows }),
        workDoneToken: this.token,
      });
      this.id = run;
      if (this.over) {
        await this.daemon.ask('pyrometer/stop', { run });
        return;
      }
      this.started.fire(run);
      if (this.size && this.size !== asked) this.resized(this.size);
      if (this.early) this.input({ text: this.early });
    } catch (error) {
      if (this.over) return;
      const message = error instanceof Error ? error.message : String(error);
      this.finish(`${this.name} was not profiled: ${message}`);
      void vscode.window.showErrorMessage(`${this.name} was not profiled: ${message}`);
    }
  }

  private input(what: { text: string } | { columns: number; rows: number }): void {
    if (this.over || this.id === undefined) return;
    // A program that has just ended takes no more input: nothing to tell the user.
    this.daemon.ask('pyrometer/input', { run: this.id, ...what }).catch(() => undefined);
  }
}
