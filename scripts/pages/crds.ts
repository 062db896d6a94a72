import { stringify } from 'yaml';
import { keepsLastGood } from '../../src/cluster/live-object.ts';
import { SCHEMAS } from '../../src/policy/schema/index.ts';
import { API_VERSION, GROUP, type Kind, PLURALS, VERSION } from '../../src/source/group.ts';
import { ADDITIONS, type Additions } from './crd-rules.ts';

type Node = Readonly<Record<string, unknown>>;

interface Names {
  readonly singular: string;
  readonly shortName: string;
  readonly namespaced: boolean;
  /** The name, JSON path and description of each column. */
  readonly columns: readonly (readonly [name: string, jsonPath: string, description: string])[];
}

const NAMES: Readonly<Record<Kind, Names>> = {
  ClusterSandboxPolicy: {
    singular: 'clustersandboxpolicy',
    shortName: 'csbp',
    namespaced: false,
    columns: [
      ['Minimum', '.spec.minimumIsolation', 'Least isolation of every Pod that it matches.'],
      ['Unavailable', '.spec.whenUnavailable', 'What becomes of a Pod whose sandbox no ready node can run.'],
    ],
  },
  SandboxPolicy: {
    singular: 'sandboxpolicy',
    shortName: 'sbp',
    namespaced: true,
    columns: [['Minimum', '.spec.minimumIsolation', 'Least isolation of every Pod that it matches.']],
  },
  SandboxExemption: {
    singular: 'sandboxexemption',
    shortName: 'sbe',
    namespaced: false,
    columns: [
      ['Namespaces', '.spec.match.namespaces', 'Namespaces of the Pods that are exempt.'],
      ['Owner', '.spec.owner', 'Who answers for it.'],
      ['Expires', '.spec.expires', 'When it ends.'],
    ],
  },
  SandboxProfile: {
    singular: 'sandboxprofile',
    shortName: 'sbpr',
    namespaced: false,
    columns: [
      ['Handlers', '.spec.handlers', 'Runtime handlers that are this.'],
      ['Isolation', '.spec.isolation', 'What stands between a container and the host kernel.'],
      ['Extends', '.spec.extends', 'The profile that it builds on.'],
    ],
  },
};

const HEADER = `# Made from the schemas in src/policy/schema and src/profiles/schema.ts by scripts/crds.ts; do not edit.\n`;

/** The name of the file that holds a kind's CRD. */
export const crdFile = (kind: Kind): string => `${PLURALS[kind]}.yaml`;

/** The CustomResourceDefinition of a kind, as YAML. */
export function crdOf(kind: Kind): string {
  const { singular, shortName, namespaced, columns } = NAMES[kind];
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${PLURALS[kind]}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: {
        ...{ kind, listKind: `${kind}List`, plural: PLURALS[kind], singular },
        shortNames: [shortName],
        categories: ['cofferdam'],
      },
      versions: [
        {
          ...{ name: VERSION, served: true, storage: true },
          subresources: { status: {} },
          additionalPrinterColumns: printed(columns),
          schema: { openAPIV3Schema: rootOf(kind) },
        },
      ],
    },
  };
  return HEADER + stringify(crd, { lineWidth: 110, aliasDuplicateObjects: false });
}

const printed = (columns: Names['columns']) => [
  ...columns.map(([name, jsonPath, description]) => ({ name, type: 'string', jsonPath, description })),
  {
    name: 'Accepted',
    type: 'string',
    jsonPath: '.status.conditions[?(@.type=="Accepted")].status',
    description: 'Whether the object as it is written is in force.',
  },
  {
    name: 'Degraded',
    type: 'string',
    jsonPath: '.status.conditions[?(@.type=="Degraded")].status',
    description: 'Whether something about it does not work as its author may think.',
  },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
];

function rootOf(kind: Kind): Node {
  const used = new Set<string>();
  const root = SCHEMAS[kind] as {
    readonly description: string;
    readonly properties: { readonly spec: Node };
  };
  const spec = structural(root.properties.spec, 'spec', ADDITIONS[kind], used);
  const unused = Object.keys(ADDITIONS[kind]).filter(path => !used.has(path));
  if (unused.length > 0) throw new Error(`${kind} has no ${unused.join(', ')}`);
  return {
    type: 'object',
    description: root.description,
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string', description: `Version of this object: ${API_VERSION}.` },
      kind: { type: 'string', description: `Kind of this object: ${kind}.` },
      metadata: { type: 'object' },
      spec,
      status: keepsLastGood(kind)
        ? { ...STATUS, properties: { ...STATUS.properties, lastGoodSpec } }
        : STATUS,
    },
  };
}

/**
 * The schema in the form that a CRD may have. The API server prunes or refuses unknown fields by itself, and does not take
 * `additionalProperties: false` beside `properties`; a rule takes the place of `oneOf`, as its message is better.
 */
function structural(node: Node, path: string, additions: Additions, used: Set<string>): Node {
  const { additionalProperties, oneOf: _, properties, items, ...rest } = node;
  const go = (child: unknown, at: string): Node => structural(child as Node, at, additions, used);
  if (additions[path]) used.add(path);
  return {
    ...rest,
    ...(additionalProperties !== undefined &&
      additionalProperties !== false && { additionalProperties: go(additionalProperties, `${path}.*`) }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties as Node).map(([name, child]) => [name, go(child, `${path}.${name}`)]),
      ),
    }),
    ...(items !== undefined && { items: go(items, `${path}[]`) }),
    ...additions[path],
  };
}

const text = (description: string, maxLength: number): Node => ({ type: 'string', description, maxLength });

const lastGoodSpec = text(
  'The spec that is in force, as JSON, where the one written is broken: so that it outlives the replicas that know it.',
  262_144,
);

const STATUS = {
  type: 'object',
  description: 'What became of the object. Written by cofferdam.',
  properties: {
    observedGeneration: {
      type: 'integer',
      format: 'int64',
      description: 'The generation that the conditions are about.',
    },
    conditions: {
      type: 'array',
      description:
        'Accepted: the object as it is written is in force. Degraded: something does not work as its author may think; the last good version of a broken object stays in force.',
      maxItems: 8,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
      items: {
        type: 'object',
        description: 'One condition.',
        required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
        properties: {
          type: text('Accepted or Degraded.', 316),
          status: {
            type: 'string',
            description: 'True, False or Unknown.',
            enum: ['True', 'False', 'Unknown'],
          },
          reason: text('One word for why.', 1024),
          message: text('What is wrong, where, and how to mend it.', 32_768),
          observedGeneration: {
            type: 'integer',
            format: 'int64',
            description: 'The generation that this condition is about.',
          },
          lastTransitionTime: {
            type: 'string',
            format: 'date-time',
            description: 'When the status last changed.',
          },
        },
      },
    },
  },
} satisfies Node;
