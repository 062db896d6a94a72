import { ISOLATIONS } from '../../profiles/isolation.ts';
import { list, object, type Schema, text } from '../../source/schema.ts';
import type { PolicyLimits } from './limits.ts';

export const weight = (description: string): Schema => ({
  type: 'integer',
  description,
  minimum: 0,
  maximum: 100,
});

export const isolation = (description: string): Schema => ({
  type: 'string',
  description: `${description} From the weakest: host-kernel (no sandbox), app-kernel (gVisor), vm (Kata Containers), confidential-vm (Kata with AMD SEV-SNP, Intel TDX or IBM Secure Execution).`,
  enum: ISOLATIONS,
});

export const signalId = (description: string): Schema => text(description, 63);

const requirement = ({ key, values }: PolicyLimits): Schema =>
  object(
    'One requirement on a label.',
    {
      key: text('Key of the label.', key),
      operator: {
        type: 'string',
        description:
          'In and Exists ask for the label. NotIn and DoesNotExist also hold where the label is absent.',
        enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'],
      },
      values: list('Values for In and NotIn; none for Exists and DoesNotExist.', values, {
        type: 'string',
        maxLength: 63,
      }),
    },
    ['key', 'operator'],
  );

/** A Kubernetes LabelSelector. */
export const selector = (description: string, limits: PolicyLimits): Schema =>
  object(description, {
    matchLabels: {
      type: 'object',
      description: 'Labels that must all be there with exactly these values.',
      maxProperties: limits.matchLabels,
      additionalProperties: { type: 'string', maxLength: 63 },
    },
    matchExpressions: list('Requirements that must all hold.', limits.matchExpressions, requirement(limits)),
  });
