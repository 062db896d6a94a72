/** The version in package.json's `engines`, of which npm only warns. */
const LEAST = 24;

/** What is wrong with this version of Node, and what to do; undefined if it is new enough. */
export const nodeProblem = (version: string): string | undefined =>
  Number.parseInt(version, 10) >= LEAST
    ? undefined
    : `error: this is Node ${version}, and Node ${LEAST} or newer is needed\nIn the checkout, "npx --no-install cofferdam" and "npm start" bring it along. Elsewhere, put its node_modules/.bin first on PATH.\n`;
