import { expect, it } from 'vitest';
import { LogReader } from '../../../../src/adapters/pgbackrest/search/log-reader.ts';

/** As pg_waldump of PostgreSQL 15 writes them. */
const log = `
first record is after 0/2000000, at 0/2000028, skipping over 40 bytes
rmgr: Heap2       len (rec/tot):     56/    56, tx:          0, lsn: 0/02000028, prev 0/01527080, desc: PRUNE latestRemovedXid 0 nredirected 0 ndead 1, blkref #0: rel 1663/5/1249 blk 17
rmgr: Heap        len (rec/tot):     61/    61, tx:        725, lsn: 0/020000C8, prev 0/02000060, desc: INSERT+INIT off 1 flags 0x00, blkref #0: rel 1663/5/16385 blk 0
rmgr: Btree       len (rec/tot):     90/    90, tx:        725, lsn: 0/02000108, prev 0/020000C8, desc: NEWROOT lev 0, blkref #0: rel 1663/5/16391 blk 1, blkref #2: rel 1663/5/16391 blk 0
rmgr: Transaction len (rec/tot):     34/    34, tx:        725, lsn: 0/020003A8, prev 0/02000368, desc: COMMIT 2026-11-29 15:09:56.353761 UTC
rmgr: Heap        len (rec/tot):     61/    61, tx:        726, lsn: 0/020003D0, prev 0/020003A8, desc: INSERT off 6 flags 0x00, blkref #0: rel 1663/5/16385 blk 0
rmgr: Heap        len (rec/tot):     61/    61, tx:        727, lsn: 0/02000450, prev 0/02000410, desc: INSERT off 7 flags 0x00, blkref #0: rel 1663/5/16386 blk 0
rmgr: Transaction len (rec/tot):     46/    46, tx:        726, lsn: 0/020004D0, prev 0/02000490, desc: COMMIT 2026-11-29 15:09:56.413068 UTC; subxacts: 727
rmgr: Heap        len (rec/tot):     69/    69, tx:        728, lsn: 0/02000500, prev 0/020004D0, desc: HOT_UPDATE off 1 xmax 728 flags 0x20 ; new off 8 xmax 0, blkref #0: rel 1663/5/16385 blk 0
rmgr: Heap        len (rec/tot):     69/    69, tx:        728, lsn: 0/02000548, prev 0/02000500, desc: UPDATE off 2 xmax 728 flags 0x20 ; new off 9 xmax 0, blkref #0: rel 1663/5/16385 blk 0 FPW, blkref #1: rel 1663/5/16385 blk 1
rmgr: Heap        len (rec/tot):     54/    54, tx:        728, lsn: 0/02000560, prev 0/02000500, desc: LOCK off 1: xid 728: flags 0x00 LOCK_ONLY EXCL_LOCK , blkref #0: rel 1663/5/16385 blk 0
rmgr: Transaction len (rec/tot):     34/    34, tx:        728, lsn: 0/020006F8, prev 0/020006B0, desc: ABORT 2026-11-29 15:09:56.434447 UTC
rmgr: Heap        len (rec/tot):    123/   123, tx:        730, lsn: 0/020007E0, prev 0/020007B0, desc: UPDATE off 6 xmax 730 flags 0x60 ; new off 8 xmax 0, blkref #0: rel 1663/5/1259 blk 0
rmgr: Transaction len (rec/tot):    361/   361, tx:        730, lsn: 0/02000F10, prev 0/02000E80, desc: COMMIT 2026-11-29 15:09:56.445151 UTC; rels: base/5/16390 pg_tblspc/16500/PG_15_202209061/5/16385 base/5/t3_16400 base/5/2619; inval msgs: catcache 55 relcache 16385
rmgr: Heap        len (rec/tot):     61/    61, tx:        731, lsn: 0/02001080, prev 0/02000F10, desc: INSERT+INIT off 1 flags 0x00, blkref #0: rel 1663/5/16393 blk 0
rmgr: Transaction len (rec/tot):    274/   274, tx:        731, lsn: 0/02001160, prev 0/02001120, desc: PREPARE gid pp: 2026-11-29 15:09:56.448778 UTC
rmgr: Transaction len (rec/tot):     42/    42, tx:          0, lsn: 0/02001278, prev 0/02001160, desc: COMMIT_PREPARED 731: 2026-11-29 15:09:56.451092 UTC
rmgr: Heap2       len (rec/tot):     82/    82, tx:        733, lsn: 0/02006BA0, prev 0/02006838, desc: MULTI_INSERT 2 tuples flags 0x02, blkref #0: rel 1663/5/16393 blk 0
rmgr: Transaction len (rec/tot):     34/    34, tx:        733, lsn: 0/02006C78, prev 0/02006C38, desc: COMMIT 2026-11-29 15:09:56.461352 UTC
`.split('\n');

const read = (options: { fromLsn: string; untilLsn?: string }, lines: readonly string[] = log) => {
  const reader = new LogReader(options);
  for (const line of lines) reader.take(line);
  return reader;
};

it('tells which transactions were committed, where, when, and what rows they wrote', () => {
  const { commits, lastLsn } = read({ fromLsn: '0/0' });
  expect(lastLsn).toBe('0/2006C78');
  const at = (clock: string) => `2026-11-29T15:09:56.${clock}Z`;
  const drops = ['1663/5/16390', '16500/5/16385'];
  expect(commits).toEqual([
    { ...commit('725', '0/20003A8', at('353761'), { '1663/5/16385': 1 }), nextLsn: '0/20003D0' },
    {
      ...commit('726', '0/20004D0', at('413068'), { '1663/5/16385': 1, '1663/5/16386': 1 }),
      nextLsn: '0/2000500',
    },
    { ...commit('730', '0/2000F10', at('445151'), {}), drops, nextLsn: '0/2001080' },
    { ...commit('731', '0/2001278', at('451092'), { '1663/5/16393': 1 }), nextLsn: '0/2006BA0' },
    commit('733', '0/2006C78', at('461352'), { '1663/5/16393': 2 }),
  ]);
});

it('leaves out what was committed before the set was consistent, or after a log that was read before', () => {
  const within = { fromLsn: '0/20004D0', untilLsn: '0/2001278' };
  expect(read(within).commits.map(({ xid }) => xid)).toEqual(['726', '730', '731']);
});

it('tells where the first commit is that was left out', () => {
  expect(read({ fromLsn: '0/20004D0', untilLsn: '0/2001278' }).endLsn).toBe('0/2006C78');
  expect(read({ fromLsn: '0/20004D0' }).endLsn).toBeUndefined();
});

it('tells where files are changed at once', () => {
  const changes = `
rmgr: Database    len (rec/tot):     42/    42, tx:        740, lsn: 0/02006D00, prev 0/02006C78, desc: CREATE_WAL_LOG 1663/16400
rmgr: RelMap      len (rec/tot):    553/   553, tx:        741, lsn: 0/02006E00, prev 0/02006D00, desc: UPDATE database 5 tablespace 1663 size 524
rmgr: CLOG        len (rec/tot):     42/    42, tx:          0, lsn: 0/02006F00, prev 0/02006E00, desc: ZEROPAGE 1
rmgr: CLOG        len (rec/tot):     42/    42, tx:          0, lsn: 0/02006F40, prev 0/02006F00, desc: TRUNCATE page 3; oldestXact 99000
`.split('\n');
  const { oneWay } = read({ fromLsn: '0/0' }, [...log, ...changes]);
  // The first one ends a prepared transaction, whose file is removed then.
  expect(oneWay).toEqual(['0/2001278', '0/2006D00', '0/2006E00', '0/2006F40']);
});

it('takes each record once where two readings overlap', () => {
  const twice = read({ fromLsn: '0/0' }, [...log.slice(0, 9), ...log.slice(4)]);
  expect(twice.commits).toEqual(read({ fromLsn: '0/0' }).commits);
});

function commit(xid: string, lsn: string, at: string, rows: Record<string, number>) {
  return { xid, lsn, at, rows, drops: [] };
}
