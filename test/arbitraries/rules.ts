import fc from 'fast-check';
import type { PodView } from '../../src/pod/view.ts';
import { text } from '../../src/signals/guards.ts';
import { TEXTS } from '../cel/semantics-pod.ts';

type Plain = (pod: PodView, namespaceIsKnown: boolean) => boolean | 'error';

const images = ({ spec }: PodView): readonly unknown[] => (spec.containers ?? []).map(({ image }) => image);

/** CEL expressions, each with its meaning in plain code, or with `error` where it fails on the Pod. */
export const PLAIN_RULES: Readonly<Record<string, Plain>> = {
  'size(object.spec.containers) > 1': ({ spec }) => (spec.containers ?? []).length > 1,
  "object.metadata.labels['nobody'] == 'x'": () => 'error',
  "object.metadata.labels['app'] == 'x'": ({ labels }) => (labels.app ? labels.app === 'x' : 'error'),
  'namespaceObject == null': (_, namespaceIsKnown) => !namespaceIsKnown,
  "object.spec.containers.exists(c, c.image == 'nginx')": pod => images(pod).includes('nginx'),
  // These are conversions, `in` and functions of strings, where CEL differs from JavaScript.
  "int(object.metadata.?labels.?app.orValue('')) == 0": () => 'error',
  "double(object.metadata.?labels.?app.orValue('0x1p1')) == 2.0": ({ labels }) => !labels.app || 'error',
  "object.metadata.?labels.?app.orValue('É').lowerAscii() in ['x', 'É']": ({ labels }) => labels.app !== 'y',
  "size(object.metadata.?labels.?app.orValue('💥')) in [dyn(1u)]": () => true,
  "'nginx' in object.spec.containers.map(c, c.image)": pod => images(pod).includes('nginx'),
  "object.spec.containers[0].image.split(':').size() == 2": pod =>
    String(images(pod)[0]).split(':').length === 2,
};

const oddText = fc
  .oneof(
    fc.constantFrom(...Object.values(TEXTS)),
    fc.string({ unit: 'grapheme', maxLength: 5 }),
    fc.stringMatching(/^[-+]?[0-9_.ex]{1,5}$/),
  )
  // No checker knows the type of these; a literal would be converted when the policy is compiled.
  .map(one => `[dyn(${text(one)})][0]`);
const number = fc.constantFrom(
  '1',
  '1u',
  '1.0',
  '-1',
  '0',
  '0u',
  '0.5',
  '-0.5',
  '1e19',
  '18446744073709551615u',
);
const position = fc.integer({ min: -1, max: 4 });
const comparison = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');
/** The image is the Pod's, so that the answer differs from Pod to Pod. */
const image = fc.constant('object.spec.containers[0].image');
const subject = fc.oneof({ weight: 3, arbitrary: oddText }, { weight: 1, arbitrary: image });

/** Expressions that a library and cel-go may answer differently: conversions, numbers of several types, texts by character. */
export const drawnRule: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(fc.constantFrom('int', 'uint', 'double', 'bool', 'timestamp'), oddText)
    .map(([convert, one]) => `${convert}(${one}) == ${convert}(${one})`),
  fc.tuple(oddText, comparison).map(([one, is]) => `int(${one}) ${is} 5`),
  fc
    .tuple(number, fc.array(number, { maxLength: 3 }))
    .map(([one, list]) => `[dyn(${one})][0] in [${list.map(each => `dyn(${each})`).join(', ')}]`),
  fc.tuple(number, comparison, number).map(([a, is, b]) => `[dyn(${a})][0] ${is} [dyn(${b})][0]`),
  fc.tuple(subject, comparison, oddText).map(([a, is, b]) => `${a} ${is} ${b}`),
  fc
    .tuple(subject, position, position)
    .map(([one, from, to]) => `size(${one}.substring(${from}, ${to})) > 1`),
  fc.tuple(subject, position).map(([one, most]) => `${one}.split('', ${most}).size() == 2`),
  fc
    .tuple(subject, oddText, position)
    .map(([one, part, at]) => `${one}.lastIndexOf('a') == ${at} || ${one}.contains(${part})`),
  fc
    .tuple(subject, fc.constantFrom('trim', 'lowerAscii', 'upperAscii'))
    .map(([one, change]) => `${one}.${change}() == ${one}`),
  subject.map(one => `object.spec.containers.map(c, c.image).exists(i, i < ${one})`),
);
