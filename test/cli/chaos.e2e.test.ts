import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { CampaignDetails } from '../../src/contracts/chaos/campaign-details.ts';
import type { ExperimentDetails } from '../../src/contracts/chaos/details.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { freePort } from '../../src/embedded/ports.ts';
import type { ChaosFinding } from '../../src/policies/chaos/list-findings.ts';
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

  it('are carried out by a campaign, which stops at the one that fails; its finding is closed by a person', async () => {
    const hypothesis = { answers: { errorsOf: { agent: 'local', probe: 'web' }, atMost: '50%' } };
    const common = {
      ...{ services: ['web'], mostOfTarget: '100%', every: '200ms', steadyState: '2s' },
      ...{ duration: '5s', stopConditions: 'none', owner: 'team-web', hypothesis },
    };
    const busy = {
      ...{ ...common, experiment: 'weekly-busy', target: { agents: ['local'], host: true } },
      fault: { type: 'cpu', intensity: 0.2 },
    };
    const frozen = (experiment: string) => ({
      ...{ ...common, experiment, target: { agents: ['local'], process: 'web' } },
      fault: { type: 'freeze' },
    });
    const file = join(machine.folder, 'weekly.yaml');
    const specs = [busy, frozen('weekly-frozen'), frozen('weekly-frozen-again')];
    await writeFile(
      file,
      stringify({
        ...{ kind: 'chaosCampaign', environment: 'demo', campaign: 'weekly', pause: '1s' },
        experiments: specs.map((spec) => ({ spec })),
      }),
    );
    const ran = await machine.belay(['chaos', 'run', '-f', file, '--watch']);
    expect(ran.exitCode, ran.stdout + ran.stderr).toBe(1);
    const report = await machine.json<RunReport<CampaignDetails>>([
      'report',
      'chaos-campaign/demo/weekly',
    ]);
    expect(report, report.reason).toMatchObject({
      ...{ outcome: 'Failed', notes: ['1 of 3 were not run: weekly-frozen ended as Failed'] },
      details: { planned: 3 },
    });
    const { rows } = report.details;
    expect(rows.map(({ experiment, outcome }) => `${experiment} ${outcome}`)).toEqual([
      ...['weekly-busy Passed', 'weekly-frozen Failed'],
    ]);
    const { stdout: page } = await machine.belay(['report', 'chaos-campaign/demo/weekly']);
    expect(page).toContain('- Score: 33% passed, 33% failed, 33% unknown');
    const { stdout: listed } = await machine.belay(['chaos', 'list']);
    expect(listed).toMatch(/demo\/weekly-busy +cpu +1 of 1 +Passed/);
    expect(listed).toMatch(/demo\/weekly +2 of 3 +Failed +33% +33%/);

    const findings = () => machine.json<ChaosFinding[]>(['chaos', 'findings', '--all']);
    const frozenOne = async () =>
      (await findings()).filter(({ experiment }) => experiment === 'weekly-frozen');
    expect(await frozenOne()).toMatchObject([
      { state: 'open', outcome: 'Failed', owner: 'team-web', runRef: rows[1]?.runRef },
    ]);
    const close = ['chaos', 'findings', 'close', 'weekly-frozen', '--as', 'ana'];
    expect(await machine.belay(close)).toMatchObject({ exitCode: 2 });
    const why = 'the service was removed';
    const closed = await machine.belay([...close, '--why', why]);
    expect(closed.stdout, closed.stderr).toContain('demo/weekly-frozen is closed (Failed)');
    expect(await frozenOne()).toMatchObject([{ state: 'closed', closure: { by: 'ana', why } }]);
    const again = await machine.belay([...close, '--why', why]);
    expect(again).toMatchObject({ exitCode: 2 });
    expect(again.stderr).toContain('No finding of weekly-frozen is open.');
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
