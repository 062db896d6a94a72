import { list, object, type Schema, subdomain, text } from '../../source/schema.ts';
import { isolation, signalId, weight } from './common.ts';
import type { PolicyLimits } from './limits.ts';

/**
 * The least weight of a signal, by category. A lower one would mislead, as the category's floor of isolation holds whatever the
 * weights are.
 */
export const LEAST_WEIGHT = { hygiene: 0, exposure: 30, breakout: 70 } as const;

/** The tiers of a policy that defines none. */
export const DEFAULT_TIERS = Object.freeze([
  { atLeast: 30, isolation: 'app-kernel' },
  { atLeast: 70, isolation: 'vm' },
] as const);

const labels = (limits: PolicyLimits): Schema =>
  list(
    'Labels that weigh. Where the Pod and its Namespace both have one, the higher weight counts.',
    limits.labels,
    object(
      'A label and what its values weigh.',
      {
        key: text('Key of the label, such as cofferdam.dev/risk.', limits.key),
        weights: {
          type: 'object',
          description:
            'Weight of each value. A value that is not listed weighs as much as the highest that is, and is warned about.',
          minProperties: 1,
          maxProperties: limits.weights,
          additionalProperties: weight('What this value adds to the score.'),
        },
      },
      ['key', 'weights'],
    ),
  );

const rules = (limits: PolicyLimits): Schema =>
  list(
    'Expressions that weigh where they are true.',
    limits.rules,
    object(
      'A CEL expression and what it weighs.',
      {
        name: subdomain('Name of the rule, unique in this policy; shown with its weight.'),
        expression: text(
          'CEL expression over object (the Pod) and namespaceObject (its Namespace with name and labels; null when it is not known), true where the rule applies. One that fails on a Pod counts as true, with a warning. Patterns of matches() are literal, in RE2 syntax.',
          limits.expression,
        ),
        weight: weight('What the rule adds to the score.'),
        message: text('Shown to the author of a Pod that the rule applies to.', limits.message),
      },
      ['name', 'expression', 'weight'],
    ),
  );

export const scoring = (limits: PolicyLimits): Schema =>
  object('What adds to the score besides the signals as they are.', {
    signals: {
      type: 'object',
      description: `Weights that replace those of signals, by signal id. An exposure weighs at least ${LEAST_WEIGHT.exposure}, a breakout at least ${LEAST_WEIGHT.breakout}; a requirement has no weight.`,
      maxProperties: 128,
      additionalProperties: weight('Weight of the signal.'),
    },
    labels: labels(limits),
    rules: rules(limits),
  });

export const tiers = (limits: PolicyLimits): Schema =>
  list(
    `Isolation that scores ask for; hygiene does not count here. Ascending. Default: ${DEFAULT_TIERS.map(({ atLeast, isolation: one }) => `${one} from ${atLeast}`).join(', ')}.`,
    limits.tiers,
    object(
      'A score and the isolation it asks for.',
      {
        atLeast: {
          type: 'integer',
          description: 'The lowest score of this tier.',
          minimum: 0,
          maximum: 100,
        },
        isolation: isolation('Least isolation in this tier.'),
      },
      ['atLeast', 'isolation'],
    ),
  );

export const minimumIsolation: Schema = isolation(
  'Least isolation of every Pod that the policy matches, whatever its score. Default: host-kernel.',
);

export const sandboxes = (description: string): Schema =>
  list(
    description,
    32,
    {
      ...object('One choice: a RuntimeClass, or every one of an isolation.', {
        runtimeClass: subdomain('Name of a RuntimeClass.'),
        isolation: isolation('Every RuntimeClass whose handler has exactly this isolation.'),
      }),
      oneOf: [{ required: ['runtimeClass'] }, { required: ['isolation'] }],
    },
    1,
  );

export const degraded: Schema = list(
  'Signals whose degradation in a sandbox is accepted: no warning.',
  128,
  signalId('Signal id.'),
);
