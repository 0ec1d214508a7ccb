import * as z from 'zod';
import { refusal } from '../kernel/given.ts';
import { idPart } from '../kernel/written.ts';

/** What has one part in each region. */
export type InRegions<Part> = Readonly<Record<string, Part>>;

export const region = idPart('region');

export function inRegions<Part extends z.ZodType>(part: Part, what: string) {
  return z.record(region, part, { error: refusal(`write a mapping of regions to ${what}`) });
}
