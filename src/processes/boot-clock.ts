/** The clock that began with the boot of this host: nobody sets it, and it goes on while the host sleeps. */
import { readFileSync } from 'node:fs';

/** Every process of the host reads the same. Linux only. */
export function sinceBootMs(): number {
  const [seconds] = readFileSync('/proc/uptime', 'utf8').split(' ');
  return Number(seconds) * 1_000;
}

/** Times of another boot mean nothing. */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
