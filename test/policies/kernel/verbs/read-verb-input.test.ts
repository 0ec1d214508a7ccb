import { describe, expect, it } from 'vitest';
import { readVerbInput } from '../../../../src/policies/kernel/verbs/read-verb-input.ts';

describe('reading what people send', () => {
  it.each([[undefined], [null], [{}]])('takes %j as nothing more to say', (given) => {
    expect(readVerbInput(given)).toEqual({ ok: true, input: {} });
  });

  it('takes who, why, the run, the stage and the revision', () => {
    const input = { by: 'ana', why: 'looks good', runRef: 'r1', stage: 20, toRevision: 3 };
    expect(readVerbInput(input)).toEqual({ ok: true, input });
  });

  it.each([
    ['ana', 'the input is "ana"; send an object like {"by": "ana"}'],
    [[{ by: 'ana' }], 'the input is [{"by":"ana"}]; send an object like {"by": "ana"}'],
    [{ by: 7 }, 'by is 7; send a string'],
    [{ why: 'x'.repeat(2001) }, 'why has 2001 characters; send at most 2000'],
    [{ stage: '20' }, 'stage is "20"; send a number'],
    [{ runRef: 7 }, 'runRef is 7; send a string'],
    [{ cause: 'mood' }, 'cause is "mood"; send "alert", or leave it out'],
    [
      { stgae: 20, why: null },
      'stgae is unknown; known are by, why, runRef, stage, step, toRevision, cause, with; why is null; send a string',
    ],
  ])('refuses %j and says what is accepted', (given, reason) => {
    expect(readVerbInput(given)).toEqual({ ok: false, reason });
  });

  const junk = 'x'.repeat(1_500_000);
  it.each([
    ['a text', junk],
    ['a list', [junk]],
    ['a value', { stage: junk }],
    ['a cause', { cause: junk }],
    ['a key', { [junk]: 1 }],
    ['many keys', Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`key${n}`, n]))],
  ])('quotes only the beginning of %s that is too long', (_, given) => {
    const read = readVerbInput(given);
    expect(read.ok ? '' : read.reason).toMatch(/^.{20,1000}$/);
  });
});
