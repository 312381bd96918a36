// node esbuild.mjs [FILE]: one file of the whole extension, dist/extension.js if no other is named.
import { build } from 'esbuild';

await build({
  entryPoints: ['src/extension.ts'],
  outfile: process.argv[2] ?? 'dist/extension.js',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
  minify: true,
  sourcemap: false,
  legalComments: 'eof',
  logLevel: 'warning',
});
