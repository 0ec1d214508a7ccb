import { describe, expect, it } from 'vitest';
import { parseSpecText } from '../../../src/specs/kernel/parse-text.ts';

describe('a spec file', () => {
  it('means the same in YAML and in JSON', () => {
    const json = '{ "stages": [{ "weight": 5, "hold": "10m" }] }';
    const yaml = 'stages:\n  - { weight: 5, hold: 10m }\n';
    const input = { stages: [{ weight: 5, hold: '10m' }] };
    expect(parseSpecText(json, 'a.json')).toMatchObject({ ok: true, input });
    expect(parseSpecText(yaml, 'a.yaml')).toMatchObject({ ok: true, input });
  });

  it.each([
    ['stages[1].hold', 4],
    ['stages[1].approval', 3],
    ['stages[1]', 3],
    ['stages', 1],
    ['release.command', 5],
    ['nowhere', 1],
  ])('tells the line of %s, or of what is nearest to it', (path, line) => {
    const text = 'stages:\n  - weight: 5\n  - weight: 20\n    hold: soon\nrelease: {}\n';
    const parsed = parseSpecText(text, 'a.yaml');
    expect(parsed.ok && parsed.lineOf(path)).toBe(line);
  });

  it('tells lines in JSON indented by tabs', () => {
    const parsed = parseSpecText('{\n\t"stages": [\n\t\t{ "weight": 5 }\n\t]\n}', 'a.json');
    expect(parsed.ok && parsed.lineOf('stages[0].weight')).toBe(3);
  });

  it.each<[string, string, string, string]>([
    ['a key given twice in YAML', 'a: 1\na: 2\n', 'a.yaml', 'line 2, column 1: Map keys must be'],
    ['a key given twice in JSON', '{"a": 1,\n"a": 2}', 'a.json', 'line 2, column 1: this key is'],
    ['a tag nobody knows', 'a: !secret b\n', 'a.yaml', 'line 1, column 4: Unresolved tag'],
    ['JSON that is cut off', '{"a": 1', 'a.JSON', "no JSON: Expected ',' or '}' after property"],
    ['more than one document', 'a: 1\n---\nb: 2\n', 'a.yaml', 'line 2, column 1: Source contains'],
    ['a file over 256 KB', '#'.repeat(300 * 1024), 'a.yaml', 'the spec is 300 KB; at most 256 KB'],
    ['brackets without end', '['.repeat(100_000), 'a.yaml', 'the spec is nested too deep'],
    [
      'aliases that multiply',
      `a: &a [1,1,1,1,1,1,1,1,1,1]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h']
        .map((name, index) => {
          const before = 'abcdefgh'.charAt(index);
          return `${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(',')}]`;
        })
        .join('\n')}`,
      'a.yaml',
      'Excessive alias count',
    ],
  ])('with %s is refused', (_title, text, name, problem) => {
    const parsed = parseSpecText(text, name);
    expect(parsed.ok ? [] : parsed.problems.map(({ message }) => message)).toContainEqual(
      expect.stringContaining(problem),
    );
  });
});
