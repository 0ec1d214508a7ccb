import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProcess } from '../../../src/agent/chaos/find-process.ts';
import { observeFault } from '../../../src/agent/chaos/observe.ts';

let folder: string;
let pidFile: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'belay-pid-'));
  pidFile = join(folder, 'web.pid');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (pid: number, atSeconds: number) => {
  writeFileSync(pidFile, `${pid}\n`);
  utimesSync(pidFile, atSeconds, atSeconds);
};
const now = () => Date.now() / 1_000;
/** Of a process before this one that had the same ID. */
const beforeThis = () => (Date.now() - performance.now()) / 1_000 - 60;
const stale = () =>
  `process ${process.pid} started after ${pidFile} was written: its process ID belonged to another one then`;

describe.runIf(process.platform === 'linux')('a process that is found by its file', () => {
  it('is refused where it started after the file was written', async () => {
    write(process.pid, now());
    expect(await findProcess({ pidFile })).toMatchObject({
      ...{ ok: true, identity: { pid: process.pid } },
    });
    write(process.pid, beforeThis());
    expect(await findProcess({ pidFile })).toEqual({ ok: false, reason: stale() });
  });

  it('does not run again after a crash because another program has its process ID', async () => {
    write(process.pid, beforeThis());
    const identity = { pid: process.pid, startTime: 'earlier' };
    const order = { fault: { type: 'crash' as const }, identity, mark: 'none' };
    expect(await observeFault(order, { pidFile })).toMatchObject({
      ...{ isEffective: true, isTargetRunning: false },
      detail: `process ${process.pid} has ended; ${stale()}`,
    });
  });
});

describe.runIf(process.platform === 'linux')('a target that its supervisor has replaced', () => {
  const earlier = { pid: process.pid, startTime: 'earlier' };

  it.each([
    { type: 'freeze' as const },
    { type: 'cpu' as const, load: 1, workers: 1 },
    { type: 'crash' as const },
  ])('runs, whatever became of the one that was hit: $type', async (fault) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const order = { fault, identity: earlier, mark: 'none' };
    try {
      expect(await observeFault(order, { port })).toMatchObject({
        ...{ isThere: false, isTargetRunning: true },
      });
    } finally {
      server.close();
    }
    await once(server, 'close');
    expect(await observeFault(order, { port })).toMatchObject({ isTargetRunning: false });
  });
});
