import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { ExperimentDetails } from '../../src/contracts/chaos/details.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { OneMachine } from './one-machine.ts';

const server = `require('node:http').createServer((_, response) => response.end('ok'))
  .listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));`;

let machine: OneMachine;
let web: ChildProcess;

beforeAll(async () => {
  const port = await freePort();
  web = spawn(process.execPath, ['-e', server], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PORT: String(port) },
  });
  if (web.stdout) await once(web.stdout, 'data');
  machine = await OneMachine.start({}, async (folder) => {
    const agent = join(folder, 'home/agent');
    await mkdir(agent, { recursive: true });
    const settings = {
      ...{ name: 'local', stateFolder: join(agent, 'state') },
      probes: { web: { http: { url: `http://127.0.0.1:${port}/` }, timeout: '1s' } },
      chaos: {
        processes: { web: { port, faults: ['freeze'] } },
        host: { faults: ['cpu'] },
      },
    };
    await writeFile(join(agent, 'agent.yaml'), stringify(settings));
  });
}, 240_000);

afterAll(async () => {
  web.kill('SIGKILL');
  await machine.stop();
});

async function write(experiment: string, more: object): Promise<string> {
  const file = join(machine.folder, `${experiment}.yaml`);
  const spec = {
    ...{ kind: 'chaosExperiment', environment: 'demo', experiment, services: ['web'] },
    ...{ mostOfTarget: '100%', every: '200ms', steadyState: '2s', stopConditions: 'none' },
    hypothesis: { answers: { errorsOf: { agent: 'local', probe: 'web' }, atMost: '50%' } },
    ...more,
  };
  await writeFile(file, stringify(spec));
  return file;
}

const freeze = (duration: string) =>
  write('web-freezes', {
    ...{ target: { agents: ['local'], process: 'web' }, fault: { type: 'freeze' }, duration },
  });

async function reportOf(experiment: string): Promise<RunReport<ExperimentDetails>> {
  const { stdout } = await machine.belay(['report', `chaos/demo/${experiment}`, '--json']);
  return JSON.parse(stdout) as RunReport<ExperimentDetails>;
}

describe('experiments on one machine, by the agent of belay up', () => {
  it('says before what would be hit, and hits nothing', async () => {
    const planned = await machine.belay(['chaos', 'preview', '-f', await freeze('30s')]);
    expect(planned.stdout, planned.stderr).toContain(`process ${web.pid} (node)`);
    expect(planned.exitCode).toBe(0);
  });

  it('passes where a host that is short of CPU time still answers', async () => {
    const file = await write('busy', {
      target: { agents: ['local'], host: true },
      ...{ fault: { type: 'cpu', intensity: 0.2 }, duration: '5s' },
    });
    const ran = await machine.belay(['chaos', 'run', '-f', file, '--watch']);
    expect(ran, ran.stdout).toMatchObject({ exitCode: 0 });
    expect(await reportOf('busy')).toMatchObject({ outcome: 'Passed' });
    const { stdout } = await machine.belay(['report', 'chaos/demo/busy']);
    expect(stdout).toMatch(
      /\| answers \| errors of web, asked by local \| at most 50% \|.* holds \|\n/,
    );
    expect(stdout).toMatch(/- Gone: .*, after \d+.*s\n- Recovered: /);
    const html = await machine.belay(['report', 'chaos/demo/busy', '--html', '-']);
    expect(html.stdout).toMatch(/<svg .*class="fault"/s);
  });

  it('is halted, goes on to its verdict, and is listed', async () => {
    const file = await freeze('60s');
    const started = await machine.belay(['chaos', 'run', '-f', file]);
    expect(started, started.stderr).toMatchObject({ exitCode: 0 });
    await machine.until('chaos/demo/web-freezes', 'faulted');
    const why = ['--why', 'checkout is slow', '--as', 'ana'];
    expect(await machine.belay(['chaos', 'halt', 'demo/web-freezes', ...why])).toMatchObject({
      exitCode: 0,
    });
    await machine.belay(['watch', 'chaos/demo/web-freezes']);
    const report = await reportOf('web-freezes');
    expect(report).toMatchObject({ outcome: 'Aborted', reason: 'Halted by ana: checkout is slow' });
    expect(report.details.leftBehind).toEqual([]);
    const { stdout } = await machine.belay(['chaos', 'list']);
    expect(stdout).toMatch(/demo\/web-freezes +freeze +1 of 1 +Aborted/);
    expect(stdout).toMatch(/demo\/busy +cpu +1 of 1 +Passed/);
  });

  it('is ended by the safety lever, which lets none start', async () => {
    await machine.belay(['chaos', 'run', '-f', await freeze('60s')]);
    await machine.until('chaos/demo/web-freezes', 'faulted');
    await machine.belay(['lever', 'engage', 'demo', '--why', 'checkout is down', '--as', 'ana']);
    await machine.belay(['watch', 'chaos/demo/web-freezes']);
    expect(await reportOf('web-freezes')).toMatchObject({ outcome: 'Aborted' });
    const refused = await machine.belay(['chaos', 'run', '-f', await freeze('60s'), '--watch']);
    expect(refused.exitCode).not.toBe(0);
    expect(`${refused.stdout}${refused.stderr}`).toContain('checkout is down');
  });
});
