import { describe, expect, it } from 'vitest';
import { Redaction } from '../../../../src/policies/kernel/agents/redact.ts';

const value = 'p@ss word/+"&ü';
const secrets = [{ name: 'TOKEN', value }];
const mark = '[redacted TOKEN]';

describe('what is shown of a text', () => {
  it.each<[string, string, string]>([
    ['as it is', value, mark],
    ['within a word', `x${value}y`, `x${mark}y`],
    ['in JSON', JSON.stringify({ value }), `{"value":"${mark}"}`],
    ['in a URL', `?t=${encodeURIComponent(value)}&u`, `?t=${mark}&u`],
    ['in a form', `t=${encodeURIComponent(value).replaceAll('%20', '+')}`, `t=${mark}`],
    ['in a URL in lower case', `t=${encodeURIComponent(value).toLowerCase()}`, `t=${mark}`],
    ['in hexadecimal digits', Buffer.from(value).toString('hex'), mark],
  ])('has no secret %s', (_, text, shown) => {
    expect(Redaction.of(text, secrets)).toBe(shown);
  });

  it.each([0, 1, 2, 3, 4, 5])('has no secret in base64 after %i other bytes', (before) => {
    const text = `${'u'.repeat(before)}${value}:end`;
    for (const encoding of ['base64', 'base64url'] as const) {
      const shown = Redaction.of(Buffer.from(text).toString(encoding), secrets);
      expect(shown).toContain(mark);
      expect(Buffer.from(shown.replace(mark, ''), 'base64').toString()).not.toMatch(/ss wor/);
    }
  });

  it('has no secret that arrives in pieces, wherever it is cut', () => {
    const text = `before ${value} between ${value}${value} after`;
    for (let size = 1; size < text.length; size += 1) {
      const redaction = new Redaction(secrets);
      let shown = '';
      for (let at = 0; at < text.length; at += size)
        shown += redaction.push(text.slice(at, at + size));
      expect(shown + redaction.end()).toBe(`before ${mark} between ${mark}${mark} after`);
    }
  });

  it('has nothing of a secret that begins like another', () => {
    const both = [
      { name: 'A', value: 'abcdefgh' },
      { name: 'B', value: 'abcdefghijkl' },
    ];
    const redaction = new Redaction(both);
    const shown =
      redaction.push('x abcdefgh') + redaction.push('ijkl abcdefgh y') + redaction.end();
    expect(shown).toBe('x [redacted B] [redacted A] y');
  });

  it('has no line of a secret of many lines', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBg\nxx\n-----END KEY-----';
    const shown = Redaction.of(`line: MIIEvQIBADANBg.`, [{ name: 'KEY', value: key }]);
    expect(shown).toBe('line: [redacted KEY].');
  });

  it('is the text itself where there is no secret, at once', () => {
    expect(new Redaction([]).push('text')).toBe('text');
    expect(Redaction.of('nothing to hide', secrets)).toBe('nothing to hide');
  });
});
