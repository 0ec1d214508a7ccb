import { lookup as resolveName, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { Destination, RefuseDestination } from '../../contracts/kernel/reach.ts';
import { DestinationRefused } from './destination-refused.ts';

/** Gives a connection only allowed addresses; one refused address refuses the name. */
export function checkedLookup(destination: Destination, refuse: RefuseDestination): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, found) => {
      if (error) {
        callback(error, '');
        return;
      }
      const refusal = firstRefusal(found, (address) => refuse(destination, address));
      const [first] = found;
      if (refusal !== undefined) callback(new DestinationRefused(refusal), '');
      else if (options.all) callback(null, found);
      else callback(null, first?.address ?? '', first?.family ?? 0);
    });
  };
}

function firstRefusal(
  found: readonly LookupAddress[],
  refuse: (address: string) => string | undefined,
): string | undefined {
  return found.map(({ address }) => refuse(address)).find((refusal) => refusal !== undefined);
}
