import { randomBytes } from 'node:crypto';
import type { Exclusion } from '../../contracts/objectives/exclusion.ts';
import type { ObjectiveStore } from '../../contracts/objectives/objective-store.ts';
import {
  problemsOfAnnouncement,
  unknownServices,
} from '../../policies/objectives/exclusions/announce-exclusion.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { readStates } from './read-states.ts';
import { readSpan, type WrittenSpan } from './time-span-options.ts';

export interface WrittenExclusion extends WrittenSpan {
  environment: string;
  service?: readonly string[];
  why: string;
  publicTitle?: string;
}

type Store = Pick<ObjectiveStore, 'listStates' | 'listExclusions' | 'writeExclusion'>;

/** Writes down that there will be maintenance. What is wrong with it is told all at once. */
export async function announceExclusion(
  store: Store,
  { environment, service: services, why, publicTitle, ...times }: WrittenExclusion,
  { by, nowMs }: { by: string; nowMs: number },
): Promise<Exclusion> {
  const [state] = await readStates(store, environment);
  const { span, problems } = readSpan(times);
  if (why.trim() === '') problems.push('--why: is empty; say what will be done');
  if (publicTitle?.trim() === '') problems.push('--public-title: is empty; leave it out');
  const measured = [...new Set(state?.standings.map((each) => each.service))];
  problems.push(...unknownServices(services, measured));
  if (span !== undefined) {
    const known = await store.listExclusions({ environment, ...span });
    const announced = { ...span, ...(services && { services }) };
    problems.push(...problemsOfAnnouncement(announced, known, nowMs));
  }
  if (span === undefined || problems.length > 0) {
    const list = problems.map((each) => `  ${each}`).join('\n');
    throw new CliFailure(exitCodes.badInput, `The maintenance was not announced:\n${list}`);
  }
  const exclusion: Exclusion = {
    ...{ id: `m-${randomBytes(4).toString('hex')}`, environment },
    ...(services && { services }),
    ...{ ...span, why, ...(publicTitle !== undefined && { publicTitle }) },
    ...{ by, announcedAtMs: nowMs },
  };
  await store.writeExclusion(exclusion);
  return exclusion;
}
