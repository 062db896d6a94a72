import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parsePath, underTemplate } from '../../src/input/path.ts';
import { formatPath, inBrackets } from '../../src/source/path.ts';

it.each([
  ['spec.hostPID', ['spec', 'hostPID']],
  ['spec.containers[0].name', ['spec', 'containers', 0, 'name']],
  ['metadata.annotations["dev.gvisor.flag/x"]', ['metadata', 'annotations', 'dev.gvisor.flag/x']],
  ['metadata.annotations["a\\"]b"]', ['metadata', 'annotations', 'a"]b']],
  ['metadata.annotations[dev.gvisor.flag/x]', ['metadata', 'annotations', 'dev.gvisor.flag/x']],
  ['spec.volumes[kube-api-access]', ['spec', 'volumes', 'kube-api-access']],
  ['', []],
])('parses %s', (path, keys) => {
  expect(parsePath(path)).toEqual(keys);
});

it('reads back what it writes', () => {
  const keys = ['spec', 'jobs', 3, 'template', 'metadata', 'labels', 'a.b/"c"', 'x'];
  expect(parsePath(formatPath(keys))).toEqual(keys);
});

it.each([
  [[], 'spec.hostPID', 'spec.hostPID'],
  [['spec', 'template'], 'spec.hostPID', 'spec.template.spec.hostPID'],
  [['spec', 'jobs', 1, 'template'], '', 'spec.jobs[1].template'],
])('places a field of a Pod under %j', (keys, field, expected) => {
  expect(underTemplate(keys, field)).toBe(expected);
});

it.each([
  ['dev.gvisor.flag/x', '[dev.gvisor.flag/x]'],
  ['"a/b', '["\\"a/b"]'],
  ['a]b', '["a]b"]'],
  ['7', '["7"]'],
  ['', '[""]'],
])('the key %j stands as %s', (key, text) => {
  expect(inBrackets(key)).toBe(text);
});

it('a key of any characters is read back from its brackets', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), key => {
      expect(parsePath(`metadata.annotations${inBrackets(key)}`)).toEqual(['metadata', 'annotations', key]);
    }),
  );
});

it('a path of any characters throws nothing', () => {
  expect(parsePath('limits["a/b]')).toEqual(['limits', '"a/b']);
  fc.assert(
    fc.property(fc.array(fc.constantFrom('[', ']', '"', '\\', '.', 'a', '0', '\n')), parts => {
      parsePath(parts.join(''));
    }),
  );
});
