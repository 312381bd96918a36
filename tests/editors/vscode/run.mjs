// node run.mjs --tools FOLDER --vsix FILE --screenshots FOLDER: the tests in a real VS Code. run.sh calls this.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { VSCode } from './editor.mjs';
import { Runner } from './runner.mjs';
import { brokenDaemon } from './tests/broken_daemon.mjs';
import { daemonDeath } from './tests/daemon_death.mjs';
import { edits } from './tests/edits.mjs';
import { latency } from './tests/latency.mjs';
import { liveRun } from './tests/live_run.mjs';
import { parts } from './tests/parts.mjs';
import { profiles } from './tests/profiles.mjs';
import { questions } from './tests/questions.mjs';
import { layDocutils, realProgram } from './tests/real_program.mjs';
import { stopping } from './tests/stopping.mjs';
import { themes } from './tests/themes.mjs';
import { typing } from './tests/typing.mjs';
import { untrusted } from './tests/untrusted.mjs';

const { tools, vsix, screenshots } = parseArgs({
  options: { tools: { type: 'string' }, vsix: { type: 'string' }, screenshots: { type: 'string' } },
}).values;
const here = import.meta.dirname;
const work = mkdtempSync(path.join(tmpdir(), 'editor-'));
// A folder whose name has to be escaped in URIs.
const folder = path.join(work, 'a 100% été folder');
cpSync(path.join(here, 'programs'), folder, { recursive: true });
cpSync(path.join(here, '../../programs/example.py'), path.join(folder, 'example.py'));
layDocutils(folder);
mkdirSync(screenshots, { recursive: true });

const runner = new Runner();
let opened = 0;

/** Runs tests in an editor of their own; its window is on a picture if one fails. */
async function editor(options, ...tests) {
  const home = path.join(work, `home${++opened}`);
  const vscode = await VSCode.start({ tools, vsix, home, ...options });
  try {
    const context = { vscode, folder, page: await vscode.window(folder), shot };
    for (const [name, body] of tests.flat()) {
      if (await runner.test(name, () => body(context))) continue;
      await shot(context.page, `failed-${runner.failed}`);
      console.log(vscode.log().replace(/^/gm, '        '));
    }
  } finally {
    await vscode.stop();
  }
}

function shot(page, name) {
  return page.screenshot({ path: path.join(screenshots, `${name}.png`) });
}

try {
  await editor({}, liveRun, edits, questions, profiles, themes, typing, parts, realProgram, stopping, latency, daemonDeath, brokenDaemon);
  await editor({ trustAll: false, settings: { 'security.workspace.trust.startupPrompt': 'never' } }, untrusted);
} catch (error) {
  await runner.test('the editor', () => Promise.reject(error));
} finally {
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(runner.end() ? 0 : 1);
