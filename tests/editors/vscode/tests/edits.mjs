import { Screen, unlike, until } from '../screen.mjs';
import { HOT } from './live_run.mjs';

export const edits = [
  [
    'heat moves with its line when lines above are edited, and back on undo',
    async ({ page }) => {
      const screen = new Screen(page);
      await screen.focusEditor();
      await screen.goTo(1);
      const before = await screen.heatOn(HOT);
      const text = await shown(screen);
      await page.keyboard.type('# one\n# two\n');
      const moved = ({ number, style, heat }) =>
        number === before.number + 2 && style === 'normal' && heat === before.heat;
      await screen.heatOn(HOT, moved);
      await undo(page, screen, before, text);
    },
  ],
  [
    'an edited line looks stale, and as before on undo',
    async ({ page, shot }) => {
      const screen = new Screen(page);
      const before = await screen.heatOn(HOT);
      const text = await shown(screen);
      await screen.goTo(before.number, before.text.length + 1);
      await page.keyboard.type(' + 1');
      // All of it; the parts of a line's looks may come one after the other.
      await screen.heatOn(
        HOT,
        ({ style, colour, shape, tint }) =>
          style === 'italic' && colour !== before.colour && shape !== before.shape && tint === undefined,
      );
      await shot(page, 'stale');
      await undo(page, screen, before, text);
      await screen.command('File: Save');
    },
  ],
];

async function undo(page, screen, before, text) {
  // Once too often does no harm: there is nothing before the test's own edits.
  await until('the text as before', async () => {
    const now = await shown(screen);
    if (now === text) return true;
    await page.keyboard.press('Control+Z');
    return unlike(now);
  });
  // Between an edit and the next painting, numbers may stand on other lines for a moment.
  const as = ({ number, style, heat }) => number === before.number && style === 'normal' && heat === before.heat;
  await screen.heatOn(HOT, as);
}

async function shown(screen) {
  return (await screen.lines()).map(({ text }) => text).join('\n');
}
