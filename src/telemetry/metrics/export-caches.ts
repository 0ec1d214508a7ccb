import { Counter, Gauge, type Registry } from 'prom-client';
import { hitRate, type CacheReport } from '../../contracts/kernel/caches.ts';

/** What the caches of a process are good for, read at every scrape. */
export function exportCaches(registry: Registry, read: () => CacheReport[]): void {
  const registers = [registry];
  new Gauge({
    name: 'belay_cache_entries',
    help: 'Answers in the memory of this process.',
    labelNames: ['cache', 'policy'],
    registers,
    collect() {
      this.reset();
      for (const { cache, policy, entries } of read()) this.set({ cache, policy }, entries);
    },
  });
  new Gauge({
    name: 'belay_cache_hit_ratio',
    help: 'The share of questions since the process started for which the source was not asked.',
    labelNames: ['cache'],
    registers,
    collect() {
      this.reset();
      for (const report of read()) {
        const rate = hitRate(report);
        if (rate !== undefined) this.set({ cache: report.cache }, rate);
      }
    },
  });
  new Counter({
    name: 'belay_cache_reads_total',
    help: 'Questions by who answered: memory, redis or source.',
    labelNames: ['cache', 'by'],
    registers,
    collect() {
      this.reset();
      for (const { cache, hits, sharedHits, misses } of read()) {
        this.inc({ cache, by: 'memory' }, hits);
        this.inc({ cache, by: 'redis' }, sharedHits);
        this.inc({ cache, by: 'source' }, misses);
      }
    },
  });
  new Counter({
    name: 'belay_cache_stale_answers_total',
    help: 'Old answers that were given, with their age, because the source did not answer.',
    labelNames: ['cache'],
    registers,
    collect() {
      this.reset();
      for (const { cache, stale } of read()) this.inc({ cache }, stale);
    },
  });
}
