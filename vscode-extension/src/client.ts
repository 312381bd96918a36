import * as vscode from 'vscode';
import {
  CloseAction,
  DidChangeConfigurationNotification,
  ErrorAction,
  type ExecuteCommandSignature,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  State,
  WorkDoneProgress,
} from 'vscode-languageclient/node';
import { daemonPath, obstacle } from './binary';
import type { Notifications, Requests } from './protocol';
import { daemonSettings } from './settings';

/** The files that the daemon is told about. */
export const PYTHON_FILES = [
  { language: 'python', scheme: 'file' },
  { language: 'python', scheme: 'untitled' },
];

/** So many ends within so many milliseconds, and the daemon is not started again. */
const MOST_RESTARTS = 5;
const RESTART_WINDOW = 180_000;

/** Runs a command that the daemon offers (in a code action, say) in the editor's own way. */
export type CommandRoute = (command: string, args: unknown[], next: ExecuteCommandSignature) => unknown;

type Listener = (params: unknown) => void;

/**
 * The daemon's process and the conversation with it. Starts it when first asked, and again when it dies. What it
 * answers to the standard requests (hover, code lens, call hierarchy) the language client shows by itself.
 */
export class Daemon implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private starting: Promise<LanguageClient> | undefined;
  private ranBefore = false;
  private ends: number[] = [];
  /** By method: the client itself knows one listener for each. */
  private readonly listeners = new Map<string, Listener[]>();
  private readonly restarted = new vscode.EventEmitter<void>();
  private readonly ended = new vscode.EventEmitter<void>();
  private readonly log = vscode.window.createOutputChannel('Pyrometer', { log: true });

  /** The daemon died, and its successor is ready. */
  readonly onRestart = this.restarted.event;
  /** The daemon is gone, with all programs that it ran. */
  readonly onEnd = this.ended.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly route: CommandRoute,
  ) {}

  get isRunning(): boolean {
    return this.client?.state === State.Running;
  }

  /** Starts the daemon unless it runs. Rejects with a message for the user when it cannot be started. */
  start(): Promise<void> {
    this.starting ??= this.launch().catch((error: unknown) => {
      this.starting = undefined;
      throw error;
    });
    return this.starting.then(() => undefined);
  }

  /** Starts over, for another executable say. */
  async startOver(): Promise<void> {
    const client = await this.starting?.catch(() => undefined);
    this.starting = undefined;
    this.client = undefined;
    await client?.dispose().catch(() => undefined); // It may have died meanwhile.
    await this.start();
    if (client) this.restarted.fire();
  }

  async ask<M extends keyof Requests>(method: M, params: Requests[M]['params']): Promise<Requests[M]['result']> {
    await this.start();
    if (!this.client) throw new Error("Pyrometer's daemon is not running.");
    return this.client.sendRequest<Requests[M]['result']>(method, params);
  }

  /** What the daemon says of the progress that was given this token. */
  onProgress(token: string, listener: (message: string) => void): vscode.Disposable | undefined {
    return this.client?.onProgress(WorkDoneProgress.type, token, (progress) => {
      if (progress.kind !== 'end' && progress.message) listener(progress.message);
    });
  }

  on<M extends keyof Notifications>(method: M, listener: (params: Notifications[M]) => void): void {
    const known = this.listeners.get(method);
    if (known) known.push(listener as Listener);
    else this.listeners.set(method, [listener as Listener]);
  }

  async tellSettings(): Promise<void> {
    await this.client?.sendNotification(DidChangeConfigurationNotification.method, {
      settings: { pyrometer: daemonSettings() },
    });
  }

  showLog(): void {
    this.log.show();
  }

  async dispose(): Promise<void> {
    this.restarted.dispose();
    this.ended.dispose();
    const client = await this.starting?.catch(() => undefined);
    await client?.dispose().catch(() => undefined);
    this.log.dispose();
  }

  private async launch(): Promise<LanguageClient> {
    const command = daemonPath(this.context);
    const hindrance = await obstacle(command);
    if (hindrance) throw new Error(hindrance);
    const client = new LanguageClient(
      'pyrometer',
      'Pyrometer',
      { command, args: ['serve'], options: { env: environment() } },
      this.options(),
    );
    for (const [method, listeners] of this.listeners) {
      client.onNotification(method, (params: unknown) => {
        for (const listener of listeners) listener(params);
      });
    }
    this.ranBefore = false;
    client.onDidChangeState(({ oldState, newState }) => {
      if (oldState === State.Running) this.ended.fire();
      if (newState !== State.Running) return;
      if (this.ranBefore) this.restarted.fire();
      this.ranBefore = true;
    });
    try {
      await client.start();
    } catch (error) {
      throw new Error(
        `Pyrometer's program ${command} does not work as this extension's daemon (${String(error)}). Install the ` +
          'extension anew, or look at the setting pyrometer.path.',
      );
    }
    this.client = client;
    return client;
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: PYTHON_FILES,
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: () => ({ paints: ['heat'], settings: daemonSettings() }),
      middleware: {
        executeCommand: (command, args: unknown[], next) => this.route(command, args, next),
        // The daemon gets its settings in its own words, whether it asks or is told (tellSettings).
        workspace: {
          configuration: ({ items }) => items.map(() => daemonSettings()),
          didChangeConfiguration: () => Promise.resolve(),
        },
      },
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => this.closed(),
      },
    };
  }

  /** Once more, unless it never worked or keeps on dying. */
  private closed() {
    if (!this.ranBefore) return { action: CloseAction.DoNotRestart, handled: true };
    const now = Date.now();
    this.ends = [...this.ends.filter((end) => now - end < RESTART_WINDOW), now];
    if (this.ends.length < MOST_RESTARTS) return { action: CloseAction.Restart, handled: true };
    this.ends = [];
    this.starting = undefined;
    this.client = undefined;
    void vscode.window
      .showErrorMessage(
        `Pyrometer's daemon ended ${MOST_RESTARTS} times within three minutes and is not started again by itself. ` +
          'Its log may say why; the next Pyrometer command starts it anew.',
        'Show Log',
      )
      .then((choice) => choice && this.showLog());
    return { action: CloseAction.DoNotRestart, handled: true };
  }
}

/** The editor's environment without what the editor's own processes need: the daemon's programs inherit it. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(ELECTRON_|VSCODE_|CHROME_DESKTOP$)/.test(name)),
  );
}
