import { describe, expect, it } from 'vitest';
import { LineOutput } from '../../../src/agent/programs/line-output.ts';

function collect(mostLength?: number, onLine: (line: string) => void = () => undefined) {
  const lines: string[] = [];
  const take = (line: string) => {
    lines.push(line);
    onLine(line);
  };
  return { lines, output: new LineOutput(take, [], mostLength) };
}

describe('the lines that a program writes', () => {
  it('are handed on whole, however they arrive', () => {
    const { lines, output } = collect();
    for (const piece of ['a', 'b\nc\n', '\n', 'd', '', 'e']) output.push(Buffer.from(piece));
    output.end();
    expect(lines).toEqual(['ab', 'c', '', 'de']);
    expect([output.bytes, output.failure, output.failed.aborted]).toEqual([8, undefined, false]);
  });

  it('end with one that is too long, and the program can be ended', () => {
    const { lines, output } = collect(2 * 1_048_576);
    output.push(Buffer.from('first\n'));
    const chunk = Buffer.alloc(65_536, 'x');
    for (let count = 0; count < 40; count += 1) output.push(chunk);
    output.push(Buffer.from('\nnext\n'));
    output.end();
    expect(lines).toEqual(['first']);
    expect(output.failure).toMatchObject({
      message: 'a line is longer than 2 MiB, which an agent does not read',
    });
    expect(output.failed.aborted).toBe(true);
  });

  it('are not handed on any more once one of them was not taken', () => {
    const { lines, output } = collect(undefined, (line) => {
      if (line === 'b') throw new Error('it is full');
    });
    output.push(Buffer.from('a\nb\nc\n'));
    output.push(Buffer.from('d\n'));
    output.end();
    expect(lines).toEqual(['a', 'b']);
    expect(output.failure?.message).toBe('it is full');
  });
});
