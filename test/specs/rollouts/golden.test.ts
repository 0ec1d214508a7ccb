import { readFile, readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { formatProblems } from '../../../src/specs/kernel/problems.ts';
import { resolveSpecInput } from '../../../src/specs/rollouts/resolve.ts';
import { resolveSpecText } from '../../../src/specs/rollouts/resolve-text.ts';

const folder = new URL('golden/', import.meta.url);
const files = (await readdir(folder)).filter((file) => !file.endsWith('.txt'));

it.each(files)('says what is wrong with %s in these words', async (file) => {
  const resolution = resolveSpecText(await readFile(new URL(file, folder), 'utf8'), file);
  if (resolution.ok) throw new Error(`${file} has nothing wrong with it`);
  const shown = formatProblems(resolution.problems, { source: file, ...resolution });
  await expect(`${shown}\n`).toMatchFileSnapshot(`golden/${file}.txt`);
});

it('says the same without lines where a workflow was started with the spec', async () => {
  const input: unknown = JSON.parse(await readFile(new URL('empty-ladder.json', folder), 'utf8'));
  const resolution = resolveSpecInput('canary', input);
  if (resolution.ok) throw new Error('nothing was found wrong');
  const shown = formatProblems(resolution.problems, { source: 'canary spec' });
  await expect(`${shown}\n`).toMatchFileSnapshot('golden/started-with.txt');
});
