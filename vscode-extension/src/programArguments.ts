import * as vscode from 'vscode';

/**
 * Asks for the arguments of a program, and remembers them for the next time. Nothing if the user thought better of it.
 * Words are parted by spaces; quotes keep them together.
 */
export async function askArguments(memory: vscode.Memento, file: vscode.Uri): Promise<string[] | undefined> {
  const key = `arguments ${file.toString()}`;
  const line = await vscode.window.showInputBox({
    title: 'Arguments of the program',
    prompt: 'Parted by spaces; "quotes" keep words together.',
    value: memory.get(key, ''),
  });
  if (line === undefined) return undefined;
  await memory.update(key, line);
  return [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}
