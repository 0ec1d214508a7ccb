import { describe, expect, it } from 'vitest';
import { renderAudit, renderAuditCsv } from '../../src/cli/render/audit.ts';
import { noPaint } from '../../src/cli/render/page.ts';
import type { AuditEntry } from '../../src/policies/rollouts/audit/audit-trail.ts';

const entry: AuditEntry = {
  ...{
    at: '2026-01-02T10:00:00.000Z',
    action: 'abort',
    by: 'ana',
    why: 'slow',
    result: 'accepted',
  },
  ...{ environment: 'demo', service: 'shop', version: 'v2', kind: 'canary', stage: 20 },
  ...{ rolloutId: 'r1', workflowId: 'rollout/demo/shop', runId: 'run1' },
};

describe('the audit as CSV', () => {
  it('has a line for each entry below its fields', () => {
    expect(renderAuditCsv([entry])).toBe(
      'at,action,by,why,result,environment,service,version,kind,stage,rolloutId,workflowId,runId\r\n' +
        '2026-01-02T10:00:00.000Z,abort,ana,slow,accepted,demo,shop,v2,canary,20,r1,rollout/demo/shop,run1\r\n',
    );
  });

  it.each(['=HYPERLINK("http://evil")', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])(
    'brings no formula into a spreadsheet: %j',
    (why) => {
      const [, line = ''] = renderAuditCsv([{ ...entry, why }]).split('\r\n2026');
      expect(line).toMatch(/,abort,ana,"?'[=+\-@\t\r]/);
    },
  );

  it('keeps commas, quotes and line breaks within their cell', () => {
    expect(renderAuditCsv([{ ...entry, why: 'a, "b"\nc' }])).toContain(',"a, ""b""\nc",');
  });
});

describe('the audit as a table', () => {
  it('is one line for each entry, whatever people wrote', () => {
    const why = 'first\nsecond \u001b[31mred\u202e';
    const [, line, ...more] = renderAudit([{ ...entry, why }], { paint: noPaint }).split('\n');
    expect(more).toEqual([]);
    expect(line).toBe(
      '2026-01-02 10:00:00  ana  abort 20 %  demo/shop  v2       accepted  first second  [31mred',
    );
  });

  it('says so where there is nothing', () => {
    expect(renderAudit([], { paint: noPaint })).toBe('The ledger has nothing of this.');
  });
});
