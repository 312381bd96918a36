import * as vscode from 'vscode';

/** The part used here of what the Python extension offers to others. */
interface PythonExtension {
  environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
    resolveEnvironment(path: { path: string }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
  };
}

/**
 * The interpreter for a file: the one of our setting, else the one selected in the Python extension where that is
 * installed, else none, and the daemon looks for one itself.
 */
export async function interpreterFor(file: vscode.Uri): Promise<string | undefined> {
  const set = vscode.workspace.getConfiguration('pyrometer', file).get('python', '');
  if (set) return set;
  const extension = vscode.extensions.getExtension<PythonExtension>('ms-python.python');
  if (!extension) return undefined;
  try {
    const { environments } = await extension.activate();
    if (!environments) return undefined;
    const active = environments.getActiveEnvironmentPath(file);
    return (await environments.resolveEnvironment(active))?.executable.uri?.fsPath;
  } catch {
    return undefined; // The Python extension is broken or of another age: as if it were not there.
  }
}
