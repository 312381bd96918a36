import * as path from 'node:path';
import * as vscode from 'vscode';
import type { HotLine } from './protocol';

/** "app.py:12 34.5 %" */
export function placeOf({ uri, line, share }: HotLine): string {
  return `${path.posix.basename(vscode.Uri.parse(uri).path)}:${line + 1} ${(share * 100).toFixed(1)} %`;
}

/** For a terminal, which makes a link of it: "/home/me/app.py:12 (34.5 %)" */
export function linkTo({ uri, line, share }: HotLine): string {
  return `${vscode.Uri.parse(uri).fsPath}:${line + 1} (${(share * 100).toFixed(1)} %)`;
}

/** To the line's first word: in front of it, the editor would not ask for a call hierarchy. */
export async function goTo({ uri, line }: HotLine): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  // The file may have become shorter since the program ran.
  const now = document.lineAt(Math.min(line, document.lineCount - 1));
  const place = new vscode.Position(now.lineNumber, now.firstNonWhitespaceCharacterIndex);
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(place, place) });
}

/** A program whose time went elsewhere than into the file that was profiled shows nothing there: says where to look. */
export async function offerHottest(program: vscode.Uri, hotLine: HotLine): Promise<void> {
  if (hotLine.uri === program.toString()) return;
  const go = 'Go to Line';
  const choice = await vscode.window.showInformationMessage(`The hottest line is in another file: ${placeOf(hotLine)}`, go);
  if (choice === go) await goTo(hotLine);
}
