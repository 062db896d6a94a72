import { expect, it } from 'vitest';
import { linked } from '../../scripts/action/links.ts';

const URL = 'https://github.com/example/shop/blob/c0ffee';
const at = (source: string, line: number | null, ...found: readonly (number | null)[]) => ({
  source,
  line,
  findings: found.map(one => ({ line: one })),
});

it('leads from an object, from what is found in it, and from a problem to the line', () => {
  const review = {
    results: [at('deploy/a b.yaml', 1, 7, null), at('list.json', null)],
    problems: [{ source: './broken.yaml', line: 3 }],
  };
  const text =
    '| `deploy/a b.yaml:1` | `shop` |\n- `deploy/a b.yaml:7` `hostPID = true`\n- `./broken.yaml:3` error';
  expect(linked(text, review, URL)).toBe(
    [
      `| [\`deploy/a b.yaml:1\`](${URL}/deploy/a%20b.yaml#L1) | \`shop\` |`,
      `- [\`deploy/a b.yaml:7\`](${URL}/deploy/a%20b.yaml#L7) \`hostPID = true\``,
      `- [\`./broken.yaml:3\`](${URL}/broken.yaml#L3) error`,
    ].join('\n'),
  );
});

it('leads from a file of a chart to the file, where there is one', () => {
  const chart = (source: string) => ({ ...at(source, null, null), rendered: {} });
  const review = {
    results: [chart('charts/shop/templates/web.yaml'), chart('charts/shop/charts/db/templates/db.yaml')],
    problems: [],
  };
  const text = '- `charts/shop/templates/web.yaml` and `charts/shop/charts/db/templates/db.yaml`';
  expect(linked(text, review, URL, path => path === 'charts/shop/templates/web.yaml')).toBe(
    `- [\`charts/shop/templates/web.yaml\`](${URL}/charts/shop/templates/web.yaml) and \`charts/shop/charts/db/templates/db.yaml\``,
  );
});

it('leads nowhere from an object of a cluster, though a file may be called so', () => {
  const review = { results: [at('Pod/shop/web', null, null)], problems: [] };
  expect(linked('- `Pod/shop/web`', review, URL, () => true)).toBe('- `Pod/shop/web`');
});

it.each([
  ['what is rendered', 'charts/shop (helm template):9', at('charts/shop (helm template)', 9)],
  ['standard input', '-:1', at('-', 1)],
  ['standard input by its name', '/dev/stdin:1', at('/dev/stdin', 1)],
  ['a file outside', '/etc/a.yaml:1', at('/etc/a.yaml', 1)],
  ['a file above', 'a/../../b.yaml:1', at('a/../../b.yaml', 1)],
  ['a name that is markup', 'a](http://evil)[.yaml:1', at('a](http://evil)[.yaml', 1)],
  ['a line that the review does not name', 'a.yaml:2', at('a.yaml', 1)],
])('makes none of %s', (_, words, result) => {
  const text = `- \`${words}\` and a.yaml:1`;
  expect(linked(text, { results: [result], problems: [] }, URL)).toBe(text);
});
