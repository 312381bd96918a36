import * as vscode from 'vscode';
import type { Daemon } from './client';
import type { HotLine, Profile, ProfileChangedParams } from './protocol';

/**
 * What the daemon holds and which profile of it is shown: the editor's copy, renewed whenever the daemon says that
 * something changed. After a new start of the daemon it has the shown profile opened again.
 */
export class Shown implements vscode.Disposable {
  private held: Profile[] = [];
  private file: string | undefined;
  private readonly changed = new vscode.EventEmitter<void>();

  /** Another profile is shown, or there is more of it to see. */
  readonly onChange = this.changed.event;
  /** The hottest line of the shown profile, where the daemon told it. */
  hotLine: HotLine | undefined;

  constructor(private readonly daemon: Daemon) {
    daemon.on('pyrometer/profileChanged', (params) => void this.follow(params));
    daemon.onEnd(() => this.nothingRuns());
    daemon.onRestart(() => void this.reopen());
  }

  get profiles(): readonly Profile[] {
    return this.held;
  }

  get current(): Profile | undefined {
    return this.held.find((profile) => profile.selected);
  }

  get running(): readonly Profile[] {
    return this.held.filter((profile) => profile.state === 'running');
  }

  async open(uri: string): Promise<Profile> {
    this.hotLine = undefined;
    const profile = await this.daemon.ask('pyrometer/open', { uri });
    await this.renew();
    return profile;
  }

  /** Without an id: nothing is shown any more. */
  async select(profile?: number): Promise<void> {
    this.hotLine = undefined;
    const { profiles } = await this.daemon.ask('pyrometer/select', profile === undefined ? {} : { profile });
    this.take(profiles);
  }

  /** Lets go of a profile: it is not offered any more. Its file stays. */
  async close(profile: number): Promise<void> {
    if (this.current?.id === profile) this.hotLine = undefined;
    await this.daemon.ask('pyrometer/close', { profile });
    await this.renew();
  }

  /** Asks what is held. */
  async renew(): Promise<void> {
    const { profiles } = await this.daemon.ask('pyrometer/profiles', {});
    this.take(profiles);
  }

  dispose(): void {
    this.changed.dispose();
  }

  private take(profiles: Profile[]): void {
    this.held = profiles;
    this.file = this.current?.file;
    this.tell();
  }

  /** The daemon is gone, and its programs with it. What is painted stays until its successor has other news. */
  private nothingRuns(): void {
    for (const profile of this.running) profile.state = 'finished';
    this.tell();
  }

  private tell(): void {
    void vscode.commands.executeCommand('setContext', 'pyrometer.running', this.running.length > 0);
    void vscode.commands.executeCommand('setContext', 'pyrometer.shown', this.current !== undefined);
    this.changed.fire();
  }

  private async follow(params: ProfileChangedParams): Promise<void> {
    if (params.selected) this.hotLine = params.hotLine ?? this.hotLine;
    const known = this.held.find((profile) => profile.id === params.profile);
    if (known && known.state === params.state && known.selected === params.selected) {
      known.samples = params.samples;
      this.changed.fire();
    } else {
      if (params.selected && !known?.selected) this.hotLine = params.hotLine;
      await this.renew();
    }
  }

  /** What was shown when the daemon died. A run of it was kept by its successor, under the name it was to have. */
  private async reopen(): Promise<void> {
    const { file } = this;
    this.held = [];
    try {
      if (file) await this.open(file);
      else await this.renew();
    } catch (error) {
      await this.renew();
      void vscode.window.showWarningMessage(
        `Pyrometer’s daemon ended and was started again, but the profile shown before cannot be opened: ${String(
          error instanceof Error ? error.message : error,
        )}`,
      );
    }
  }
}
