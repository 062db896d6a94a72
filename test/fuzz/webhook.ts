import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LEAST_MEAN_BYTES, SOME_PIECES } from '../../src/admission/body.ts';
import { LIMITS, type ReviewHandler, reviewHandler, type Shared } from '../../src/admission/handler.ts';
import { Intake } from '../../src/admission/intake.ts';
import type { Path } from '../../src/admission/judgement.ts';
import { createMetrics } from '../../src/admission/metrics.ts';
import { decide } from '../../src/decision/decide.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { createLogger } from '../../src/log/logger.ts';
import type { Mode } from '../../src/pod/mode.ts';
import { NOW } from '../support/request.ts';
import { GROUNDS, type GroundName } from './grounds.ts';
import { timed } from './target.ts';

export interface Asked {
  readonly ground: GroundName;
  readonly path: Path;
  readonly mode: Mode;
  readonly body: Buffer;
  /** The number of pieces in which the body comes. */
  readonly pieces?: number;
}

export interface Answered {
  readonly code: number;
  readonly text: string;
  /** The log line for the request. */
  readonly logged: Readonly<Record<string, unknown>>;
  /** The last decision. */
  readonly decision: Decision | undefined;
  /** The errors in the log, which are bugs of ours. */
  readonly errors: readonly string[];
  /** The processor time from the first byte in to the last one out. */
  readonly milliseconds: number;
}

let decision: Decision | undefined;
let logged: Record<string, unknown> = {};
let errors: string[] = [];
const log = createLogger('error', line => errors.push(line));
log.decision = fields => {
  logged = fields;
};
const metrics = createMetrics('fuzz');
const now = async (): Promise<void> => {};
const shared: Shared = { intake: new Intake(LIMITS), turn: { large: now, stranger: now, group: now } };

const handlers = new Map<string, ReviewHandler>();

function handlerFor({ ground, path, mode }: Asked): ReviewHandler {
  const key = `${ground} ${path} ${mode}`;
  const known = handlers.get(key);
  if (known) return known;
  const made = reviewHandler(
    path,
    mode,
    {
      decide: (...asked) => {
        decision = decide(...asked);
        return decision;
      },
      current: () => GROUNDS[ground],
      now: () => NOW,
      log,
      metrics,
      limits: LIMITS,
      knowing: false,
      draining: () => false,
      help: '',
    },
    shared,
  );
  handlers.set(key, made);
  return made;
}

/** Sends a body through the webhook's own handling of requests, without a network, one at a time. */
export async function send(asked: Asked): Promise<Answered> {
  decision = undefined;
  logged = {};
  errors = [];
  const request = Object.assign(new EventEmitter(), {
    headers: { 'content-type': 'application/json' },
    socket: { remoteAddress: '10.0.0.1' },
    complete: true,
  });
  let code = 0;
  let text = '';
  const response = Object.assign(new EventEmitter(), {
    writeHead: (given: number) => {
      code = given;
    },
    end: (given: string) => {
      text = given;
    },
  });
  const handle = handlerFor(asked);
  const { body, pieces = 1 } = asked;
  // Pieces smaller than HTTP clients send would end a connection: test/admission/connections.test.ts.
  const least = pieces > SOME_PIECES ? LEAST_MEAN_BYTES : 1;
  const piece = Math.max(least, Math.ceil(body.length / pieces));
  const { milliseconds } = await timed(() => {
    const answered = handle(request as unknown as IncomingMessage, response as unknown as ServerResponse);
    for (let at = 0; at < body.length; at += piece) request.emit('data', body.subarray(at, at + piece));
    request.emit('end');
    return answered;
  });
  response.emit('close');
  return { code, text, logged, decision, errors, milliseconds };
}
