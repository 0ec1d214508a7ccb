import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProcess } from '../../../src/agent/chaos/process-facts.ts';
import { isProtectedName, refuseProtected } from '../../../src/agent/chaos/protected.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-protected-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a process that is never hit', () => {
  it.each([
    ...['crio', 'podman', 'conmon', 'containerd-shim', 'docker-proxy', 'runc', 'k3s-server'],
    ...['named', 'unbound', 'coredns', 'nscd', 'pdns_recursor', 'dropbear', 'kube-proxy', 'etcd'],
  ])('is %s', (name) => {
    expect(isProtectedName(name)).toBe(true);
  });

  it.each(['node', 'postgres', 'nginx'])('is not %s', (name) => {
    expect(isProtectedName(name)).toBe(false);
  });

  it.runIf(process.platform === 'linux')('is known by the name that the kernel shows', async () => {
    const program = join(folder, 'containerd-shim-runc-v2');
    await copyFile('/bin/sleep', program);
    const shim = spawn(program, ['60']);
    await once(shim, 'spawn');
    const pid = shim.pid ?? 0;
    try {
      expect(readProcess(pid)?.name).toBe('containerd-shim');
      expect(refuseProtected(pid)).toBe(
        `process ${pid} (containerd-shim) is one that the host or the agent depends on`,
      );
    } finally {
      shim.kill('SIGKILL');
      await once(shim, 'exit');
    }
  });
});
