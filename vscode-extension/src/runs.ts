import * as vscode from 'vscode';
import type { Daemon } from './client';
import { linkTo, offerHottest } from './hottest';
import type { ProfileChangedParams, RunParams } from './protocol';
import { Run } from './run';

/** What came of a run before the answer to its start: a program may write, and end, before that is read. */
interface Early {
  text: string;
  end?: ProfileChangedParams;
}

/** The programs that this window runs. Brings what the daemon tells of them to the right one. */
export class Runs implements vscode.Disposable {
  private readonly runs = new Set<Run>();
  private readonly byId = new Map<number, Run>();
  private readonly early = new Map<number, Early>();
  private count = 0;

  constructor(private readonly daemon: Daemon) {
    daemon.on('pyrometer/output', ({ run, text }) => {
      const known = this.byId.get(run);
      if (known) known.write(text);
      else if (this.awaiting) this.earlyOf(run).text += text;
    });
    daemon.on('pyrometer/profileChanged', (params) => {
      if (params.state !== 'finished') return;
      const known = this.byId.get(params.profile);
      if (known) end(known, params);
      else if (this.awaiting) this.earlyOf(params.profile).end = params;
    });
    daemon.onEnd(() => {
      for (const run of this.going) run.finish('The daemon ended. What was recorded until then is kept.');
      this.byId.clear();
    });
  }

  get going(): Run[] {
    return [...this.runs].filter((run) => !run.isOver);
  }

  /** Opens a terminal and starts the program in it. The terminal of an earlier run of the same program goes. */
  start(program: vscode.Uri, params: RunParams): Run {
    for (const old of this.runs) {
      if (old.isOver && old.program.toString() === program.toString()) this.remove(old);
    }
    const run = new Run(this.daemon, program, params, ++this.count);
    this.runs.add(run);
    run.onStart((id) => {
      this.byId.set(id, run);
      const early = this.early.get(id);
      this.early.delete(id);
      if (early?.text) run.write(early.text);
      if (early?.end) end(run, early.end);
    });
    return run;
  }

  dispose(): void {
    for (const run of this.runs) run.dispose();
  }

  private get awaiting(): boolean {
    return this.going.some((run) => !run.isStarted);
  }

  private earlyOf(id: number): Early {
    const early = this.early.get(id) ?? { text: '' };
    this.early.set(id, early);
    return early;
  }

  private remove(run: Run): void {
    this.runs.delete(run);
    for (const [id, known] of this.byId) if (known === run) this.byId.delete(id);
    run.dispose();
  }
}

function end(run: Run, { message, hotLine }: ProfileChangedParams): void {
  if (run.isOver) return;
  const hottest = hotLine ? `\nHottest line: ${linkTo(hotLine)}` : '';
  run.finish(`${message ?? 'The program is over.'}${hottest}`);
  if (hotLine) void offerHottest(run.program, hotLine);
}
