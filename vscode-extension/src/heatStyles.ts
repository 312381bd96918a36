import * as vscode from 'vscode';
import { gutterIcon } from './gutterIcon';
import type { LineHeat } from './protocol';

/**
 * The looks of hot lines: a picture in the gutter, a tint, a mark in the overview ruler, and the number at the line's end.
 * Colours are the theme's (`pyrometer.*`). A line of class 0 has a number only; one that was edited since has neither tint
 * nor mark. Lines that share a picture share a style; there are as many as there are whole percentages, at most. A part of
 * a line that has most of its time is underlined.
 */
export class HeatStyles implements vscode.Disposable {
  private readonly styles = new Map<string, vscode.TextEditorDecorationType>();
  /** By class of heat. */
  private readonly parts = [1, 2, 3].map((heat) =>
    vscode.window.createTextEditorDecorationType({
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
      borderWidth: '0 0 1.5px 0',
      borderStyle: 'solid',
      borderColor: new vscode.ThemeColor(`pyrometer.heat${heat}Foreground`),
    }),
  );

  paint(editor: vscode.TextEditor, lines: readonly LineHeat[]): void {
    const ranges = new Map<string, vscode.DecorationOptions[]>([...this.styles.keys()].map((key) => [key, []]));
    for (const line of lines) {
      const key = this.styleOf(line);
      const known = ranges.get(key);
      if (known) known.push(withNumber(editor.document, line));
      else ranges.set(key, [withNumber(editor.document, line)]);
    }
    for (const [key, style] of this.styles) editor.setDecorations(style, ranges.get(key) ?? []);
    this.parts.forEach((style, index) => editor.setDecorations(style, hotParts(lines, index + 1)));
  }

  clear(editor: vscode.TextEditor): void {
    this.paint(editor, []);
  }

  dispose(): void {
    for (const style of [...this.styles.values(), ...this.parts]) style.dispose();
  }

  private styleOf({ heat, stale, share }: LineHeat): string {
    const percent = heat === 0 ? '' : inTwoCharacters(share * 100);
    const key = `${heat} ${stale} ${percent}`;
    if (!this.styles.has(key)) {
      this.styles.set(key, vscode.window.createTextEditorDecorationType(look(heat, stale, percent)));
    }
    return key;
  }
}

function hotParts(lines: readonly LineHeat[], heat: number): vscode.Range[] {
  return lines
    .filter((line) => line.heat === heat)
    .flatMap(({ line, expressions = [] }) =>
      expressions.filter(({ hot }) => hot).map(({ start, end }) => new vscode.Range(line, start, line, end)),
    );
}

function look(heat: number, stale: boolean, percent: string): vscode.DecorationRenderOptions {
  const number = new vscode.ThemeColor(stale ? 'pyrometer.staleForeground' : `pyrometer.heat${heat}Foreground`);
  return {
    isWholeLine: true,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    after: { margin: '0 0 0 3ch', color: number, ...(stale && { fontStyle: 'italic' }) },
    ...(heat > 0 && {
      gutterIconPath: gutterIcon('dark', heat, stale, percent),
      light: { gutterIconPath: gutterIcon('light', heat, stale, percent) },
      gutterIconSize: 'contain',
    }),
    ...(heat > 0 &&
      !stale && {
        backgroundColor: new vscode.ThemeColor(`pyrometer.heat${heat}Background`),
        overviewRulerColor: number,
        overviewRulerLane: vscode.OverviewRulerLane.Right,
      }),
  };
}

/** ".5", "1", "34", and, for once, "100". */
function inTwoCharacters(percent: number): string {
  return percent < 0.95 ? percent.toFixed(1).slice(1) : percent.toFixed(0);
}

function withNumber(document: vscode.TextDocument, { line, text }: LineHeat): vscode.DecorationOptions {
  return { range: document.lineAt(line).range, renderOptions: { after: { contentText: text } } };
}
