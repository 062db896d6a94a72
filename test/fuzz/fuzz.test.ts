import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../decision/outcomes.ts';
import { campaign, reasonOf } from './campaign.ts';
import { readCorpus } from './corpus.ts';
import { METADATA_FIELDS, SPEC_FIELDS } from './model.ts';
import { shrink } from './shrink.ts';

/** There are so many that the Pods among them have every field of PodSpec, each in turn. */
const INPUTS = 3000;

const corpus = readCorpus();

describe('the corpus', () => {
  it.each(corpus.map(kept => [kept.file, kept] as const))('%s', async (_, { target, input, reaches }) => {
    expect((await target.run(input)).codes).toEqual(expect.arrayContaining([...reaches]));
  });

  it('has every outcome of a decision that a webhook sees', () => {
    const reached = corpus.flatMap(({ reaches }) => reaches.map(code => code.split(' ')[1]));
    expect(OUTCOMES.filter(outcome => !reached.includes(outcome))).toEqual(['not-judged']);
  });
});

it('nothing that has to hold is broken by some thousand inputs, of which Pods have every field', async () => {
  const tally = await campaign({ seed: 12, inputs: INPUTS });
  const failed = tally.failed.map(
    ({ index, target, error }) => `${index}, ${target.name}: ${reasonOf(error)}`,
  );
  expect(failed).toEqual([]);
  expect(tally.missed).toEqual([]);
}, 120_000);

it('knows the fields of PodSpec and ObjectMeta from the OpenAPI document', () => {
  const paths = [...METADATA_FIELDS, ...SPEC_FIELDS].map(({ path }) => path);
  expect(paths).toContain('spec.containers[].securityContext.capabilities.add');
  expect(paths).toContain('spec.ephemeralContainers[].targetContainerName');
  expect(paths).toContain('spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution');
  expect(paths).toContain('metadata.ownerReferences[].kind');
  expect(SPEC_FIELDS.length).toBeGreaterThan(1000);
});

it('makes what fails smaller', async () => {
  const input = { list: [1, { keep: 'x'.repeat(40), drop: [] }, 3], text: 'y'.repeat(40) };
  const same = async (value: object) => JSON.stringify(value).includes('xxxx');
  expect(await shrink(input, same)).toEqual({ list: [{ keep: 'x'.repeat(10) }], text: 'y'.repeat(10) });
});
