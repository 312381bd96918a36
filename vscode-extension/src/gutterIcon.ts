import * as vscode from 'vscode';

/** By heat class, from 1. */
const COLOURS = {
  dark: ['#c9a24a', '#f0953e', '#ff7b6b'],
  light: ['#866000', '#a84a00', '#bd1f0d'],
};
const STALE = { dark: '#9a9a9a', light: '#6f6f6f' };

/**
 * A hot line's picture in the gutter: its percentage, and below it as many bars of three as its class (1 to 3), so that
 * neither a long line, whose end is out of sight, nor colours alone stand between the reader and the number. Of a line
 * that was edited since, the bars are hollow.
 */
export function gutterIcon(theme: 'dark' | 'light', heat: number, stale: boolean, percent: string): vscode.Uri {
  const colour = stale ? STALE[theme] : COLOURS[theme][heat - 1];
  const paint = stale ? `fill="none" stroke="${colour}" stroke-width="0.8"` : `fill="${colour}"`;
  const bars = [0.5, 5.75, 11].slice(0, heat).map((x) => `<rect x="${x}" y="12" width="4.5" height="3" ${paint}/>`);
  const squeezed = percent.length > 2 ? ' textLength="15.5" lengthAdjust="spacingAndGlyphs"' : '';
  const number =
    `<text x="8" y="9.5" text-anchor="middle" font-family="sans-serif" font-size="11.5" font-weight="600"` +
    `${squeezed} fill="${colour}">${percent}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">${number}${bars.join('')}</svg>`;
  return vscode.Uri.parse(`data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`);
}
