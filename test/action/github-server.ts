import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PullRequestComment {
  readonly id: string;
  body: string;
  readonly viewerDidAuthor: boolean;
}

export interface GitHubServer {
  readonly url: string;
  readonly comments: PullRequestComment[];
  /** The names of the mutations, in the order in which they came. */
  readonly written: readonly string[];
  stop(): Promise<void>;
}

/** How many comments a page has. */
const PAGE = 100;

/**
 * Answers what scripts/action/comment.ts asks of GitHub's GraphQL.
 * @param mayWrite false for the token of a run for a fork, which may not
 */
export async function startGitHub(
  comments: PullRequestComment[] = [],
  { mayWrite = true, status = 200 } = {},
): Promise<GitHubServer> {
  const written: string[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    response.statusCode = request.headers.authorization === 'Bearer secret' ? status : 401;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer(JSON.parse(text))));
  });
  const answer = ({ query, variables }: { query: string; variables: Record<string, string> }): object => {
    if (query.startsWith('query')) return { data: page(comments, Number(variables.after ?? 0)) };
    const [, mutation = ''] = /\{\s*(\w+)\(/.exec(query) ?? [];
    if (!mayWrite) {
      const message = 'Resource not accessible by integration';
      return { data: null, errors: [{ type: 'FORBIDDEN', path: [mutation], message }] };
    }
    written.push(mutation);
    const { id, body = '' } = variables;
    const comment = comments.find(one => one.id === id);
    if (comment) comment.body = body;
    else comments.push({ id: `made-${comments.length}`, body, viewerDidAuthor: true });
    return { data: { [mutation]: { clientMutationId: null } } };
  };
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    comments,
    written,
    stop: async () => {
      server.closeAllConnections();
      await new Promise(done => server.close(done));
    },
  };
}

function page(comments: readonly PullRequestComment[], from: number): object {
  const end = from + PAGE;
  const pageInfo = { hasNextPage: comments.length > end, endCursor: String(end) };
  const nodes = comments.slice(from, end);
  return { repository: { pullRequest: { id: 'PR_1', comments: { nodes, pageInfo } } } };
}
