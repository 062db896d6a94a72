/**
 * Keeps one comment on a pull request up to date: `node scripts/action/comment.ts FILE`, with its text in a file and the rest
 * in the environment that action.yml gives. The comment is created once there is something to tell (a rejection, no answer, or
 * a difference to before), and is kept true from then on. A token that may not write it is no failure: no token of a run for a
 * fork may, and the summary of the job has the same text.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';

/** GitHub takes 65,536 characters; the rest is left for what is added here. */
const LONGEST = 65_000;

interface Place {
  /** The address of GraphQL, which differs on a server of one's own. */
  readonly api: string;
  readonly token: string;
  readonly owner: string;
  readonly repository: string;
  readonly number: number;
}

interface Comment {
  readonly id: string;
  readonly body: string;
  /** True where this token wrote the comment. Anybody may write one that looks like ours. */
  readonly viewerDidAuthor: boolean;
}

/**
 * The marker is hidden in the comment, which is found by it.
 * @param name of the review, where a pull request has several
 */
const markerOf = (name: string): string => `<!-- cofferdam-review: ${name.replaceAll(/[^\w./ -]/g, '_')} -->`;

/** @returns a word for the log on what was done */
export async function keepComment(
  place: Place,
  name: string,
  text: string,
  isWorthOne: boolean,
): Promise<string> {
  const marker = markerOf(name);
  const { pullRequest, comment } = await find(place, marker);
  const body = `${marker}\n${shortened(text)}`;
  if (comment?.body === body) return 'The comment says so already.';
  if (comment) {
    await ask(place, UPDATE, { id: comment.id, body });
    return 'The comment was brought up to date.';
  }
  if (!isWorthOne) return 'Nothing is rejected and nothing became other: no comment.';
  await ask(place, ADD, { subject: pullRequest, body });
  return 'A comment was written.';
}

function shortened(text: string): string {
  if (text.length <= LONGEST) return text;
  const end = text.lastIndexOf('\n', LONGEST);
  return `${text.slice(0, end > 0 ? end : LONGEST)}\n\n</details>\n\nThis is not all of it: the summary of the job is.\n`;
}

const FIND = `query ($owner: String!, $repository: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repository) {
    pullRequest(number: $number) {
      id
      comments(first: 100, after: $after) {
        nodes { id body viewerDidAuthor }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;
const ADD = `mutation ($subject: ID!, $body: String!) {
  addComment(input: { subjectId: $subject, body: $body }) { clientMutationId }
}`;
const UPDATE = `mutation ($id: ID!, $body: String!) {
  updateIssueComment(input: { id: $id, body: $body }) { clientMutationId }
}`;

interface Found {
  readonly repository: {
    readonly pullRequest: {
      readonly id: string;
      readonly comments: {
        readonly nodes: readonly Comment[];
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
      };
    };
  };
}

async function find(
  place: Place,
  marker: string,
): Promise<{ readonly pullRequest: string; readonly comment: Comment | undefined }> {
  const { owner, repository, number } = place;
  let after: string | null = null;
  for (;;) {
    const found: Found = await ask(place, FIND, { owner, repository, number, after });
    const { id, comments } = found.repository.pullRequest;
    const comment = comments.nodes.find(one => one.viewerDidAuthor && one.body.startsWith(marker));
    if (comment || !comments.pageInfo.hasNextPage) return { pullRequest: id, comment };
    after = comments.pageInfo.endCursor;
  }
}

/** @throws Refused when the token may not do it, Error for anything else that went wrong */
async function ask<T>({ api, token }: Place, query: string, variables: object): Promise<T> {
  const response = await fetch(api, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(30_000),
  });
  const { status } = response;
  if (status === 401 || status === 403) throw new Refused(`status ${status}`);
  if (!response.ok) throw new Error(`status ${status}`);
  const { data, errors } = (await response.json()) as Answer<T>;
  if (!errors || errors.length === 0) return data;
  const message = errors.map(error => error.message).join(' ');
  throw errors.some(({ type }) => type === 'FORBIDDEN') ? new Refused(message) : new Error(message);
}

interface Answer<T> {
  readonly data: T;
  readonly errors?: readonly { readonly type?: string; readonly message: string }[];
}

class Refused extends Error {}

/** Says what was left undone, and why; the review has its answer without the comment. */
function failed(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const why = message.replaceAll(/\s+/g, ' ').slice(0, 300).replaceAll('%', '%25');
  return error instanceof Refused
    ? `::notice title=Cofferdam::No comment: this run may not write one (${why}). Runs for forks and for Dependabot never may; others need the permission pull-requests: write. The summary of the job has the same text.`
    : `::warning title=Cofferdam::No comment: ${why}. The summary of the job has the same text.`;
}

async function main(env: NodeJS.ProcessEnv, file: string): Promise<string> {
  const [owner = '', repository = ''] = (env.GITHUB_REPOSITORY ?? '').split('/');
  const place = {
    api: env.GITHUB_GRAPHQL_URL ?? '',
    token: env.TOKEN ?? '',
    owner,
    repository,
    number: Number(env.NUMBER),
  };
  try {
    return await keepComment(place, env.NAME ?? '', readFileSync(file, 'utf8'), env.WORTH === 'true');
  } catch (error) {
    return failed(error);
  }
}

if (import.meta.main) process.stdout.write(`${await main(process.env, process.argv[2] ?? '')}\n`);
