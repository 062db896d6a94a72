import { expect, it } from 'vitest';
import { keepComment } from '../../scripts/action/comment.ts';
import { type PullRequestComment, startGitHub } from './github-server.ts';

const MARKER = '<!-- cofferdam-review: cofferdam -->';

/** The word for the log, and the mutations that were written. */
async function kept(
  comments: PullRequestComment[],
  text: string,
  { isWorthOne = true, name = 'cofferdam' } = {},
): Promise<{ readonly said: string; readonly written: readonly string[] }> {
  const github = await startGitHub(comments);
  const place = { api: github.url, token: 'secret', owner: 'example', repository: 'shop', number: 7 };
  try {
    return { said: await keepComment(place, name, text, isWorthOne), written: github.written };
  } finally {
    await github.stop();
  }
}

const many = (count: number): PullRequestComment[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${i}`, body: 'hm', viewerDidAuthor: false }));

it('writes one, and keeps it up to date afterwards', async () => {
  const comments = many(3);
  expect(await kept(comments, 'first')).toEqual({
    said: 'A comment was written.',
    written: ['addComment'],
  });
  expect((await kept(comments, 'second')).written).toEqual(['updateIssueComment']);
  expect(comments.slice(3).map(({ body }) => body)).toEqual([`${MARKER}\nsecond`]);
  expect(await kept(comments, 'second')).toEqual({ said: 'The comment says so already.', written: [] });
});

it('takes none for its own that another wrote, or that is of another review; on whichever page', async () => {
  const comments = [
    { id: 'forged', body: `${MARKER}\nforged`, viewerDidAuthor: false },
    ...many(250),
    { id: 'quoted', body: `> ${MARKER}\nold`, viewerDidAuthor: true },
    { id: 'staging', body: '<!-- cofferdam-review: staging -->\nold', viewerDidAuthor: true },
    { id: 'ours', body: `${MARKER}\nold`, viewerDidAuthor: true },
  ];
  await kept(comments, 'new');
  const now = new Map(comments.map(({ id, body }) => [id, body]));
  expect(['forged', 'quoted', 'staging', 'ours'].map(id => now.get(id)?.split('\n')[1])).toEqual([
    'forged',
    'old',
    'old',
    'new',
  ]);
});

it('writes none where there is nothing to tell, but has the one that is there say so', async () => {
  const comments: PullRequestComment[] = [];
  expect((await kept(comments, 'fine', { isWorthOne: false })).written).toEqual([]);
  await kept(comments, 'not fine');
  expect((await kept(comments, 'fine', { isWorthOne: false })).written).toEqual(['updateIssueComment']);
});

it('names a review in a way that ends no comment of HTML', async () => {
  const comments: PullRequestComment[] = [];
  await kept(comments, 'text', { name: 'a --> <b>' });
  expect(comments[0]?.body).toBe('<!-- cofferdam-review: a --_ _b_ -->\ntext');
});

it('cuts at a line what is longer than GitHub takes, and says so', async () => {
  const comments: PullRequestComment[] = [];
  await kept(comments, 'a line of the review\n'.repeat(10_000));
  const { body = '' } = comments[0] ?? {};
  expect(body.length).toBeLessThan(65_536);
  expect(body).toMatch(
    /a line of the review\n\n<\/details>\n\nThis is not all of it: the summary of the job is\.\n$/,
  );
});
