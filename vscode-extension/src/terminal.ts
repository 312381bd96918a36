import * as vscode from 'vscode';

/** What a run's terminal asks of the run. */
export interface TerminalUser {
  /** The terminal is open, so many characters wide and high where that is known. */
  opened(size: vscode.TerminalDimensions | undefined): void;
  typed(text: string): void;
  resized(size: vscode.TerminalDimensions): void;
  /** The user closed it. */
  closed(): void;
}

/** A program's terminal: shows what the daemon says that the program wrote, and passes on what is typed. */
export class RunTerminal implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly closing = new vscode.EventEmitter<void>();
  private over = false;
  private readonly terminal: vscode.Terminal;

  readonly onDidWrite = this.written.event;
  readonly onDidClose = this.closing.event;

  constructor(
    name: string,
    private readonly user: TerminalUser,
  ) {
    this.terminal = vscode.window.createTerminal({ name, pty: this, iconPath: new vscode.ThemeIcon('flame') });
    this.terminal.show(true);
  }

  open(size: vscode.TerminalDimensions | undefined): void {
    this.user.opened(size);
  }

  close(): void {
    this.user.closed();
  }

  handleInput(text: string): void {
    if (this.over) this.closing.fire();
    else this.user.typed(text);
  }

  setDimensions(size: vscode.TerminalDimensions): void {
    if (!this.over) this.user.resized(size);
  }

  show(): void {
    this.terminal.show(true);
  }

  write(text: string): void {
    this.written.fire(text);
  }

  /** The program is over: says so, and the next key closes the terminal. */
  end(message: string): void {
    if (this.over) return;
    this.over = true;
    this.written.fire(`\r\n\x1b[7m Pyrometer \x1b[0m ${message.replaceAll('\n', '\r\n')}\r\n\r\nPress any key to close the terminal.\r\n`);
  }

  dispose(): void {
    this.terminal.dispose();
  }
}
