import { VERDICTS } from '../decision/decision.ts';
import { ISOLATIONS } from '../profiles/isolation.ts';
import { labelName, list, object, PATTERNS, type Schema, text } from '../source/schema.ts';

const words = (description: string, one: string): Schema => list(description, 100, text(one, 253));

const EXPECT = object(
  'What is decided. What is left out may be anything, except runtimeClass, which then is none.',
  {
    verdict: { enum: [...VERDICTS], description: 'What becomes of it.' },
    runtimeClass: text('The class that it runs in; left out for none.', 253),
    required: { enum: [...ISOLATIONS], description: 'The isolation that it needs.' },
    score: { type: 'integer', description: 'Its score.', minimum: 0, maximum: 100 },
    signals: words(
      'The ids of all signals that bear on the verdict: risks that nobody waives, and what stands against a class.',
      'A signal, such as hostPID.',
    ),
    rules: words('The names of all rules that count, of whichever policy.', 'The name of a rule.'),
    exemptions: words('The names of all exemptions that apply.', 'The name of an exemption.'),
  },
);

const FIELDS: Readonly<Record<string, Schema>> = {
  name: text('What the case is about.', 1000),
  namespace: object('The Namespace that it is made in. Default: one without labels.', {
    name: labelName("Its name. Default: the object's own namespace, or default."),
    labels: { type: 'object', description: 'Its labels.', additionalProperties: { type: 'string' } },
  }),
  pod: {
    type: 'object',
    description: 'A Pod: metadata and spec.',
    required: ['spec'],
    properties: { metadata: { type: 'object' }, spec: { type: 'object' } },
  },
  manifest: {
    type: 'object',
    description: 'In place of pod: a whole object that makes Pods, such as a Deployment.',
    required: ['apiVersion', 'kind'],
    properties: { apiVersion: { type: 'string' }, kind: { type: 'string' } },
  },
  cluster: text(
    'A file with RuntimeClasses, Nodes and Namespaces, from this one. Default: that of --cluster, or well-known classes.',
    1000,
  ),
  now: {
    type: 'string',
    description: 'When it is judged, which exemptions expire by. Default: now.',
    pattern: PATTERNS.time,
  },
  expect: EXPECT,
};

/** The schema of `NAME.tests.yaml`, which lies beside the policies of `NAME.yaml`. */
export const CASES_SCHEMA: Schema = {
  description: 'Cases for policies. Each stands by itself.',
  type: 'array',
  items: object(
    'A Pod, and what becomes of it.',
    {
      ...FIELDS,
      each: list(
        'A table: a case for each, which is the case above with these fields merged over its own.',
        1000,
        object('A case of the table.', FIELDS, ['name']),
        1,
      ),
    },
    ['name'],
  ),
};
