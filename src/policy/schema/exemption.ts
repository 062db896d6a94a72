import {
  document,
  labelName,
  list,
  object,
  PATTERNS,
  type Schema,
  subdomain,
  text,
} from '../../source/schema.ts';
import { selector, signalId } from './common.ts';
import { CLUSTER_LIMITS } from './limits.ts';

/** How many images one exemption may name. */
export const MAX_IMAGES = 64;
/** How many values one entry of `waive` may name. */
export const MAX_VALUES = 64;

/** How many entries `waive` may have. */
export const MAX_WAIVED = 64;

const match = object(
  'Pods that are exempt: those for which everything said here holds.',
  {
    namespaces: list(
      'Names of the namespaces. There is no wildcard.',
      64,
      labelName('Name of a namespace.'),
      1,
    ),
    podSelector: selector('Pods, by their labels. Default: all in these namespaces.', CLUSTER_LIMITS),
    serviceAccounts: list(
      'Names of service accounts in these namespaces, one of which the Pod must run as. Default: any.',
      64,
      subdomain('Name of a service account.'),
      1,
    ),
    images: list(
      'Images: a finding of a container is waived where its image is one of these, a finding of the whole Pod where the image of every container is. Default: any.',
      MAX_IMAGES,
      text(
        'An image such as ghcr.io/acme/agent (any tag or digest), ghcr.io/acme/agent:1.2 (this tag, and no digest), ghcr.io/acme/agent@sha256:… (this digest) or ghcr.io/acme/* (every repository below). Names are completed as container runtimes do: nginx is docker.io/library/nginx.',
        512,
      ),
      1,
    ),
  },
  ['namespaces'],
);

const value: Schema = {
  description: 'A value of a finding, compared exactly.',
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  // The length that a path may have (PATH_MAX); images and annotations that are waived are shorter.
  maxLength: 4096,
  'x-kubernetes-int-or-string': true,
};

const waive = list(
  'Signals that are waived.',
  MAX_WAIVED,
  object(
    'A signal, or some of its values.',
    {
      signal: signalId('Signal id.'),
      values: list(
        'Values of the finding that are waived, such as paths, as the manifest writes them. Default: all.',
        MAX_VALUES,
        value,
        1,
      ),
    },
    ['signal'],
  ),
  1,
);

/** The structural JSON Schema of SandboxExemption. */
export const sandboxExemptionSchema = document(
  'SandboxExemption',
  'Waives signals for some Pods, for a time. A waived finding weighs nothing and asks for no isolation.',
  object(
    'Who is exempt, from what, until when, and who answers for it.',
    {
      match,
      waive,
      owner: text('Who answers for the exemption: a team or a person.', 253),
      reason: text('Why the Pods need it.', 1024),
      expires: {
        type: 'string',
        description:
          'When the exemption ends (RFC 3339). At most a year away unless the installation says otherwise.',
        format: 'date-time',
        pattern: PATTERNS.time,
      },
    },
    ['match', 'waive', 'owner', 'reason', 'expires'],
  ),
);
