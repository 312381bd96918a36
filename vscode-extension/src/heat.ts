import * as vscode from 'vscode';
import { type Daemon, PYTHON_FILES } from './client';
import { HeatStyles } from './heatStyles';
import { threshold } from './settings';
import type { Shown } from './shown';

/** So long after the last edit the lines' heat is asked for anew, in milliseconds. Until then it moves with the lines. */
const AFTER_EDIT = 120;

/** Paints the shown profile's heat in all visible Python editors, while a program runs and after, and as lines move. */
export class Heat implements vscode.Disposable {
  private readonly styles = new HeatStyles();
  private readonly asking = new Map<string, { again: boolean }>();
  private readonly disposables: vscode.Disposable[];
  private edited: NodeJS.Timeout | undefined;

  constructor(
    private readonly daemon: Daemon,
    private readonly shown: Shown,
  ) {
    this.disposables = [
      this.styles,
      shown.onChange(() => this.paintAll()),
      vscode.window.onDidChangeVisibleTextEditors(() => this.paintAll()),
      vscode.workspace.onDidChangeTextDocument(({ contentChanges }) => {
        if (contentChanges.length === 0) return;
        clearTimeout(this.edited);
        this.edited = setTimeout(() => this.paintAll(), AFTER_EDIT);
      }),
    ];
  }

  /** Asks for the heat of what is visible, and paints it. */
  paintAll(): void {
    const documents = new Set(vscode.window.visibleTextEditors.map((editor) => editor.document));
    for (const document of documents) {
      if (vscode.languages.match(PYTHON_FILES, document)) void this.paint(document);
    }
  }

  dispose(): void {
    clearTimeout(this.edited);
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** One question at a time for each document; what happens meanwhile leads to one more. */
  private async paint(document: vscode.TextDocument): Promise<void> {
    const key = document.uri.toString();
    const asked = this.asking.get(key);
    if (asked) {
      asked.again = true;
      return;
    }
    const asking = { again: true };
    this.asking.set(key, asking);
    try {
      while (asking.again) {
        asking.again = false;
        await this.paintOnce(document);
      }
    } catch {
      // The daemon died or was asked too early: there is another question after its next start.
    } finally {
      this.asking.delete(key);
    }
  }

  private async paintOnce(document: vscode.TextDocument): Promise<void> {
    if (!this.shown.current) {
      this.show(document, (editor) => this.styles.clear(editor));
      return;
    }
    if (!this.daemon.isRunning) return;
    const { version } = document;
    const heat = await this.daemon.ask('pyrometer/lineHeat', { uri: document.uri.toString() });
    // Edited while the answer was on its way: there is another question.
    if (document.isClosed || document.version !== version) return;
    const least = threshold();
    const lines = heat.lines.filter((line) => line.share * 100 >= least && line.line < document.lineCount);
    this.show(document, (editor) => this.styles.paint(editor, lines));
  }

  private show(document: vscode.TextDocument, act: (editor: vscode.TextEditor) => void): void {
    for (const editor of vscode.window.visibleTextEditors) if (editor.document === document) act(editor);
  }
}
