import { describe, expect, it } from 'vitest';
import { textOf } from './pages.ts';
import { differences, languagesOf, TRANSLATED } from './translation.ts';

/*
What is there in Chinese has the headings, commands, code, links and numbers of the English page, in its order.
*/

const pageOf = (path: string) => ({ path, text: textOf(path) });

/** No space beside Latin letters, a sign of English beside Chinese, or a space beside a sign of Chinese; with what is around. */
const WRONGLY_SET =
  /.{0,9}(?:\p{Script=Han}[\w,.;:!?()"]|[\w,;:!?()"]\p{Script=Han}|[，。：；、（）] (?!\|)| [，。：；、（）]).{0,9}/gu;

it('is there of the pages that most read first', () => {
  expect([...TRANSLATED.keys()].sort()).toEqual([
    'README.md',
    'docs/turned-away.md',
    'docs/writing-policies.md',
  ]);
});

describe.each([...TRANSLATED])('%s', (english, chinese) => {
  it('is in step with its Chinese page', () => {
    expect(differences(pageOf(english), pageOf(chinese))).toEqual([]);
  });

  it('leads to it below the title, and back', () => {
    expect(languagesOf(pageOf(english))).toEqual([chinese]);
    expect(languagesOf(pageOf(chinese))).toContain(english);
  });

  it('is set as Chinese is: a space beside Latin letters, and its own punctuation', () => {
    const prose = textOf(chinese)
      .replace(/^(`{3,}).*\n[\s\S]*?\n\1$/gm, '')
      .replace(/`[^`\n]+`/g, 'code')
      .replace(/\[([^\][]*)\]\([^()\s]+\)/g, '$1')
      .replaceAll('*', '');
    expect(prose.match(WRONGLY_SET) ?? []).toEqual([]);
  });
});

it.each(['用gVisor 隔离', '沙箱,内核', '沙箱， 内核', 'Pod （容器）', '就是这样.'])(
  'finds %s wrongly set',
  text => {
    expect(text.match(WRONGLY_SET)).toHaveLength(1);
  },
);

/** What stands for a page of this name, of all kinds of parts. */
const ENGLISH = `# Policies

English | [简体中文](zh-CN/writing-policies.md)

Each is a file. See [warnings](turned-away.md#warnings) and [the locks](guard.md#the-locks).

## Try one

\`\`\`sh
# Nothing changes by the first.
npx --no-install cofferdam review deploy/ # exit code 1: rejected
kubectl apply -f one.yaml
\`\`\`

| a Pod | is | score |
|---|---|---|
| with the label \`exposure: public\` | sandboxed | 30 |
| with \`hostNetwork: true\` | rejected | 50 |

- [Pod Security Standards](https://kubernetes.io/docs/concepts/security/pod-security-standards/)

The last paragraph.
`;
const CHINESE = `# 策略

[English](../writing-policies.md) | 简体中文

每个都是一个文件。见[锁](../guard.md#the-locks)和[警告](turned-away.md#警告)。

## 试用

\`\`\`sh
# 第一条命令不会改动任何东西。
npx --no-install cofferdam review deploy/ # 退出码 1 表示拒绝
kubectl apply -f one.yaml
\`\`\`

| Pod | 判定 | 得分 |
|---|---|---|
| 带有标签 \`exposure: public\` | 放入沙箱 | 30 |
| 设置了 \`hostNetwork: true\` | 拒绝 | 50 |

- [Pod 安全性标准](https://kubernetes.io/zh-cn/docs/concepts/security/pod-security-standards/)

最后一段。
`;

describe('a Chinese page', () => {
  const differencesIn = (chinese: string): readonly string[] =>
    differences(
      { path: 'docs/writing-policies.md', text: ENGLISH },
      { path: 'docs/zh-CN/writing-policies.md', text: chinese },
    );

  it('may have words, comments and the order of links of its own', () => {
    expect(differencesIn(CHINESE)).toEqual([]);
  });

  it.each([
    ['lacks a heading', '## 试用\n', '', 8, 'block of sh for heading of level 2'],
    ['has a heading of another level', '## ', '### ', 7, 'heading of level 3 for heading of level 2'],
    ['lacks a row', /^\| 设置了 .*\n/m, '', 19, 'item for row of 3 cells'],
    ['lacks a cell', '| 拒绝 | 50 |', '| 拒绝 |', 18, 'row of 2 cells for row of 3 cells'],
    ['lacks the last paragraph', '\n最后一段。\n', '', 'end', 'nothing for paragraph'],
    ['has a paragraph more', /$/, '\n完。\n', 24, 'paragraph for nothing'],
    [
      'lacks a line, and others move',
      /^# 第一条.*\n/m,
      '',
      9,
      '"npx --no-install cofferdam review deploy/ # 退出码 1 表示拒绝" for "# Nothing changes by the first."',
    ],
    ['lacks a command', '\nkubectl apply -f one.yaml', '', 9, '"nothing" for "kubectl apply -f one.yaml"'],
    [
      'has another command',
      'one.yaml',
      'a.yaml',
      9,
      '"kubectl apply -f a.yaml" for "kubectl apply -f one.yaml"',
    ],
    [
      'has another command before a comment',
      'deploy/',
      'src/',
      9,
      '"npx --no-install cofferdam review src/ # 退出码 1 表示拒绝" for "npx --no-install cofferdam review deploy/ # exit code 1: rejected"',
    ],
    [
      'has another number in a comment',
      '退出码 1',
      '退出码 2',
      9,
      '"npx --no-install cofferdam review deploy/ # 退出码 2 表示拒绝" for "npx --no-install cofferdam review deploy/ # exit code 1: rejected"',
    ],
    [
      'has a comment of before, in English',
      '# 第一条命令不会改动任何东西。',
      '# Nothing changes.',
      9,
      '"# Nothing changes." for "# Nothing changes by the first."',
    ],
    ['is of another language', '```sh', '```', 9, 'block of output for block of sh'],
    [
      'has other code',
      'exposure: public',
      'exposure: open',
      17,
      'code "exposure: public" is not there',
      'code "exposure: open" is too much',
    ],
    ['has another verdict', '放入沙箱', '放行', 17, '放行 for sandboxed'],
    ['has another number', '| 30 |', '| 40 |', 17, 'number "30" is not there', 'number "40" is too much'],
    ['lacks a link', '[锁](../guard.md#the-locks)', '锁', 5, 'link "../guard.md#the-locks" is not there'],
    [
      'leads to another heading',
      '#警告',
      '#锁的信息',
      5,
      'link "turned-away.md#警告" is not there',
      'link "turned-away.md#锁的信息" is too much',
    ],
    [
      'leads to English where there is Chinese',
      'zh-cn/',
      '',
      20,
      'link "https://kubernetes.io/zh-cn/docs/concepts/security/pod-security-standards/" is not there',
      'link "https://kubernetes.io/docs/concepts/security/pod-security-standards/" is too much',
    ],
  ] as const)('that %s is told of', (_, from, to, line, ...faults) => {
    const found = differencesIn(CHINESE.replace(from, to));
    expect(found.map(fault => fault.replace(/^.*?:(\w+), of .*?:\w+: /, '$1: '))).toEqual(
      faults.map(fault => `${line}: ${fault}`),
    );
  });
});
