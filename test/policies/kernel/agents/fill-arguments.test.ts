import { describe, expect, it } from 'vitest';
import type { ArgumentValues } from '../../../../src/contracts/kernel/agent.ts';
import { fillArguments } from '../../../../src/policies/kernel/agents/fill-arguments.ts';
import type { Parameter } from '../../../../src/specs/kernel/agent.ts';

const parameters: Record<string, Parameter> = {
  table: { pattern: '[a-z_]{1,10}|-' },
  mode: { oneOf: ['full', '--analyze'] },
  jobs: { least: 1, most: 8 },
};
const argv = ['/usr/bin/vacuumdb', '{{mode}}', '--table={{table}}', '--jobs={{jobs}}', '{{table}}'];
const usual = { table: 'orders', mode: 'full', jobs: 2 };

function fill(given: ArgumentValues, list: string[] = argv) {
  const filled = fillArguments({ argv: list }, parameters, given);
  return filled.ok ? filled.filled.argv : filled.problems;
}

describe('arguments of a command', () => {
  it('are the values of a run, each within the argument that names it', () => {
    expect(fill(usual)).toEqual([
      ...['/usr/bin/vacuumdb', 'full', '--table=orders', '--jobs=2', 'orders'],
    ]);
  });

  it('keep a value whole that holds what a shell would read, and placeholders', () => {
    const list = { argv: ['/bin/echo', 'a {{text}} b {{text}}'] };
    const text = '$(reboot); "x" {{text}} $& `id`\n* ';
    expect(fillArguments(list, { text: { pattern: '[^]*' } }, { text })).toEqual({
      ok: true,
      filled: { argv: ['/bin/echo', `a ${text} b ${text}`] },
    });
  });

  it.each<[string, ArgumentValues, string]>([
    ['missing', { ...usual, table: undefined as never }, 'args.table: missing; text that matches'],
    ['of another type', { ...usual, table: 7 }, 'args.table: 7 is not text'],
    ['matched in part only', { ...usual, table: 'orders; x' }, '"orders; x" is not accepted; text'],
    ['with a line more', { ...usual, table: 'orders\n' }, String.raw`"orders\n" is not accepted`],
    ['not listed', { ...usual, mode: 'Full' }, '"Full" is not accepted; one of: full, --analyze'],
    [
      'too large',
      { ...usual, jobs: 9 },
      'args.jobs: 9 is not accepted; a whole number from 1 to 8',
    ],
    ['a fraction', { ...usual, jobs: 1.5 }, 'args.jobs: 1.5 is not accepted'],
    ['a number in words', { ...usual, jobs: '2' }, 'args.jobs: "2" is not accepted'],
    ['unknown', { ...usual, tabel: 'x' }, 'args["tabel"]: unknown; known: table, mode, jobs'],
    ['inherited', { ...usual, toString: 'x' }, 'args["toString"]: unknown'],
    ['an option', { ...usual, table: '-' }, 'args.table: "-" begins with "-", as options do'],
  ])('are refused where a value is %s', (_, given, message) => {
    expect(fill(given)).toEqual([expect.stringContaining(message)]);
  });

  it('are refused where an argument begins with an option because the value before it is empty', () => {
    const texts = { prefix: { pattern: '[a-z]*' }, name: { pattern: '.+' } };
    const fillName = (prefix: string) =>
      fillArguments({ argv: ['/bin/ls', '{{prefix}}{{name}}'] }, texts, { prefix, name: '--all' });
    expect(fillName('')).toEqual({
      ok: false,
      problems: ['args.name: "--all" begins with "-", as options do'],
    });
    expect(fillName('x')).toEqual({ ok: true, filled: { argv: ['/bin/ls', 'x--all'] } });
  });

  it('are refused with every problem at once', () => {
    expect(fill({ table: 'A', jobs: 0, other: 1 })).toHaveLength(4);
  });

  it('may be an option where the settings list that very value', () => {
    expect(fill({ ...usual, mode: '--analyze' })[1]).toBe('--analyze');
  });
});
