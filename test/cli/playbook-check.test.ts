import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPlaybookFile } from '../../src/cli/recovery/read-playbook.ts';

const examples = new URL('../../examples/playbooks/', import.meta.url).pathname;

describe('the file of a playbook', () => {
  it.each(readdirSync(examples).filter((name) => name.endsWith('.yaml')))(
    '%s of the examples has no problem',
    async (name) => {
      const { resolution } = await checkPlaybookFile(join(examples, name), { isRun: false });
      expect(resolution.ok ? [] : resolution.problems).toEqual([]);
    },
  );

  it('is read with the files that it uses, and their digests', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'playbook-'));
    const main = join(folder, 'main.yaml');
    writeFileSync(
      main,
      `kind: playbook
environment: prod
playbook: main
inputs: { seconds: number }
steps:
  - { id: one, use: pause, with: { ms: '\${inputs.seconds * 1000}' } }
  - { use: missing }
`,
    );
    writeFileSync(
      join(folder, 'pause.yaml'),
      "kind: playbook\ninputs: { ms: number }\nsteps: [{ wait: '${inputs.ms}' }]\n",
    );
    const { resolution, asWritten, lineOf } = await checkPlaybookFile(main, {
      inputs: ['seconds=2', 'other'],
      isRun: true,
    });
    expect(asWritten['with']).toEqual({ seconds: 2 });
    expect(asWritten['includes']).toMatchObject({
      pause: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    });
    const problems = resolution.ok ? [] : resolution.problems;
    expect(problems.map(({ path }) => path)).toEqual(['--input', 'steps[1].use']);
    expect(lineOf?.('steps[1].use')).toBe(7);
  });

  it('is refused with what is wrong with the runs that it starts, but for what expressions give', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'playbook-'));
    const file = join(folder, 'runs.yaml');
    writeFileSync(
      file,
      `kind: playbook
environment: prod
playbook: runs
inputs: { service: string, spec: string }
steps:
  - action: belay.run
    with: { kind: rolback, spec: { service: shop } }
  - action: belay.run
    with:
      kind: rollback
      spec:
        { enviroment: prod, service: '\${inputs.service}', target: { platform: moon } }
  - parallel:
      - action: belay.run
        with:
          kind: restore
          spec: { to: '\${inputs.spec}', inPlace: maybe, plan: { backup: shop } }
`,
    );
    const { resolution } = await checkPlaybookFile(file, { isRun: false });
    const problems = resolution.ok ? [] : resolution.problems;
    const paths = problems.map(({ path }) => path);
    expect(problems[0]).toMatchObject({
      path: 'steps[0].with.kind',
      message: expect.stringContaining('did you mean "rollback"?') as string,
    });
    for (const path of ['enviroment', 'environment', 'target.platform']) {
      expect(paths).toContain(`steps[1].with.spec.${path}`);
    }
    expect(paths).toContain('steps[2].parallel[0].with.spec.inPlace');
    expect(paths).toContain('steps[2].parallel[0].with.spec.plan.environment');
    expect(paths.join()).not.toMatch(/spec[.](service|to)\b/);
  });
});
