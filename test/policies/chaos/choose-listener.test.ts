import { describe, expect, it } from 'vitest';
import { chooseListener } from '../../../src/policies/chaos/choose-listener.ts';

const root = { inode: '100', uid: 0 };
const own = { inode: '200', uid: 1000 };
const holder = (pid: number, parent: number, uid: number, ...inodes: string[]) => ({
  ...{ pid, parent, uid, inodes },
});
const choose = (given: Partial<Parameters<typeof chooseListener>[0]>) =>
  chooseListener({ port: 8080, sockets: [own], holders: [], isComplete: false, ...given });

describe('the process that serves a port', () => {
  it('is the one that holds the socket, or the one that started all that hold it', () => {
    expect(choose({ holders: [holder(7, 1, 1000, '200')] })).toEqual({ ok: true, pid: 7 });
    const holders = [holder(7, 1, 1000, '200'), holder(8, 7, 1000, '200')];
    expect(choose({ holders })).toEqual({ ok: true, pid: 7 });
  });

  it('is refused where one of the sockets has no holder that can be read', () => {
    const sockets = [own, root];
    expect(choose({ sockets, holders: [holder(7, 1, 1000, '200')] })).toEqual({
      ok: false,
      reason:
        'a process that listens on port 8080, of account 0, cannot be read: the agent needs the same account, or root',
    });
  });

  it('is refused where only processes of other accounts can be read: they may have inherited the socket', () => {
    const given = { sockets: [root], holders: [holder(8, 7, 1000, '100')] };
    expect(choose(given)).toEqual({
      ok: false,
      reason:
        'account 0 opened port 8080, and only processes of other accounts can be read: 8 (account 1000); the agent needs root, or write pidFile',
    });
    // A server that gave up root after it had opened its port, for an agent that reads everything.
    expect(choose({ ...given, isComplete: true })).toEqual({ ok: true, pid: 8 });
  });

  it('is refused where several serve it, and where nothing does', () => {
    const holders = [holder(7, 1, 1000, '200'), holder(9, 1, 1000, '200')];
    expect(choose({ holders })).toEqual({
      ok: false,
      reason: 'several processes listen on port 8080: 7, 9; write pidFile',
    });
    expect(choose({ sockets: [] })).toEqual({
      ...{ ok: false, reason: 'nothing listens on port 8080' },
    });
  });
});
