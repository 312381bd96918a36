import * as vscode from 'vscode';
import type { LineHeat } from './protocol';

/** How a heat class looks: 0 (only a number) to 3 (hot), and the same for a line that was edited since. */
const CLASSES = [0, 1, 2, 3];

/**
 * The looks of hot lines: a shape in the gutter (its number of bars is the class, so that nobody depends on colour), a
 * tint, a mark in the overview ruler, and the number at the line's end. Colours are the theme's (`pyrometer.*`).
 */
export class HeatStyles implements vscode.Disposable {
  private readonly fresh: vscode.TextEditorDecorationType[];
  private readonly stale: vscode.TextEditorDecorationType[];

  constructor(context: vscode.ExtensionContext) {
    this.fresh = CLASSES.map((heat) => freshStyle(context, heat));
    this.stale = CLASSES.map((heat) => staleStyle(context, heat));
  }

  paint(editor: vscode.TextEditor, lines: readonly LineHeat[]): void {
    for (const heat of CLASSES) {
      for (const stale of [false, true]) {
        const style = (stale ? this.stale : this.fresh)[heat];
        const ours = lines.filter((line) => line.heat === heat && line.stale === stale);
        if (style) editor.setDecorations(style, ours.map((line) => withNumber(editor.document, line)));
      }
    }
  }

  clear(editor: vscode.TextEditor): void {
    this.paint(editor, []);
  }

  dispose(): void {
    for (const style of [...this.fresh, ...this.stale]) style.dispose();
  }
}

function freshStyle(context: vscode.ExtensionContext, heat: number): vscode.TextEditorDecorationType {
  const number = new vscode.ThemeColor(`pyrometer.heat${heat}Foreground`);
  if (heat === 0) return vscode.window.createTextEditorDecorationType(atLineEnd({ color: number }));
  return vscode.window.createTextEditorDecorationType({
    ...atLineEnd({ color: number }),
    ...gutter(context, `heat${heat}`),
    backgroundColor: new vscode.ThemeColor(`pyrometer.heat${heat}Background`),
    overviewRulerColor: number,
    overviewRulerLane: vscode.OverviewRulerLane.Right,
  });
}

function staleStyle(context: vscode.ExtensionContext, heat: number): vscode.TextEditorDecorationType {
  const number = new vscode.ThemeColor('pyrometer.staleForeground');
  return vscode.window.createTextEditorDecorationType({
    ...atLineEnd({ color: number, fontStyle: 'italic' }),
    ...(heat > 0 && gutter(context, `stale${heat}`)),
  });
}

function atLineEnd(after: vscode.ThemableDecorationAttachmentRenderOptions): vscode.DecorationRenderOptions {
  return {
    isWholeLine: true,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    after: { margin: '0 0 0 3ch', ...after },
  };
}

function gutter(context: vscode.ExtensionContext, shape: string): vscode.DecorationRenderOptions {
  const icon = (theme: string) => vscode.Uri.joinPath(context.extensionUri, 'media', `${shape}-${theme}.svg`);
  return { gutterIconPath: icon('dark'), gutterIconSize: 'contain', light: { gutterIconPath: icon('light') } };
}

function withNumber(document: vscode.TextDocument, { line, text }: LineHeat): vscode.DecorationOptions {
  return { range: document.lineAt(line).range, renderOptions: { after: { contentText: text } } };
}
