/** A file system that is filled up to a share that stays free. */
import { accessSync, constants, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultSeen } from '../../../contracts/chaos/host-faults.ts';
import {
  refuseFileSystem,
  sharesSpace,
  type FileSystem,
} from '../../../policies/chaos/shared-space.ts';
import type { FaultyDisk } from '../../../specs/chaos/agent-settings.ts';
import type { HostFault } from '../../../specs/chaos/fault.ts';
import { endFaultProcesses, findFaultProcesses } from '../fault-processes.ts';
import { shortMark, type DiskOrder, type FaultOrder } from '../order.ts';
import { startMarked, untilHeld, type OwnArguments } from '../start-marked.ts';
import type { DiskHold } from './hold-disk.ts';

type DiskFault = Extract<HostFault, { type: 'disk' }>;

/** Full, these take the host down, or keep the agent from removing the fault. */
const protectedFolders: readonly string[] = [
  ...['/', '/boot', '/dev', '/dev/shm', '/etc', '/proc', '/root', '/run', '/sys', '/tmp'],
  ...['/usr', '/var', '/var/lib', '/var/log', '/var/tmp', '/run/lock'],
];
const programs = ['/usr/bin/fallocate', '/bin/fallocate', '/usr/local/bin/fallocate'];
/** File systems count in blocks, and take a few for what is in the file. */
const nearly = 0.01;

export interface ExaminedDisk {
  what: string;
  refusals: string[];
}

/** What would be filled, and everything that speaks against it. Changes nothing. */
export function examineDisk(
  { name, folder, leave: least }: FaultyDisk,
  { leave }: DiskFault,
  stateFolder: string,
): ExaminedDisk {
  const free = freeShare(folder);
  const own = fileSystemOf(folder);
  if (free === undefined || own === undefined || !statSync(folder).isDirectory()) {
    return { what: `disk ${name}: ${folder}`, refusals: [`there is no folder ${folder}`] };
  }
  const shared = sharesWith(own, [stateFolder, ...protectedFolders]);
  const pool = refuseFileSystem(own);
  const refusals = [
    ...(pool === undefined ? [] : [`${folder} ${pool}`]),
    ...(shared === undefined
      ? []
      : [
          `${folder} is on the file system of ${shared}${shared === stateFolder ? ', where the agent keeps its acts' : ''}, which is never filled`,
        ]),
    ...(isWritable(folder) ? [] : [`the agent may not write to ${folder}`]),
    ...(programs.some((program) => isExecutable(program))
      ? []
      : ['fallocate is not there, or may not be executed']),
    ...(leave < least
      ? [`${percent(leave)} is less than its settings leave free, ${percent(least)}`]
      : []),
    ...(free <= leave
      ? [`only ${percent(free)} of ${folder} is free: nothing is to be taken`]
      : []),
  ];
  return { what: `disk ${name}: ${folder}, of which ${percent(free)} is free`, refusals };
}

/** As it is now, for an order that is carried out whatever the settings say later. */
export function orderOfDisk({ folder }: FaultyDisk): DiskOrder {
  return { folder, device: statSync(folder).dev };
}

type OrderOfDisk = Pick<FaultOrder, 'mark' | 'atMostMs'> & { disk: DiskOrder };

/** Returns once the file system is as full as asked. */
export async function fillDisk(
  { mark, disk, atMostMs }: OrderOfDisk,
  { leave }: DiskFault,
  own: OwnArguments,
): Promise<void> {
  const hold: DiskHold = { ...disk, leave, atMostMs, file: fileOf(disk, mark) };
  const held = await startMarked(mark, ['hold-disk', hold], own);
  await untilHeld(held, () => (freeShare(disk.folder) ?? 1) <= leave + nearly);
}

/** The file has no name but for a moment; one whose process was killed in it is empty, and goes too. */
export async function emptyDisk({ mark, disk }: Pick<OrderOfDisk, 'mark' | 'disk'>): Promise<void> {
  await endFaultProcesses(mark);
  rmSync(fileOf(disk, mark), { force: true });
}

export function observeDisk(
  { mark, disk }: Pick<OrderOfDisk, 'mark' | 'disk'>,
  { leave }: DiskFault,
): FaultSeen {
  const isHeld = findFaultProcesses().some((each) => each.mark === mark);
  const free = freeShare(disk.folder);
  const isSame = free !== undefined && statSync(disk.folder).dev === disk.device;
  return {
    isEffective: isHeld && isSame && free <= leave + nearly,
    ...{ isThere: isHeld, isTargetRunning: free !== undefined },
    detail:
      free === undefined ? `${disk.folder} is gone` : `${percent(free)} of ${disk.folder} is free`,
  };
}

/** Of a fault whose act is not on record: its process is found all the same. */
export function observeUnrecordedDisk(mark: string): FaultSeen {
  const [held] = findFaultProcesses().filter((each) => each.mark === mark);
  const detail =
    held === undefined
      ? 'nothing was injected'
      : `its act is not on record here, and process ${held.pid} of it is still there; end it with: kill ${held.pid}`;
  return { isEffective: false, isThere: held !== undefined, isTargetRunning: true, detail };
}

function fileOf({ folder }: DiskOrder, mark: string): string {
  return join(folder, `.belay-fault-${shortMark(mark)}`);
}

/** Of what anybody but root may use; undefined where there is no such folder. */
function freeShare(folder: string): number | undefined {
  try {
    const { blocks, bavail } = statfsSync(folder);
    return blocks === 0 ? undefined : bavail / blocks;
  } catch {
    return undefined;
  }
}

/** Undefined where there is no such folder. */
function fileSystemOf(folder: string): FileSystem | undefined {
  try {
    const { type, bsize, blocks, bfree, files, ffree } = statfsSync(folder);
    return {
      ...{ device: statSync(folder).dev, type: type >>> 0, blockSize: bsize },
      ...{ blocks, freeBlocks: bfree, files, freeFiles: ffree },
    };
  } catch {
    return undefined;
  }
}

function sharesWith(own: FileSystem, others: readonly string[]): string | undefined {
  return others.find((other) => {
    const found = fileSystemOf(other);
    return found !== undefined && sharesSpace(own, found);
  });
}

function isWritable(folder: string): boolean {
  return isAllowed(folder, constants.W_OK);
}

function isExecutable(program: string): boolean {
  return isAllowed(program, constants.X_OK);
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
