import { ISOLATIONS, type Isolation } from './isolation.ts';
import { SUPPORTS, type SupportWord } from './profile.ts';

/** A word that holds only for handlers whose node settings are these; without `when` it holds for the rest. */
export interface SupportCase extends SupportWord {
  readonly when?: { readonly privilegedWithoutHostDevices?: boolean };
}

/** A SandboxProfile as written. Only what it says itself: `extends` is not followed yet. */
export interface ProfileDocument {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly title?: string;
    readonly handlers?: readonly string[];
    readonly isolation?: Isolation;
    readonly extends?: string;
    readonly node?: { readonly privilegedWithoutHostDevices?: boolean };
    readonly retired?: string;
    readonly signals?: Readonly<Record<string, SupportWord | { readonly cases: readonly SupportCase[] }>>;
  };
}

const support = {
  type: 'string',
  enum: SUPPORTS,
  description:
    'contained: works, and the host is out of reach. degraded: works differently or fails safely inside (a warning). unsupported: would not start, or not do what is asked. exposed: the host is reachable through it.',
};
const reason = {
  type: 'string',
  minLength: 1,
  maxLength: 1024,
  description: 'Why, in one plain sentence. Users see it when the profile objects to their Pod.',
};
const source = {
  type: 'string',
  minLength: 1,
  maxLength: 1024,
  description: 'Where that can be checked: a URL, a path in a repository, or a test of your own.',
};

const node = {
  type: 'object',
  additionalProperties: false,
  properties: {
    privilegedWithoutHostDevices: {
      type: 'boolean',
      description:
        'Privileged containers get no host devices under this handler (privileged_without_host_devices = true in the configuration of containerd or CRI-O, on every node that has it).',
    },
  },
};

const word = {
  type: 'object',
  additionalProperties: false,
  description: 'The word for a signal: either support with reason and source, or cases.',
  properties: {
    support,
    reason,
    source,
    cases: {
      type: 'array',
      minItems: 1,
      maxItems: 8,
      description:
        'Instead of one word: words that depend on the node settings. The first that holds counts.',
      items: {
        type: 'object',
        additionalProperties: false,
        description: 'A word, and the node settings under which it holds.',
        required: ['support', 'reason', 'source'],
        properties: {
          when: { ...node, description: 'The node settings under which this word holds. Left out: always.' },
          support,
          reason,
          source,
        },
      },
    },
  },
  oneOf: [{ required: ['support', 'reason', 'source'] }, { required: ['cases'] }],
};

/** RFC 1123 label: what the API server asks of `RuntimeClass.handler`. */
const LABEL = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';

const spec = {
  type: 'object',
  additionalProperties: false,
  description: 'What a runtime handler is.',
  properties: {
    title: {
      type: 'string',
      minLength: 1,
      maxLength: 253,
      description: 'A few words, for tables. Default: the name.',
    },
    handlers: {
      type: 'array',
      maxItems: 64,
      description:
        'Runtime handlers (RuntimeClass.handler) that are this. A handler named here is no longer what a built-in profile says. Left out: the profile is there for others to extend.',
      items: { type: 'string', pattern: LABEL, maxLength: 63, description: 'Name of a runtime handler.' },
    },
    isolation: {
      type: 'string',
      enum: ISOLATIONS,
      description:
        'What stands between a container and the host kernel. Default: that of the profile it extends.',
    },
    extends: {
      type: 'string',
      minLength: 1,
      maxLength: 253,
      description:
        'Name of a profile, your own or a built-in one, whose isolation and words hold where this one says nothing. Handlers and node settings are not taken over.',
    },
    node: {
      ...node,
      description:
        'Settings of the nodes that the API does not show and that you vouch for. Never inherited: they belong to the handlers named here.',
    },
    retired: {
      type: 'string',
      minLength: 1,
      maxLength: 1024,
      description: 'Set on what is no longer maintained: what to use instead. It then names no handlers.',
    },
    signals: {
      type: 'object',
      maxProperties: 128,
      description: 'What becomes of each signal under these handlers, by signal id.',
      additionalProperties: word,
    },
  },
};

/** JSON Schema (draft-07, structural) of the whole SandboxProfile document. */
export const sandboxProfileSchema = {
  type: 'object',
  additionalProperties: false,
  description: 'Says what runtime handlers are: their isolation, and what becomes of each signal under them.',
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  properties: {
    apiVersion: { type: 'string', const: 'cofferdam.dev/v1alpha1', description: 'Version of this object.' },
    kind: { type: 'string', const: 'SandboxProfile', description: 'Kind of this object.' },
    metadata: {
      type: 'object',
      description: 'Standard metadata of Kubernetes objects; only the name is used.',
      required: ['name'],
      properties: { name: { type: 'string', minLength: 1, description: 'Name of the profile.' } },
    },
    spec,
  },
};
