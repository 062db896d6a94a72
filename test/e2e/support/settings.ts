import { join } from 'node:path';
import process from 'node:process';

/** A setting from run.sh, whose header says what each is for. */
const given = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the end-to-end tests with npm run e2e`);
  return value;
};

export const MAIN = given('TEST_COFFERDAM_E2E_MAIN');
export const HOST = process.env.TEST_COFFERDAM_E2E_HOST ?? '127.0.0.1';
export const IMAGE = process.env.TEST_COFFERDAM_E2E_IMAGE ?? 'localhost/busybox:1';

/** Files of this run. */
export const WORK = given('TEST_COFFERDAM_E2E_WORK');
/** The policies that the webhook was started with; it reloads them when they change. */
export const POLICIES = join(WORK, 'policies.yaml');
export const CLUSTER_VIEW = join(WORK, 'cluster.json');
export const WEBHOOK_LOG = join(WORK, 'webhook.log');
/** The file is empty once the process has ended in good order. */
export const WEBHOOK_PID = join(WORK, 'webhook.pid');
/** The files of the second process, which watches the cluster. */
export const LIVE_FILES = { log: join(WORK, 'live.log'), pid: join(WORK, 'live.pid') };
/** The kubeconfig of that second process; a test breaks it to cut the way to the API server. */
export const LIVE_KUBECONFIG = join(WORK, 'live.kubeconfig');
export const TLS_CERT = join(WORK, 'tls.crt');
export const TLS_KEY = join(WORK, 'tls.key');

/** The label on every object that these tests create; setup and teardown remove objects by it. */
export const E2E_LABEL = 'cofferdam.dev/e2e';

export const MODE_LABEL = 'cofferdam.dev/mode';
export const MODES = ['audit', 'warn', 'inject', 'enforce'] as const;
export type Mode = (typeof MODES)[number];

/** The namespace with this mode. */
export const namespaceOf = (mode: Mode): string => `cofferdam-e2e-${mode}`;
export const ENFORCED = namespaceOf('enforce');
/** A namespace that is enforced, and labelled with a high risk. */
export const RISKY = 'cofferdam-e2e-risky';
/** A namespace that is enforced, and in which Pod Security enforces Restricted. */
export const RESTRICTED = 'cofferdam-e2e-restricted';
/** A namespace whose mode is an unknown word. */
export const MISSPELT = 'cofferdam-e2e-misspelt';
/** A namespace without a mode, which only admission policies of these tests match. */
export const GUARDED = 'cofferdam-e2e-guarded';
/** A namespace without a mode at first; a test labels it. */
export const LATE = 'cofferdam-e2e-late';

/** The name is unlike the well-known classes', as only the handler counts. */
export const GVISOR_CLASS = 'cofferdam-e2e-gvisor';
export const KATA_CLASS = 'cofferdam-e2e-kata';
/** A class that sounds like a sandbox, but whose handler is runc. */
export const LOOKALIKE_CLASS = 'cofferdam-e2e-gvisor-lookalike';
