import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readSources } from '../../src/source/files/files.ts';

async function* stream(text: string) {
  yield text;
}
const read = (text: string) => readSources(['-'], stream(text));

const problem = (line: number) => ({
  severity: 'error',
  position: { file: '-', line },
  path: '',
  message: 'a Helm template (it holds {{ }}), not a manifest',
  fix: 'Render the chart, and review what comes out: helm template CHART | cofferdam review -',
});

it.each([
  ['a value', 'kind: Pod\nmetadata:\n  name: {{ .Values.name }}\n', 3],
  ['a key', '{{ .Values.key }}: 1\n', 1],
  ['an element of a list', '- {{ .Values.a }}\n- {{ .Values.b }}\n', 1],
  ['a condition', '{{- if .Values.on }}\nkind: Pod\n{{- else }}\nkind: Node\n{{- end }}\n', 1],
  [
    'a condition further in than its line',
    'kind: Pod\nmetadata:\n  name: a\n{{- if .on }}\n  labels:\n    a: b\n{{- end }}\n',
    4,
  ],
  [
    'a loop, and several actions on its line',
    'spec:\n  a: 1\n {{- range .b }}{{- with . }} \n  c: 2\n {{- end }}{{ end }}\n',
    3,
  ],
  ['an include', 'metadata:\n  labels:\n    {{- include "x" . | nindent 4 }}\n    a: b\n', 3],
  ['a comment and several documents', 'kind: Pod\n---\n{{/* why\n*/}}\nkind: Node\n---\na: {{ .b }}\n', 5],
])('tells once of %s of a Helm template', async (_, text, line) => {
  const { documents, problems } = await read(text);
  expect(documents).toEqual([]);
  expect(problems).toMatchObject([problem(line)]);
});

it('tells of each template of the chart', async () => {
  const folder = 'charts/cofferdam/templates';
  const names = await readdir(folder, { recursive: true });
  const { documents, problems } = await readSources([folder], stream(''));
  expect(documents).toEqual([]);
  expect(problems.map(({ message }) => message)).toEqual(
    names.filter(name => name.endsWith('.yaml')).map(() => problem(0).message),
  );
});

it.each([
  ['quoted', 'a: "{{ inputs.x }}"\nb: 1\nb: 2\n', 'the key b is set twice'],
  ['in a block', 'a: |\n  {{ define "x" }}\nb: 1\nb: 2\n', 'the key b is set twice'],
  ['in a comment', '# {{ .Values }}\nb: 1\nb: 2\n', 'the key b is set twice'],
  ['on a line of its own', 'a: b: c\n{{ x }}\n', 'not valid YAML: nested mappings'],
  ['never closed', `b: ${'{{'.repeat(50)}`, 'not valid YAML: '],
])('tells what else is wrong where {{ is %s', async (_, text, message) => {
  const { problems } = await read(text);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.message).toContain(message);
});

it('takes braces that are text for text', async () => {
  const { documents, problems } = await read('a: "{{ x }}"\nb: web-{{ x }}\n');
  expect(problems).toEqual([]);
  expect(documents[0]?.value).toEqual({ a: '{{ x }}', b: 'web-{{ x }}' });
});
