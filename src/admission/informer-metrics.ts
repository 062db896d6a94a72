import { Gauge, type Registry } from 'prom-client';

/** What is known of a watch on the cluster. */
export interface WatchState {
  readonly kind: string;
  /** When the API server last gave a sign, in milliseconds since the epoch. */
  readonly heard: number;
  readonly synced: boolean;
}

/**
 * How far the view may be behind its cluster. A healthy watch of a kind in which nothing happens is opened anew every
 * 30 s, so more than a minute means that the API server cannot be reached.
 */
export function watchMetrics(registry: Registry, watches: readonly WatchState[], now: () => number): void {
  new Gauge({
    name: 'cofferdam_informer_staleness_seconds',
    help: 'Seconds since the API server last sent something on the watch of a kind: an event, a bookmark or an answer. While all is well it stays below about 30.',
    labelNames: ['kind'] as const,
    registers: [registry],
    collect() {
      for (const { kind, heard } of watches) this.set({ kind }, Math.max(0, now() - heard) / 1000);
    },
  });
  new Gauge({
    name: 'cofferdam_informer_synced',
    help: '1 once all objects of a kind have been listed, 0 before that. A replica is not ready before it is 1 for every kind.',
    labelNames: ['kind'] as const,
    registers: [registry],
    collect() {
      for (const { kind, synced } of watches) this.set({ kind }, synced ? 1 : 0);
    },
  });
}
