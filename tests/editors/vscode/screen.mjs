// What a user sees and does in a window: all of it through the page, nothing through the extension's own objects.
import { PATIENCE } from './editor.mjs';

/** Asks until the answer is true, or fails with the last one. `look` may throw while the page changes. */
export async function until(what, look, patience = PATIENCE) {
  const end = Date.now() + patience;
  for (;;) {
    let seen;
    try {
      seen = await look();
      if (seen && !(seen instanceof Refusal)) return seen;
    } catch (error) {
      seen = error;
    }
    if (Date.now() > end) {
      const last = seen instanceof Refusal ? JSON.stringify(seen.seen, null, 1) : String(seen);
      throw new Error(`waited in vain for ${what}; last seen: ${last}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** What was seen instead of what is waited for. */
class Refusal {
  constructor(seen) {
    this.seen = seen;
  }
}
export const unlike = (seen) => new Refusal(seen);

export class Screen {
  constructor(page) {
    this.page = page;
  }

  async openFile(name) {
    await this.page.keyboard.press('Control+P');
    await this.pick(name, name);
    await this.page.locator('.tab.active').filter({ hasText: name }).waitFor();
    await this.page.locator('.editor-instance .view-line').first().waitFor();
  }

  /** Runs a command from the palette, by its name there. */
  async command(name) {
    await this.page.keyboard.press('F1');
    await this.pick(`>${name}`, name, true);
  }

  /** Types into the open input of quick open and takes the entry with this text; `exact`: with no more than it. */
  async pick(typed, entry, exact = false) {
    const input = this.page.locator('.quick-input-box input');
    await input.waitFor();
    await input.fill(typed);
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    const label = new RegExp(`^${entry.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '\\s')}$`);
    const fit = exact ? { has: this.page.locator('.label-name', { hasText: label }) } : { hasText: entry };
    await rows.filter(fit).first().click();
  }

  /** The lines of the active editor that are on screen, with the heat that is painted on them, as the browser shows it. */
  lines() {
    return this.page.evaluate(() => {
      const editor = document.querySelector('.editor-group-container.active .editor-instance .monaco-editor');
      if (!editor) return [];
      const top = (element) => Number.parseFloat(element.style.top);
      const at = (selector) => new Map([...editor.querySelectorAll(selector)].map((element) => [top(element), element]));
      const margins = at('.margin-view-overlays > div');
      const backgrounds = at('.view-overlays > div');
      const icons = [...editor.querySelectorAll('.glyph-margin-widgets .cgmr')].filter((icon) =>
        getComputedStyle(icon).backgroundImage.includes('svg'),
      );
      const tint = (element) =>
        [...(element?.querySelectorAll('.cdr') ?? [])]
          .map((layer) => getComputedStyle(layer).backgroundColor)
          .find((colour) => !/^rgba\(0, 0, 0, 0\)$/.test(colour));
      const lines = [];
      for (const element of editor.querySelectorAll('.view-lines > .view-line')) {
        const y = top(element);
        const line = {
          number: Number(margins.get(y)?.querySelector('.line-numbers')?.textContent),
          text: element.textContent.replaceAll('\u00a0', ' '),
          tint: tint(backgrounds.get(y)),
          shape: icons.filter((icon) => top(icon) === y).map((icon) => getComputedStyle(icon).backgroundImage)[0],
        };
        for (const span of element.querySelectorAll('span span')) {
          const after = getComputedStyle(span, '::after');
          if (!/^"(.+)"$/.test(after.content)) continue;
          Object.assign(line, { heat: after.content.slice(1, -1), colour: after.color, style: after.fontStyle });
        }
        lines.push(line);
      }
      return lines.sort((one, other) => one.number - other.number);
    });
  }

  /** The texts under which a line is drawn, as far as letters of one width tell. */
  underlined() {
    return this.page.evaluate(() => {
      const editor = document.querySelector('.editor-group-container.active .editor-instance .monaco-editor');
      const lines = [...editor.querySelectorAll('.view-lines > .view-line')];
      const texts = [];
      for (const part of editor.querySelectorAll('.view-overlays .cdr')) {
        if (Number.parseFloat(getComputedStyle(part).borderBottomWidth) === 0) continue;
        const y = part.parentElement.style.top;
        const line = lines.find((candidate) => candidate.style.top === y);
        if (!line) continue;
        const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        const letters = [];
        while (walker.nextNode()) letters.push(walker.currentNode);
        const whole = document.createRange();
        whole.setStart(letters[0], 0);
        whole.setEnd(letters.at(-1), letters.at(-1).length);
        const content = line.textContent.replaceAll('\u00a0', ' ');
        const letter = whole.getBoundingClientRect().width / content.length;
        const { left, width } = part.getBoundingClientRect();
        const start = Math.round((left - whole.getBoundingClientRect().left) / letter);
        texts.push(content.slice(start, start + Math.round(width / letter)));
      }
      return texts;
    });
  }

  /** The painted lines only. */
  async heat() {
    return (await this.lines()).filter((line) => line.heat);
  }

  /** Waits until the line with this text is painted so that `fits(line)`. */
  heatOn(text, fits = () => true) {
    return until(`heat on "${text}"`, async () => {
      const lines = await this.lines();
      const line = lines.find((candidate) => candidate.text.includes(text));
      return line?.heat && fits(line) ? line : unlike(lines.filter((candidate) => candidate.heat || candidate === line));
    });
  }

  noHeat() {
    return until('no heat', async () => {
      const heat = await this.heat();
      return heat.length === 0 || unlike(heat);
    });
  }

  /** Puts the cursor at the begin of a line, by its number. */
  async goTo(line, column = 1) {
    await this.page.keyboard.press('Control+G');
    const input = this.page.locator('.quick-input-box input');
    await input.waitFor();
    await input.fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden' });
    await this.status(`Ln ${line}, Col ${column}`);
  }

  /** Waits for the text in the status bar. */
  status(text) {
    return until(`"${text}" in the status bar`, async () => {
      const bar = await this.page.locator('.part.statusbar').innerText();
      return bar.replaceAll('\u00a0', ' ').includes(text) || unlike(bar);
    });
  }

  /** The item of ours in the status bar. */
  async item() {
    const item = this.page.locator('.statusbar-item[id="pyrometer.pyrometer.pyrometer"]');
    return (await item.innerText()).trim();
  }

  async running() {
    return (await this.page.locator('.statusbar-item .codicon-sync.codicon-modifier-spin').count()) > 0;
  }

  /** The shown terminal's text. */
  async terminalText() {
    const rows = await this.page.locator('.terminal-wrapper.active .xterm-rows > div').allInnerTexts();
    return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
  }

  terminal(text) {
    return until(`"${text}" in the terminal`, async () => {
      const shown = await this.terminalText();
      // A long line is broken where the terminal ends.
      return shown.replaceAll('\n', '').includes(text) || unlike(shown);
    });
  }

  async typeInTerminal(text) {
    // Not by a click: a terminal that shows nothing yet has no place to click on.
    await this.command('Terminal: Focus Terminal');
    await this.focusIn('.terminal-wrapper.active');
    await this.page.keyboard.type(text);
  }

  async focusEditor() {
    await this.command('View: Focus Active Editor Group');
    await this.focusIn('.editor-group-container.active .monaco-editor');
  }

  /** Keys go where the focus is, and a command that moves it may take a moment. */
  focusIn(selector) {
    return this.page.waitForFunction((around) => document.activeElement?.closest(around), selector);
  }

  /** Waits for a notification with the text, and gives it. */
  async notification(text) {
    const found = this.page.locator('.notification-toast .notification-list-item').filter({ hasText: text });
    await found.first().waitFor();
    return found.first();
  }
}
