import { document, labelName, list, object, PATTERNS, type Schema, text } from '../source/schema.ts';
import { ISOLATIONS } from './isolation.ts';
import { OPERATING_SYSTEMS, SUPPORTS } from './profile.ts';

const hostPath: Schema = {
  ...text('A path of the host, or a pattern of such.', 256),
  pattern: PATTERNS.path,
};
const WORD = ['support', 'reason', 'source'];
const word = {
  support: {
    type: 'string',
    description:
      'contained: works, and the host is out of reach. degraded: works differently or fails safely inside (a warning). unsupported: would not start, or not do what is asked. exposed: the host is reachable through it.',
    enum: SUPPORTS,
  },
  reason: text('Why, in one plain sentence. Users see it when the profile objects to their Pod.', 1024),
  source: text('Where that can be checked: a URL, a path in a repository, or a test of your own.', 1024),
  notServed: object(
    "For paths of the host that are exposed: the ones that are not the host's there, or lead nowhere, such as /proc under a VM. Where an exemption waives one, the class does not fit: the Pod would not see what it is exempt for. Left out: every path is served.",
    {
      paths: list(
        'Each with what is below it; * stands for any characters but slashes. "/" is the root directory by itself, "/*" is everything.',
        64,
        hostPath,
        1,
      ),
      except: list('The paths among these that are served all the same.', 64, hostPath),
    },
    ['paths'],
  ),
};

const node = (description: string): Schema =>
  object(description, {
    privilegedWithoutHostDevices: {
      type: 'boolean',
      description:
        'Privileged containers get no host devices under this handler (privileged_without_host_devices = true in the configuration of containerd or CRI-O, on every node that has it).',
    },
  });

const wordOrCases: Schema = {
  ...object('The word for a signal: either support with reason and source, or cases.', {
    ...word,
    cases: list(
      'Instead of one word: words that depend on the node settings. The first that holds counts.',
      8,
      object(
        'A word, and the node settings under which it holds.',
        { when: node('The node settings under which this word holds. Left out: always.'), ...word },
        WORD,
      ),
      1,
    ),
  }),
  oneOf: [{ required: WORD }, { required: ['cases'] }],
};

const spec = object('What a runtime handler is.', {
  title: text('A few words, for tables. Default: the name.', 253),
  handlers: list(
    'Runtime handlers (RuntimeClass.handler) that are this. A handler named here is no longer what a built-in profile says. Left out: the profile is there for others to extend.',
    64,
    labelName('Name of a runtime handler.'),
  ),
  isolation: {
    type: 'string',
    description:
      'What stands between a container and the host kernel. Default: that of the profile it extends.',
    enum: ISOLATIONS,
  },
  isolationReason: text(
    'Why the isolation is what it is, in one plain sentence, where the name promises another.',
    1024,
  ),
  isolationSource: text('Where the reason can be checked.', 1024),
  os: {
    type: 'string',
    description:
      'Operating system of the Pods that these handlers run. Default: that of the profile it extends, or else linux. A Pod of another one is not placed there.',
    enum: OPERATING_SYSTEMS,
  },
  extends: text(
    'Name of a profile, your own or a built-in one, whose isolation and words hold where this one says nothing. Handlers and node settings are not taken over.',
    253,
  ),
  node: node(
    'Settings of the nodes that the API does not show and that you vouch for. Never inherited: they belong to the handlers named here.',
  ),
  retired: text('Set on what is no longer maintained: what to use instead. It then names no handlers.', 1024),
  signals: {
    type: 'object',
    description: 'What becomes of each signal under these handlers, by signal id.',
    maxProperties: 128,
    additionalProperties: wordOrCases,
  },
  resources: {
    type: 'object',
    description:
      'What becomes of single resources under these handlers, by the name that Pods ask for (google.com/tpu). Goes before the word for the signal that the resource is of.',
    maxProperties: 128,
    additionalProperties: object(
      'The word for a resource.',
      { support: word.support, reason: word.reason, source: word.source },
      WORD,
    ),
  },
});

/** The structural JSON Schema of SandboxProfile. */
export const sandboxProfileSchema = document(
  'SandboxProfile',
  'Says what runtime handlers are: their isolation, and what becomes of each signal under them.',
  spec,
);
