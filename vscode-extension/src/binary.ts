import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';

/** The executable to start: the one of the setting, else the one inside this extension. */
export function daemonPath(context: vscode.ExtensionContext): string {
  return vscode.workspace.getConfiguration('pyrometer').get('path', '') || context.asAbsolutePath('bin/pyrometer');
}

/**
 * Why the executable cannot be used here, in words for the user; nothing if it can. It is asked for its version: that is
 * the only way to find out that reads no file formats, and it finds every obstacle: no file, no permission, another
 * architecture (the C library then gives the file to a shell, which complains), a missing library.
 */
export function obstacle(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(path, ['--version'], { timeout: 20_000 }, (error, stdout, stderr) => {
      if (!error && /^pyrometer \d/.test(stdout)) {
        resolve(undefined);
        return;
      }
      const code = String(error?.code ?? '');
      if (!existsSync(path)) {
        resolve(
          `Pyrometer's program is missing: there is no file ${path}. Install the extension from the VSIX made for ` +
            `${here()}, or name a pyrometer executable in the setting pyrometer.path.`,
        );
      } else if (code === 'EACCES') {
        resolve(
          `Pyrometer's program may not be executed: ${path}. Give it permission (chmod +x), or name another pyrometer ` +
            'executable in the setting pyrometer.path.',
        );
      } else {
        // What the loader says of libraries is worth repeating; what a shell says of a file that is no script is not.
        const said = /.*(shared libraries|GLIBC).*/.exec(stderr)?.[0] ?? 'it cannot be executed';
        resolve(
          `Pyrometer's program does not run on this machine (${here()}): ${path} (${said}). Install the extension from ` +
            'the VSIX made for this machine, or name a pyrometer executable built for it in the setting pyrometer.path.',
        );
      }
    });
  });
}

function here(): string {
  return `${process.platform}-${process.arch}`;
}
