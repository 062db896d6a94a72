import { expect, it } from 'vitest';
import type { Decision } from '../../src/decision/decision.ts';
import { startMode } from '../../src/decision/start-mode.ts';
import type { Mode } from '../../src/pod/mode.ts';

const decision = (verdict: string, step?: object): Decision =>
  ({ verdict, placement: step ? [{ chosen: true, available: true, degraded: [], ...step }] : [] }) as never;
const ADMIT = decision('admit');
const SANDBOX = decision('sandbox', {});
const REJECT = decision('reject');
const EXEMPT = decision('admit');
const OWN_CLASS = decision('admit', { degraded: ['subPath'] });

it.each<[string, readonly Decision[], Mode | undefined, Mode, string]>([
  ['of what stays as it is', [ADMIT, OWN_CLASS], undefined, 'enforce', 'unchanged'],
  ['of what is put into a sandbox', [ADMIT, SANDBOX], undefined, 'inject', 'sandboxed'],
  [
    'where it works differently',
    [SANDBOX, decision('sandbox', { degraded: ['x'] })],
    undefined,
    'warn',
    'degraded',
  ],
  ['where no node has it', [decision('sandbox', { available: false })], undefined, 'warn', 'degraded'],
  ['of what is exempt', [ADMIT, EXEMPT, SANDBOX], undefined, 'warn', 'exempt'],
  ['of what no exemption helps', [EXEMPT, REJECT], undefined, 'warn', 'rejected'],
  ['of nothing', [], undefined, 'warn', 'unseen'],
  ['that a label names, and that is higher', [SANDBOX], 'enforce', 'enforce', 'sandboxed'],
  ['that a label names, and that is lower', [ADMIT], 'audit', 'enforce', 'unchanged'],
  ['that would reject', [REJECT], 'enforce', 'inject', 'rejected'],
  ['that would not reject', [REJECT], 'inject', 'inject', 'rejected'],
  ['that warns where a label names one that would say nothing', [REJECT], 'audit', 'warn', 'rejected'],
])('is the mode %s', (_, decisions, current, mode, because) => {
  expect(startMode(decisions, one => one === EXEMPT, current)).toEqual({ mode, because });
});
