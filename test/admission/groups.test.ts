import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import process from 'node:process';
import { expect, it } from 'vitest';
import { GROUP_SIZE, groups } from '../../src/admission/groups.ts';
import { LIMITS, reviewHandler } from '../../src/admission/handler.ts';
import { Intake } from '../../src/admission/intake.ts';
import { createMetrics } from '../../src/admission/metrics.ts';
import { turns } from '../../src/admission/turns.ts';
import { createLogger } from '../../src/log/logger.ts';
import { depsWith, pod, reviewOf } from './support.ts';

/** What several do in two steps, in the order in which it is done. */
async function stepsOf(names: readonly string[], group: () => Promise<void>): Promise<string[]> {
  const done: string[] = [];
  const take = async (name: string): Promise<void> => {
    await group();
    done.push(`${name}1`);
    await undefined;
    done.push(`${name}2`);
  };
  await Promise.all(names.map(take));
  return done;
}

it('lets those that come in one turn of the event loop go on together, step by step', async () => {
  expect(await stepsOf(['a', 'b', 'c'], groups())).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
});

it('has them wait until what is ready was read', async () => {
  const group = groups();
  const order: string[] = [];
  const waiting = group().then(() => order.push('group'));
  await Promise.resolve();
  process.nextTick(() => order.push('read'));
  await waiting;
  expect(order).toEqual(['read', 'group']);
});

it('begins another group where one is full, so that no more is in memory at once', async () => {
  const names = Array.from({ length: GROUP_SIZE + 2 }, (_, i) => `${i}.`);
  const steps = await stepsOf(names, groups());
  const [first, second] = [names.slice(0, GROUP_SIZE), names.slice(GROUP_SIZE)];
  const bothSteps = (group: string[]): string[] => ['1', '2'].flatMap(step => group.map(name => name + step));
  expect(steps).toEqual([...bothSteps(first), ...bothSteps(second)]);
});

it('begins another group in the next turn, also where the last was not full', async () => {
  const group = groups();
  await group();
  expect(await stepsOf(['a', 'b'], group)).toEqual(['a1', 'b1', 'a2', 'b2']);
});

/** What becomes of reviews whose bodies came in one turn: `decided` and `answered`, in their order. */
async function orderOf(pods: readonly unknown[]): Promise<string[]> {
  const order: string[] = [];
  const deps = depsWith();
  const handle = reviewHandler(
    'mutate',
    'enforce',
    {
      ...deps,
      decide: (...asked) => {
        order.push('decided');
        return deps.decide(...asked);
      },
      log: createLogger('silent', () => undefined),
      metrics: createMetrics('test'),
      limits: LIMITS,
      knowing: false,
      draining: () => false,
      help: '',
    },
    { intake: new Intake(LIMITS), turn: { large: turns(), stranger: turns(), group: groups() } },
  );
  const sent: Promise<void>[] = [];
  for (const one of pods) {
    const request = Object.assign(new EventEmitter(), {
      headers: { 'content-type': 'application/json' },
      socket: { remoteAddress: '10.0.0.1' },
      complete: true,
    });
    const response = Object.assign(new EventEmitter(), {
      writeHead: () => undefined,
      end: () => order.push('answered'),
    });
    const done = handle(request as unknown as IncomingMessage, response as unknown as ServerResponse);
    request.emit('data', Buffer.from(JSON.stringify(reviewOf(one))));
    request.emit('end');
    sent.push(done);
    // All that can go on does, as it does between what Node reads from two connections.
    await new Promise<void>(resolve => process.nextTick(resolve));
  }
  await Promise.all(sent);
  return order;
}

it('decides on small Pods that came together before it answers any', async () => {
  expect(await orderOf([pod(), pod()])).toEqual(['decided', 'decided', 'answered', 'answered']);
});

it('decides on a Pod that is not small, and answers it, before it takes up the next', async () => {
  const big = pod({}, { annotations: { note: 'x'.repeat(40_000) } });
  expect(await orderOf([big, big])).toEqual(['decided', 'answered', 'decided', 'answered']);
});
