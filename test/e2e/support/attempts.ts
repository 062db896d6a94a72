import type { V1Pod } from '@kubernetes/client-node';
import { expect } from 'vitest';
import { refusal } from './client.ts';

const ATTEMPTS = 10;
/**
 * The API server of a busy machine takes longer to write a Pod of a MB than it waits for a webhook, in at most three of ten
 * cases.
 */
const MOST_UNJUDGED = 3;
/** How long it waits: `webhooks.timeoutSeconds` of the chart, and of what the tests register. */
const TIMEOUT_MS = 2000;

interface Unjudged {
  /** The class that the Pod was stored with (empty for none), or why it was refused. */
  readonly came: string;
  /** The time in milliseconds. */
  readonly took: number;
}

/**
 * Asks ten times, and counts. Few may go unjudged, and only because of the API server's own time: anything that the webhook
 * refuses or breaks off for its size is over sooner.
 * @returns the results of those that the webhook did not judge
 */
export async function unjudgedOf(
  ask: (attempt: number) => Promise<V1Pod>,
  isJudged: (came: string, attempt: number) => boolean | Promise<boolean>,
): Promise<readonly Unjudged[]> {
  const unjudged: Unjudged[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const begin = performance.now();
    const came = await fate(ask(attempt));
    const took = performance.now() - begin;
    if (!(await isJudged(came, attempt))) unjudged.push({ came, took });
  }
  expect(unjudged.filter(({ took }) => took < TIMEOUT_MS)).toEqual([]);
  expect(unjudged.length).toBeLessThanOrEqual(MOST_UNJUDGED);
  return unjudged;
}

const fate = (request: Promise<V1Pod>): Promise<string> =>
  request.then(
    ({ spec }) => spec?.runtimeClassName ?? '',
    error => refusal(Promise.reject(error)),
  );
