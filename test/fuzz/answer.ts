import jsonpatch from 'fast-json-patch';
import { INJECTED_ANNOTATION, REQUIRED_ANNOTATION } from '../../src/pod/annotations.ts';
import { reaches } from '../../src/pod/mode.ts';
import { GROUNDS, type GroundName } from './grounds.ts';
import { copy, type Json, type JsonMap } from './json.ts';
import { hold, holdSpeakable } from './target.ts';
import { type Answered, type Asked, send } from './webhook.ts';

/* The properties that must hold for every answer of the webhook. */

export interface Response {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: { readonly code: number; readonly message: string };
  readonly warnings?: readonly string[];
  readonly patch?: string;
}

/** Checks that the answer is a well-formed AdmissionReview with the uid that was sent, and that the log has no error. */
export function holdAnswer({ code, text, errors }: Answered, sent: Json | undefined): Response {
  hold(errors.length === 0, 'the request crashed the webhook', ...errors);
  const { apiVersion, kind, response } = JSON.parse(text);
  hold(apiVersion === 'admission.k8s.io/v1' && kind === 'AdmissionReview', 'no AdmissionReview', text);
  hold(typeof response.allowed === 'boolean', 'it says neither yes nor no', text);
  const uid = (sent as { request?: { uid?: unknown } } | null | undefined)?.request?.uid;
  // Where only the head of a review is read, a uid of more than 1,024 bytes is cut, and each character may be an escape.
  const isKnown = typeof uid === 'string' && 6 * uid.length <= 1024;
  if (isKnown) hold(response.uid === uid, 'the uid is another one', text, uid);
  hold(code === (response.uid === '' ? 400 : 200), `the code is ${code}`, text);
  if (!response.allowed) {
    hold(response.status?.code === 403 || response.uid === '', 'a denial without its code', text);
    const lines = response.status?.message.split('\n') ?? [];
    hold(lines.length > 0, 'a denial without its reason', text);
    for (const line of lines) holdSpeakable(line);
  }
  for (const warning of response.warnings ?? []) holdSpeakable(warning);
  return response;
}

/** Checks that the answer is one that the mode, the path and the verdict allow. */
export function holdMode(
  response: Response,
  { logged, decision }: Answered,
  isPod: boolean,
  { mode, path }: Asked,
): void {
  if (mode !== 'enforce') hold(response.allowed, `denied in mode ${mode}`, response);
  if (!reaches(mode, 'warn') && decision) hold(!response.warnings, `warned in mode ${mode}`, response);
  const injects = reaches(mode, 'inject') && path === 'mutate';
  if (!injects) hold(!response.patch, 'it may not patch', response);
  // A workload is never refused.
  if (mode === 'off' || !isPod) return;
  const verdict = decision?.verdict ?? logged.verdict;
  if (verdict === 'admit') hold(response.allowed, 'denied what is admitted', response);
  if (mode === 'enforce') holdEnforced(response, String(verdict));
  const creates = logged.operation === 'CREATE' && logged.subresource === undefined;
  if (verdict === 'sandbox' && injects && creates)
    hold(response.patch, 'no patch for what needs a class', logged);
}

function holdEnforced(response: Response, verdict: string): void {
  if (verdict === 'reject') hold(!response.allowed, 'passed what is rejected', response);
  if (verdict === 'unreadable') hold(!response.allowed, 'passed unread', response);
}

/** Checks that the patch can be applied, makes the Pod what the decision says, and that the Pod is then admitted unchanged. */
export async function holdPatch(
  response: Response,
  { decision }: Answered,
  sent: Json | undefined,
  asked: Asked,
): Promise<void> {
  const review = copy(sent as JsonMap) as { request: JsonMap & { object: JsonMap } };
  const before = review.request.object as Readonly<Record<string, JsonMap>>;
  const operations = JSON.parse(Buffer.from(response.patch ?? '', 'base64').toString());
  const foreign = operations.filter(({ path }: { path: string }) => !OWN.test(path));
  hold(foreign.length === 0, 'the patch changes what is not ours', operations);
  const patched = jsonpatch.applyPatch(copy(before), operations, true).newDocument;
  const { metadata, spec } = patched as { readonly metadata: JsonMap; readonly spec: JsonMap };
  const annotations = (metadata.annotations ?? {}) as JsonMap;
  if (decision?.verdict !== 'sandbox') {
    hold(spec.runtimeClassName === before.spec?.runtimeClassName, 'the class changed', operations);
    return;
  }
  const { runtimeClass, required } = decision;
  hold(spec.runtimeClassName === runtimeClass, 'the patch sets another class', operations);
  hold(annotations[INJECTED_ANNOTATION] === runtimeClass, 'the annotation names another class', operations);
  hold(annotations[REQUIRED_ANNOTATION] === required, 'the annotation is not what is required', operations);
  review.request.object = { ...patched, spec: scheduled(spec, asked.ground) } as JsonMap;
  const body = Buffer.from(JSON.stringify(review));
  const { text } = await send({ ...asked, path: 'validate', mode: 'enforce', body });
  hold(JSON.parse(text).response.allowed, 'what was patched is not admitted', text, operations);
}

const OWN =
  /^\/(?:metadata|metadata\/annotations|metadata\/annotations\/cofferdam\.dev~1[^/]*|spec\/(?:runtimeClassName|(?:overhead|nodeSelector|tolerations)(?:\/.*)?))$/;

/** The scheduling, merged with that of the class that was set as the API server does it (plugin/pkg/admission/runtimeclass). */
function scheduled(spec: JsonMap, ground: GroundName): JsonMap {
  const facts = GROUNDS[ground].view.runtimeClass(String(spec.runtimeClassName));
  return {
    ...spec,
    nodeSelector: { ...(spec.nodeSelector as JsonMap | null), ...facts?.nodeSelector },
    tolerations: [...((spec.tolerations as Json[] | null) ?? []), ...((facts?.tolerations ?? []) as Json[])],
  };
}
