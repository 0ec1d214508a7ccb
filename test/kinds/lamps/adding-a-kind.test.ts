import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const page = read('docs/adding-a-kind.md');
const linked = [...page.matchAll(/\]\(\.\.\/([^)#]+\.ts)\)/g)].map(([, path = '']) => path);

test('the page about adding a kind shows what the lamps of the tests are made of', () => {
  expect(linked.length).toBeGreaterThan(8);
  const lines = new Set(
    linked.flatMap((path) => read(path).split('\n')).map((line) => line.trim()),
  );
  const shown = [...page.matchAll(/```ts\n([\s\S]*?)```/g)]
    .flatMap(([, code = '']) => code.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== '// ...');
  expect(shown.length).toBeGreaterThan(20);
  expect(shown.filter((line) => !lines.has(line))).toEqual([]);
});
