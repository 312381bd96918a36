import assert from 'node:assert/strict';
import { Screen, unlike, until } from '../screen.mjs';

const HOT = 'current.append(min(';
const THEMES = [
  ['light', 'Light Modern', 'vs'],
  ['high-contrast', 'Dark High Contrast', 'hc-black'],
  ['high-contrast-light', 'Light High Contrast', 'hc-light'],
  ['dark', 'Dark Modern', 'vs-dark'],
];

/** Number, tint and shape of the same hot line in each theme; colours that can be told from their background. */
export const themes = [
  [
    'heat in dark, light and high-contrast themes',
    async ({ page, shot }) => {
      const screen = new Screen(page);
      await screen.openFile('example.py');
      await screen.command('Pyrometer: Profile This File');
      await screen.terminal('words put right');
      await screen.terminal('Press any key to close the terminal.');
      await screen.command('Notifications: Clear All Notifications');
      await screen.focusEditor();
      await screen.goTo(36);
      await screen.heatOn(HOT, ({ heat }) => Number.parseFloat(heat) > 30);
      const colours = new Set();
      for (const [name, theme, kind] of THEMES) {
        await choose(screen, theme, kind);
        // What the theme before had may be on screen for a moment.
        await until(`colours of its own that can be read in ${theme}`, async () => {
          const line = await screen.heatOn(HOT, ({ tint, shape }) => tint && shape);
          const paper = await page.evaluate(
            () => getComputedStyle(document.querySelector('.editor-instance .monaco-editor-background')).backgroundColor,
          );
          const looks = `${line.colour} ${line.tint}`;
          if (colours.has(looks) || contrast(line.colour, paper) < 4.5) return unlike(`${looks} on ${paper}`);
          return colours.add(looks);
        });
        await shot(page, name);
      }
      assert.equal(colours.size, THEMES.length, 'each theme has colours of its own');
    },
  ],
  [
    'heat is cleared, and shown again',
    async ({ page }) => {
      const screen = new Screen(page);
      await screen.command('Pyrometer: Clear Heat');
      await screen.noHeat();
      await until('an idle status bar', async () => (await screen.item()) === 'Pyrometer');
      await screen.command('Pyrometer: Show Another Profile...');
      await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'example.py' }).first().click();
      await screen.heatOn(HOT);
    },
  ],
];

async function choose(screen, theme, kind) {
  await screen.command('Preferences: Color Theme');
  await screen.pick(theme, theme);
  await screen.page.locator(`.monaco-workbench.${kind}`).waitFor();
}

/** As WCAG has it: from 1 to 21. */
function contrast(one, other) {
  const [darker, lighter] = [one, other].map(luminance).sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/g).map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
