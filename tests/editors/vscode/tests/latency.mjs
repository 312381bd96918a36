import assert from 'node:assert/strict';
import { Screen, until } from '../screen.mjs';

const PHASES = ['first', 'second', 'third', 'fourth', 'fifth'];

/** From the moment when a line begins to take time until its heat is on screen: at least one sample later. */
export const latency = [
  [
    'live heat of a line that has just begun',
    async ({ page }) => {
      const screen = new Screen(page);
      await screen.openFile('phases.py');
      await screen.command('Pyrometer: Profile This File');
      await screen.terminal('ready.');
      await screen.focusEditor();
      await screen.goTo(23); // in the middle of the lines that are watched
      const took = [];
      for (const phase of PHASES) {
        await watch(page, `# ${phase}`);
        await screen.typeInTerminal('\n');
        const seen = await until(`heat on the ${phase} line`, () => page.evaluate(() => window.heatSeen));
        const begin = await until('the time of its beginning', async () => {
          const begins = [...(await screen.terminalText()).matchAll(/begin ([\d.]+\d)\./g)];
          return begins.length === took.length + 1 && Number(begins.at(-1)[1]) * 1000;
        });
        took.push(seen - begin);
      }
      await screen.typeInTerminal('\n');
      await screen.terminal('over.');
      took.sort((one, other) => one - other);
      const median = took[took.length >> 1];
      console.log(`        from a line's first instruction to its heat on screen: ${took.map(Math.round).join(', ')} ms, median ${Math.round(median)} ms`);
      assert.ok(took[0] > 0, 'heat does not come before the line');
    },
  ],
];

/** Notes the time, by the page's clock (which is the program's), of the frame in which the line has a number. */
function watch(page, text) {
  return page.evaluate((wanted) => {
    window.heatSeen = undefined;
    const look = () => {
      const line = [...document.querySelectorAll('.editor-instance .view-line')].find((element) =>
        element.textContent.replaceAll('\u00a0', ' ').includes(wanted),
      );
      const numbers = [...(line?.querySelectorAll('span span') ?? [])].some((span) =>
        /\d %/.test(getComputedStyle(span, '::after').content),
      );
      if (numbers) window.heatSeen = Date.now();
      else requestAnimationFrame(look);
    };
    look();
  }, text);
}
